"""Clients that others wrote take the fake for the real thing."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from aiohttp_sse_client import client as sse_client

from fake_openai import (
    Answer,
    Cut,
    ErrorEvent,
    FakeOpenAI,
    FakeOpenAIThread,
    ResetBeforeHeaders,
    Status,
    ToolCall,
    Writes,
)
from support.openai_client import chat

ASK: dict[str, Any] = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "hi"}]}


def client(fake: FakeOpenAI | FakeOpenAIThread, **more: Any) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-test", **more)


async def test_the_openai_client_streams_the_answer() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        stream = await api.chat.completions.create(
            **ASK, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]

        said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert said == fake.answer_to(ASK).text
        assert chunks[-1].usage is not None
        assert chunks[-1].usage.completion_tokens == len(chunks) - 3


@pytest.mark.parametrize("mode", ["bytes", "random", "lines", "whole"])
async def test_the_openai_client_does_not_mind_where_writes_are_cut(mode: str) -> None:
    writes = Writes(mode, newline="\r\n")  # type: ignore[arg-type]  # one of those there are
    async with FakeOpenAI(writes=writes) as fake, client(fake) as api:
        fake.reply("ø 日本 🌊")
        stream = await api.chat.completions.create(**ASK, stream=True)
        chunks = [chunk async for chunk in stream]

    assert "".join(c.choices[0].delta.content or "" for c in chunks) == "ø 日本 🌊"


async def test_the_openai_client_finds_no_unknown_member() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        stream = await api.chat.completions.create(**ASK, stream=True)
        extra = [chunk.model_extra for chunk in [c async for c in stream]]
        whole = await api.chat.completions.create(**ASK)

    assert {name for members in extra for name in members or ()} <= {"obfuscation"}
    assert not whole.model_extra
    assert not whole.choices[0].message.model_extra


async def test_the_openai_client_accumulates_tool_calls() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        fake.reply(Answer(tool_calls=[ToolCall("f", {"city": "Oslo"}), ToolCall("g", {})]))
        async with api.chat.completions.stream(**ASK) as stream:
            final = await stream.get_final_completion()

    calls = final.choices[0].message.tool_calls or []
    told = [(c.id[:5], c.function.name, c.function.arguments) for c in calls]
    assert told == [("call_", "f", '{"city":"Oslo"}'), ("call_", "g", "{}")]
    assert final.choices[0].finish_reason == "tool_calls"


@pytest.mark.slow
async def test_the_openai_client_retries_and_then_gets_the_answer() -> None:
    async with FakeOpenAI() as fake, client(fake, max_retries=2) as api:
        fake.reply("at last")
        fake.fail(Status(429, retry_after_ms=1), ResetBeforeHeaders())
        answer = await api.chat.completions.create(**ASK)

        assert answer.choices[0].message.content == "at last"
        assert [received.attempt for received in fake.requests] == [1, 2, 3]


async def test_the_openai_client_raises_on_an_error_event() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        fake.fail(ErrorEvent(after=2))
        stream = await api.chat.completions.create(**ASK, stream=True)
        with pytest.raises(openai.APIError, match="The server had an error"):
            [chunk async for chunk in stream]


async def test_the_openai_client_raises_on_a_cut() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        fake.fail(Cut(after=2))
        stream = await api.chat.completions.create(**ASK, stream=True)
        with pytest.raises(openai.APIConnectionError):
            [chunk async for chunk in stream]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
async def test_the_openai_client_knows_every_status(
    status: int, error: type[openai.APIStatusError]
) -> None:
    async with FakeOpenAI() as fake, client(fake, max_retries=0) as api:
        fake.fail(Status(status))
        with pytest.raises(error) as caught:
            await api.chat.completions.create(**ASK)

    assert (caught.value.request_id or "").startswith("req_")
    assert caught.value.body


async def test_the_openai_client_lists_the_models() -> None:
    async with FakeOpenAI() as fake, client(fake) as api:
        models = [model.id async for model in api.models.list()]

    assert "gpt-4.1" in models


def test_the_synchronous_openai_client_streams_the_answer() -> None:
    with (
        FakeOpenAIThread() as fake,
        openai.OpenAI(base_url=fake.base_url, api_key="sk-test") as api,
        api.chat.completions.create(**ASK, stream=True) as stream,
    ):
        said = "".join(chunk.choices[0].delta.content or "" for chunk in stream)

        assert said == fake.answer_to(ASK).text


async def test_the_azure_client_streams_the_answer() -> None:
    async with FakeOpenAI("azure") as fake:
        api = openai.AsyncAzureOpenAI(
            azure_endpoint=fake.url, api_key="k", api_version="2024-10-21"
        )
        async with api:
            stream = await api.chat.completions.create(**ASK, stream=True)
            chunks = [chunk async for chunk in stream]
        said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)

        assert said == fake.answer_to(ASK).text


async def test_an_event_source_client_reads_every_event() -> None:
    async with FakeOpenAI() as fake:
        source = sse_client.EventSource(
            fake.base_url + "/chat/completions",
            option={"method": "POST"},
            headers={"Authorization": "Bearer k", "Content-Type": "application/json"},
            data=json.dumps(chat()),
        )
        read = []
        async with source:
            async for event in source:
                read.append(event.data)
                if event.data == "[DONE]":
                    break
        said = [json.loads(data)["choices"][0]["delta"].get("content", "") for data in read[:-1]]

        assert "".join(said) == fake.answer_to(chat()).text
