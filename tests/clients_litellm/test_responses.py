"""litellm takes the fake's Responses API for the real thing: `aresponses`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import aiohttp
import httpx
import litellm
import pytest
from pydantic import BaseModel

from fake_openai import Answer, Cut, ErrorEvent, FakeOpenAI, Fault, Status, ToolCall

Ask = Callable[..., Any]
TOOL = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    "strict": False,
}

# The first call of all makes litellm import for seconds.
pytestmark = pytest.mark.slow


class Weather(BaseModel):
    city: str
    degrees: int


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def ask(fake: FakeOpenAI) -> AsyncIterator[Ask]:
    async with aiohttp.ClientSession() as session:
        yield partial(
            litellm.aresponses,
            model="openai/gpt-4.1",
            input="Hi",
            api_base=fake.base_url,
            api_key="sk-of-a-test",
            max_retries=0,
            timeout=5.0,
            shared_session=session,
        )


def said(events: list[Any]) -> str:
    return "".join(e.delta for e in events if e.type == "response.output_text.delta")


async def read(stream: Any, into: list[Any]) -> None:
    async for event in stream:
        into.append(event)  # noqa: PERF401 (what comes before an error is wanted)


async def test_an_answer_has_the_text_and_its_usage(fake: FakeOpenAI, ask: Ask) -> None:
    fake.reply("one two three")

    response = await ask()

    assert response.output_text == "one two three"
    assert response.usage.output_tokens == 3
    assert [received.path for received in fake.requests] == ["/v1/responses"]


async def test_a_stream_has_the_text_and_its_end(fake: FakeOpenAI, ask: Ask) -> None:
    fake.reply("ø 日本 🌊, and more")
    events: list[Any] = []

    await read(await ask(stream=True), events)

    assert said(events) == "ø 日本 🌊, and more"
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == said(events)


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_tool_is_called_and_its_result_is_sent_back(
    fake: FakeOpenAI, ask: Ask, streamed: bool
) -> None:
    fake.reply(Answer(tool_calls=[ToolCall("weather", {"city": "Oslo"})]), "It rains.")

    response = await ask(tools=[TOOL], stream=streamed)
    if streamed:
        events: list[Any] = []
        await read(response, events)
        response = events[-1].response
    [call] = response.output
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "rain"}
    last = await ask(input=[output], tools=[TOOL], previous_response_id=response.id)

    assert (call.name, call.arguments) == ("weather", '{"city":"Oslo"}')
    assert last.output_text == "It rains."


async def test_an_answer_satisfies_the_schema_that_was_asked_for(
    fake: FakeOpenAI, ask: Ask
) -> None:
    response = await ask(text_format=Weather)

    assert isinstance(Weather.model_validate_json(response.output_text), Weather)
    assert fake.requests[0].body["text"]["format"]["type"] == "json_schema"


async def test_a_response_is_retrieved_and_deleted(fake: FakeOpenAI, ask: Ask) -> None:
    fake.reply("one two three")
    where = {"api_base": fake.base_url, "api_key": "sk-of-a-test", "custom_llm_provider": "openai"}
    made = await ask()

    found = await litellm.aget_responses(made.id, **where)
    deleted = await litellm.adelete_responses(made.id, **where)

    assert found.output_text == "one two three"
    assert deleted.deleted


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_chat_is_led_over_responses(fake: FakeOpenAI, streamed: bool) -> None:
    fake.reply(Answer("one two three", tool_calls=[ToolCall("weather", {"city": "Oslo"})]))

    said = await litellm.acompletion(
        model="openai/responses/gpt-4.1",
        messages=[{"role": "user", "content": "Hi"}],
        api_base=fake.base_url,
        api_key="sk-of-a-test",
        timeout=5.0,
        stream=streamed,
    )
    if streamed:
        said = litellm.stream_chunk_builder([chunk async for chunk in said])

    message = said.choices[0].message
    assert message.content == "one two three"
    assert [call.function.name for call in message.tool_calls] == ["weather"]
    assert fake.requests[0].path == "/v1/responses"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, litellm.BadRequestError),
        (401, litellm.AuthenticationError),
        (429, litellm.RateLimitError),
        (503, litellm.ServiceUnavailableError),
    ],
)
async def test_an_error_status_is_the_error_of_that_name(
    fake: FakeOpenAI, ask: Ask, status: int, error: type[Exception]
) -> None:
    fake.fail(Status(status), times=None)

    with pytest.raises(error):
        await ask()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Cut(after=6), httpx.ReadError),
        (ErrorEvent(after=6), litellm.exceptions.MidStreamFallbackError),
    ],
    ids=["cut", "error"],
)
async def test_a_stream_that_breaks_is_an_error_after_the_text_so_far(
    fake: FakeOpenAI, ask: Ask, fault: Fault, error: type[Exception]
) -> None:
    fake.reply("one two three")
    fake.fail(fault)
    events: list[Any] = []
    stream = await ask(stream=True)

    with pytest.raises(error):
        await read(stream, events)

    assert said(events) == "one two"
