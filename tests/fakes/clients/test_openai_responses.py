"""The openai client takes the fake's Responses API for the real thing."""

from __future__ import annotations

import json
from typing import Any

import openai
import pydantic
import pytest
from openai.types.responses import ResponseFunctionToolCall

from fake_openai import (
    Answer,
    Cut,
    ErrorEvent,
    FakeOpenAI,
    FakeOpenAIThread,
    Latency,
    Status,
    ToolCall,
    VirtualClock,
)

ASK: dict[str, Any] = {"model": "gpt-4.1", "input": "hi"}
CALL = Answer(tool_calls=[ToolCall("weather", {"city": "Oslo"})])
TOOL: Any = {
    "type": "function",
    "name": "weather",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}


class City(pydantic.BaseModel):
    name: str
    people: int


def client(fake: FakeOpenAI, **more: Any) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-test", **more)


async def _read(stream: Any, into: list[Any]) -> None:
    async for event in stream:
        into.append(event)  # noqa: PERF401 (what comes before an error is wanted)


async def test_it_reads_an_answer() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        fake.reply("one two three")
        response = await api.responses.create(**ASK)

    assert (response.output_text, response.status) == ("one two three", "completed")
    assert response.usage is not None
    assert response.usage.output_tokens == 3


async def test_it_reads_a_stream() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        fake.reply("one two three")
        stream = await api.responses.create(**ASK, stream=True)
        events = [event async for event in stream]

    said = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    assert said == "one two three"
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == said


async def test_its_stream_helper_collects_the_answer() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        fake.reply(CALL)
        async with api.responses.stream(**ASK, tools=[TOOL]) as stream:
            seen = [event.type async for event in stream]
            response = await stream.get_final_response()

    (item,) = response.output
    assert isinstance(item, ResponseFunctionToolCall)
    assert json.loads(item.arguments) == {"city": "Oslo"}
    assert seen[-1] == "response.completed"


async def test_it_parses_structured_output() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        whole = await api.responses.parse(**ASK, text_format=City)
        async with api.responses.stream(**ASK, text_format=City) as stream:
            streamed = await stream.get_final_response()

    assert isinstance(whole.output_parsed, City)
    assert isinstance(streamed.output_parsed, City)


async def test_it_resumes_a_background_stream() -> None:
    async with (
        FakeOpenAI(clock=VirtualClock(), latency=Latency(between=1)) as fake,
        client(fake, max_retries=0) as api,
    ):
        fake.reply("one two three four")
        fake.fail(Cut(after=6))
        events: list[Any] = []
        stream = await api.responses.create(**ASK, background=True, stream=True)
        with pytest.raises(openai.APIConnectionError):
            await _read(stream, events)
        rest = await api.responses.retrieve(
            events[0].response.id, stream=True, starting_after=events[-1].sequence_number
        )
        events += [event async for event in rest]

    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[-1].response.output_text == "one two three four"


async def test_it_polls_and_cancels() -> None:
    latency = Latency(first_token=60)
    async with FakeOpenAI(clock=VirtualClock(), latency=latency) as fake, client(fake) as api:
        begun = await api.responses.create(**ASK, background=True)
        seen = await api.responses.retrieve(begun.id)
        ended = await api.responses.cancel(begun.id)

    assert [begun.status, seen.status, ended.status] == ["queued", "in_progress", "cancelled"]


async def test_it_goes_on_lists_and_deletes() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        first = await api.responses.create(**ASK)
        second = await api.responses.create(**ASK, previous_response_id=first.id)
        listed = [item.type async for item in api.responses.input_items.list(second.id, limit=1)]
        await api.responses.delete(first.id)
        with pytest.raises(openai.NotFoundError):
            await api.responses.retrieve(first.id)

    assert listed == ["message"] * 3


async def test_it_counts_input() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        counted = await api.responses.input_tokens.count(**ASK)
        used = (await api.responses.create(**ASK)).usage

    assert used is not None
    assert counted.input_tokens == used.input_tokens


async def test_it_retries_what_can_be_retried() -> None:
    async with FakeOpenAI() as fake, client(fake, max_retries=2) as api:
        fake.reply("one", "two")
        fake.fail(Status(503), Status(429, retry_after=0.001))
        response = await api.responses.create(**ASK)

    assert response.output_text == "one"
    assert [one.status for one in fake.requests] == [503, 429, 200]


async def test_an_error_in_the_stream_is_raised() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        fake.fail(ErrorEvent(after=6, message="Oh no."))
        stream = await api.responses.create(**ASK, stream=True)
        with pytest.raises(openai.APIError, match="Oh no"):
            [event async for event in stream]


def test_the_client_without_asyncio_does_the_same() -> None:
    with FakeOpenAIThread() as fake:
        fake.reply("one two three")
        with openai.OpenAI(base_url=fake.base_url, api_key="sk-test") as api:
            whole = api.responses.create(**ASK)
            events = list(api.responses.create(**ASK, stream=True, background=True))
            again = list(api.responses.retrieve(events[0].response.id, stream=True))  # type: ignore[union-attr]  # the first has one
            with api.responses.stream(**ASK) as stream:
                final = stream.get_final_response()

    assert whole.output_text == final.output_text == "one two three"
    assert [e.type for e in again] == [e.type for e in events]


async def test_it_keeps_and_lists_chat_completions() -> None:
    chat: dict[str, Any] = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "hi"}]}
    async with FakeOpenAI() as fake, client(fake) as api:
        made = [
            await api.chat.completions.create(**chat, store=True, metadata={"n": str(n)})
            for n in range(3)
        ]
        listed = [one.id async for one in api.chat.completions.list(limit=2)]
        found = [one.id async for one in api.chat.completions.list(metadata={"n": "1"})]
        (message,) = (await api.chat.completions.messages.list(made[0].id)).data
        updated = await api.chat.completions.update(made[0].id, metadata={"n": "9"})
        deleted = await api.chat.completions.delete(made[0].id)

    assert listed == [one.id for one in made]
    assert found == [made[1].id]
    assert message.content == "hi"
    assert updated.metadata == {"n": "9"}
    assert deleted.deleted
