"""Pydantic AI takes the fake's Responses API for the real thing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.exceptions import ModelConnectionError, ModelHTTPError, ModelServerError
from pydantic_ai.messages import ModelResponse, ThinkingPart
from pydantic_ai.models.openai import OpenAIResponsesModel, OpenAIResponsesModelSettings
from pydantic_ai.providers.openai import OpenAIProvider

from fake_openai import Answer, Cut, ErrorEvent, FakeOpenAI, Fault, Status, ToolCall


class Weather(BaseModel):
    city: str
    degrees: int


OSLO = {"city": "Oslo", "degrees": 7}
THINKING = OpenAIResponsesModelSettings(openai_reasoning_summary="auto")


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def provider(fake: FakeOpenAI) -> AsyncIterator[OpenAIProvider]:
    provider = OpenAIProvider(base_url=fake.base_url, api_key="sk-of-a-test")
    async with provider.client:
        yield provider


@pytest.fixture
def model(provider: OpenAIProvider) -> OpenAIResponsesModel:
    return OpenAIResponsesModel("gpt-4.1", provider=provider)


@pytest.fixture
def thinker(provider: OpenAIProvider) -> OpenAIResponsesModel:
    return OpenAIResponsesModel("o3", provider=provider, settings=THINKING)


def weather(city: str) -> str:
    """Tell the weather."""
    return f"rain in {city}"


def thoughts(messages: list[Any]) -> str:
    responses = [one for one in messages if isinstance(one, ModelResponse)]
    parts = [part for one in responses for part in one.parts]
    return "".join(part.content for part in parts if isinstance(part, ThinkingPart))


async def read(result: Any, into: list[str]) -> None:
    async for piece in result.stream_text(delta=True, debounce_by=None):
        into.append(piece)  # noqa: PERF401 (what comes before an error is wanted)


async def test_an_agent_answers_with_the_text(
    fake: FakeOpenAI, model: OpenAIResponsesModel
) -> None:
    fake.reply("one two three")

    result = await Agent(model).run("Hi")

    assert result.output == "one two three"
    assert result.usage.output_tokens == 3
    assert [received.path for received in fake.requests] == ["/v1/responses"]


async def test_an_agent_streams_the_text(fake: FakeOpenAI, model: OpenAIResponsesModel) -> None:
    fake.reply("ø 日本 🌊, and more")
    pieces: list[str] = []

    async with Agent(model).run_stream("Hi") as result:
        await read(result, pieces)

    assert "".join(pieces) == "ø 日本 🌊, and more"
    assert len(pieces) > 1
    assert result.usage.output_tokens > 1


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_tool_is_run_and_its_result_is_sent_back(
    fake: FakeOpenAI, model: OpenAIResponsesModel, streamed: bool
) -> None:
    agent = Agent(model, tools=[weather])
    fake.reply(Answer(tool_calls=[ToolCall("weather", {"city": "Oslo"})]), "It rains.")

    if streamed:
        async with agent.run_stream("Hi") as result:
            output = await result.get_output()
    else:
        output = (await agent.run("Hi")).output

    assert output == "It rains."
    last = fake.requests[1].body["input"][-1]
    assert (last["type"], last["output"]) == ("function_call_output", "rain in Oslo")


@pytest.mark.parametrize("streamed", [False, True])
async def test_reasoning_is_read_and_sent_back_beside_the_result_of_a_tool(
    fake: FakeOpenAI, thinker: OpenAIResponsesModel, streamed: bool
) -> None:
    agent = Agent(thinker, tools=[weather])
    call = ToolCall("weather", {"city": "Oslo"})
    fake.reply(Answer(reasoning="Let me ask.", tool_calls=[call]), "It rains.")

    if streamed:
        async with agent.run_stream("Hi") as result:
            await result.get_output()
        messages = result.all_messages()
    else:
        messages = (await agent.run("Hi")).all_messages()

    assert "Let me ask." in thoughts(messages)
    assert "reasoning" in [item.get("type") for item in fake.requests[1].body["input"]]
    assert [received.status for received in fake.requests] == [200, 200]


async def test_an_object_is_read_from_the_call_of_a_tool(
    fake: FakeOpenAI, model: OpenAIResponsesModel
) -> None:
    fake.reply(Answer(tool_calls=[ToolCall("final_result", OSLO)]))

    result = await Agent(model, output_type=Weather).run("Hi")

    assert result.output == Weather(**OSLO)


async def test_an_object_is_read_from_the_answer(
    fake: FakeOpenAI, model: OpenAIResponsesModel
) -> None:
    fake.reply(Weather(**OSLO).model_dump_json())

    result = await Agent(model, output_type=NativeOutput(Weather)).run("Hi")

    assert result.output == Weather(**OSLO)
    assert fake.requests[0].body["text"]["format"]["type"] == "json_schema"


@pytest.mark.parametrize("output_type", [Weather, NativeOutput(Weather)], ids=["tool", "native"])
async def test_an_object_that_nobody_scripted_satisfies_the_schema(
    model: OpenAIResponsesModel, output_type: Any
) -> None:
    result = await Agent(model, output_type=output_type).run("Hi")

    assert isinstance(result.output, Weather)


async def test_a_talk_goes_on_from_a_response_that_is_kept(
    fake: FakeOpenAI, provider: OpenAIProvider
) -> None:
    settings = OpenAIResponsesModelSettings(openai_previous_response_id="auto")
    agent = Agent(OpenAIResponsesModel("gpt-4.1", provider=provider, settings=settings))
    fake.reply("one", "two")

    first = await agent.run("Hi")
    second = await agent.run("And then?", message_history=first.all_messages())

    assert second.output == "two"
    assert fake.requests[1].body["previous_response_id"].startswith("resp_")
    assert len(fake.requests[1].body["input"]) == 1


async def test_an_error_status_is_an_error_with_the_body(
    fake: FakeOpenAI, model: OpenAIResponsesModel
) -> None:
    fake.fail(Status(400))

    with pytest.raises(ModelHTTPError) as caught:
        await Agent(model).run("Hi")

    assert caught.value.status_code == 400
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Cut(after=6), ModelConnectionError), (ErrorEvent(after=6), ModelServerError)],
    ids=["cut", "error"],
)
async def test_a_stream_that_breaks_is_an_error_after_the_text_so_far(
    fake: FakeOpenAI, model: OpenAIResponsesModel, fault: Fault, error: type[Exception]
) -> None:
    fake.reply("one two three")
    fake.fail(fault)
    pieces: list[str] = []

    async with Agent(model).run_stream("Hi") as result:
        with pytest.raises(error):
            await read(result, pieces)

    assert "".join(pieces) == "one two"
