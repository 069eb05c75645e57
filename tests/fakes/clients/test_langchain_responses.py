"""`ChatOpenAI` of langchain-openai takes the fake's Responses API for the real thing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import openai
import pytest
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, SecretStr

from fake_openai import Answer, Cut, ErrorEvent, FakeOpenAI, Fault, Status, ToolCall

# Each model makes a client for synchronous use too, and each client loads the certificates.
pytestmark = pytest.mark.slow


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    degrees: int


def weather(city: str) -> str:
    """Tell the weather."""
    return f"rain in {city}"


CALL = ToolCall("weather", {"city": "Oslo"})


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def chat(fake: FakeOpenAI) -> AsyncIterator[Any]:
    """Return what makes a model, given what is special about it."""
    async with openai.DefaultAsyncHttpxClient() as http:
        yield partial(
            ChatOpenAI,
            model="gpt-4.1",
            base_url=fake.base_url,
            api_key=SecretStr("sk-of-a-test"),
            max_retries=0,
            timeout=5.0,
            http_async_client=http,
            use_responses_api=True,
        )


async def read(stream: AsyncIterator[Any], into: list[Any]) -> Any:
    """Return the chunks put together."""
    async for chunk in stream:
        into.append(chunk)  # noqa: PERF401 (what comes before an error is wanted)
    whole = into[0]
    for chunk in into[1:]:
        whole += chunk
    return whole


async def test_an_answer_has_the_text_its_usage_and_its_id(fake: FakeOpenAI, chat: Any) -> None:
    fake.reply("one two three")

    message = await chat().ainvoke("Hi")

    assert message.text == "one two three"
    assert message.usage_metadata["output_tokens"] == 3
    assert message.id.startswith("resp_")
    assert message.response_metadata["status"] == "completed"


async def test_a_stream_has_the_text_and_its_usage(fake: FakeOpenAI, chat: Any) -> None:
    fake.reply("ø 日本 🌊, and more")
    chunks: list[Any] = []

    whole = await read(chat().astream("Hi"), chunks)

    assert whole.text == "ø 日本 🌊, and more"
    assert sum(bool(chunk.text) for chunk in chunks) > 1
    usage = whole.usage_metadata
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_tool_is_called_and_its_result_is_sent_back(
    fake: FakeOpenAI, chat: Any, streamed: bool
) -> None:
    fake.reply(Answer(tool_calls=[CALL]), "It rains.")
    model = chat().bind_tools([weather])
    messages: list[Any] = [HumanMessage("Hi")]

    said = await (read(model.astream(messages), []) if streamed else model.ainvoke(messages))
    [call] = said.tool_calls
    result = ToolMessage(weather(**call["args"]), tool_call_id=call["id"])
    last = await model.ainvoke([*messages, said, result])

    assert last.text == "It rains."
    assert fake.requests[1].body["input"][-1]["output"] == "rain in Oslo"
    assert fake.requests[1].body["input"][-2]["name"] == "weather"


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("version", ["v0", "responses/v1", "v1"])
async def test_reasoning_is_read_and_sent_back(
    fake: FakeOpenAI, chat: Any, streamed: bool, version: str
) -> None:
    fake.reply(Answer(reasoning="Let me ask.", tool_calls=[CALL]), "It rains.")
    model = chat(model="o3", reasoning={"summary": "auto"}, output_version=version)
    messages: list[Any] = [HumanMessage("Hi")]

    said = await (read(model.astream(messages), []) if streamed else model.ainvoke(messages))
    result = ToolMessage("rain", tool_call_id=said.tool_calls[0]["id"])
    last = await model.ainvoke([*messages, said, result])

    thoughts = [block for block in said.content_blocks if block["type"] == "reasoning"]
    assert "Let me ask." in "".join(block["reasoning"] for block in thoughts)
    assert last.text == "It rains."
    assert "reasoning" in [item.get("type") for item in fake.requests[1].body["input"]]


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
async def test_an_object_is_read_in_every_way(fake: FakeOpenAI, chat: Any, method: str) -> None:
    oslo = {"city": "Oslo", "degrees": 7}
    said = Answer(tool_calls=[ToolCall("Weather", oslo)])
    fake.reply(said if method == "function_calling" else Weather(**oslo).model_dump_json())

    told = await chat().with_structured_output(Weather, method=method).ainvoke("Tell me in JSON.")

    assert told == Weather(**oslo)


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
async def test_an_object_that_nobody_scripted_satisfies_the_schema(chat: Any, method: str) -> None:
    told = await chat().with_structured_output(Weather, method=method).ainvoke("Hi")

    assert isinstance(told, Weather)


async def test_a_talk_goes_on_from_a_response_that_is_kept(fake: FakeOpenAI, chat: Any) -> None:
    fake.reply("one", "two")
    model = chat(use_previous_response_id=True)

    first = await model.ainvoke("Hi")
    second = await model.ainvoke([HumanMessage("Hi"), first, HumanMessage("And then?")])

    assert second.text == "two"
    assert fake.requests[1].body["previous_response_id"] == first.id


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (429, openai.RateLimitError),
        (503, openai.InternalServerError),
    ],
)
async def test_an_error_status_is_the_error_of_the_client(
    fake: FakeOpenAI, chat: Any, status: int, error: type[Exception]
) -> None:
    fake.fail(Status(status))

    with pytest.raises(error):
        await chat().ainvoke("Hi")


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Cut(after=6), openai.APIConnectionError), (ErrorEvent(after=6), openai.APIError)],
    ids=["cut", "error"],
)
async def test_a_stream_that_breaks_is_an_error_after_the_text_so_far(
    fake: FakeOpenAI, chat: Any, fault: Fault, error: type[Exception]
) -> None:
    fake.reply("one two three")
    fake.fail(fault)
    chunks: list[Any] = []

    with pytest.raises(error):
        await read(chat().astream("Hi"), chunks)

    assert "".join(chunk.text for chunk in chunks) == "one two"
