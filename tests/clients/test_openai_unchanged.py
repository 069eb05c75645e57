"""What the SDK makes of an answer is the same with and without the middleware."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import openai
import pytest

from clients.cases import BODY, steady
from clients.openai_sdk import sdk
from fake_openai import Answer, Cut, FakeOpenAI, Latency, NoHeaders, Stall, ToolCall

PARAMETERS = {"type": "object", "properties": {}}
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}]
CALLS = Answer(
    "Let me look.",
    tool_calls=[
        ToolCall("weather", {"city": "Köln", "days": 3}),
        ToolCall("weather", {"city": "東京"}),
    ],
)
# As an extra, since old versions of the SDK do not know it.
ASK_USAGE = {"stream_options": {"include_usage": True}}
FEATURES: dict[str, tuple[Answer | None, dict[str, Any]]] = {
    "text": (None, {}),
    "usage": (None, {"extra_body": ASK_USAGE}),
    "two choices": (None, {"n": 2}),
    "tool calls": (CALLS, {"tools": TOOLS}),
    "refusal": (Answer(refusal="I will not."), {}),
    "length": (None, {"max_tokens": 5}),
}


async def _parsed(healed: bool, dialect: str, answer: Answer | None, body: dict[str, Any]) -> Any:
    """Return every chunk that the SDK hands out."""
    middleware = steady(dialect) if healed else None
    async with FakeOpenAI(dialect) as fake, sdk(fake, middleware) as client:
        if answer is not None:
            fake.reply(answer)
        stream = await client.chat.completions.create(**{**BODY, **body}, stream=True)
        return [chunk.model_dump() async for chunk in stream]


@pytest.mark.parametrize(("answer", "body"), FEATURES.values(), ids=FEATURES)
async def test_streamed_chunks_are_the_same(answer: Answer | None, body: dict[str, Any]) -> None:
    bare = await _parsed(False, "openai", answer, body)

    assert await _parsed(True, "openai", answer, body) == bare
    assert len(bare) > 2


@pytest.mark.parametrize("dialect", ["deepseek", "vllm", "openrouter", "groq"])
async def test_reasoning_is_the_same(dialect: str) -> None:
    answer = Answer("Four.", reasoning="Two and two; that is four.")

    bare = await _parsed(False, dialect, answer, {})

    assert await _parsed(True, dialect, answer, {}) == bare
    assert "reasoning" in str(bare)


async def _whole(client: openai.AsyncOpenAI) -> Any:
    return await client.chat.completions.create(**BODY)


async def _models(client: openai.AsyncOpenAI) -> Any:
    return await client.models.list()


@pytest.mark.parametrize("call", [_whole, _models], ids=["not streamed", "models"])
async def test_what_is_not_streamed_is_the_same(call: Callable[..., Any]) -> None:
    results = []
    for middleware in (None, steady("openai")):
        async with FakeOpenAI() as fake, sdk(fake, middleware) as client:
            results.append((await call(client)).model_dump())

    assert results[0] == results[1]


async def test_a_healed_answer_has_one_id_and_counts_all_its_tokens_once() -> None:
    async with FakeOpenAI("vllm") as fake, sdk(fake, steady()) as client:
        fake.fail(Cut(after=6))
        stream = await client.chat.completions.create(**BODY, stream=True, extra_body=ASK_USAGE)
        chunks = [chunk.model_dump() async for chunk in stream]
    async with FakeOpenAI("vllm") as fake, sdk(fake) as client:
        true = (await client.chat.completions.create(**BODY)).model_dump()

    [usage] = [chunk["usage"] for chunk in chunks if chunk.get("usage")]
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert usage["completion_tokens"] == true["usage"]["completion_tokens"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


async def test_the_raw_response_has_headers_and_a_healed_stream() -> None:
    async with FakeOpenAI("vllm") as fake, sdk(fake, steady()) as client:
        fake.fail(Cut(after=4))

        raw = await client.chat.completions.with_raw_response.create(**BODY, stream=True)
        chunks = [chunk async for chunk in raw.parse()]

        assert raw.headers["content-type"].startswith("text/event-stream")
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert text == fake.answer_to(BODY).text


async def test_the_lines_of_a_streaming_response_are_healed() -> None:
    async with FakeOpenAI("vllm") as fake, sdk(fake, steady()) as client:
        fake.fail(Cut(at_byte=900))

        completions = client.chat.completions.with_streaming_response
        async with completions.create(**BODY, stream=True) as response:
            lines = [line async for line in response.iter_lines() if line]

        assert len(fake.requests) == 2
        assert all(line.startswith("data: ") for line in lines)
        assert lines.count("data: [DONE]") == 1
        assert lines[-1] == "data: [DONE]"


async def test_leaving_a_stream_early_closes_its_connection() -> None:
    async with (
        FakeOpenAI("vllm", latency=Latency(between=0.02)) as fake,
        sdk(fake, steady()) as client,
    ):
        fake.fail(Cut(after=2))
        stream = await client.chat.completions.create(**BODY, stream=True)
        await anext(aiter(stream))

        await stream.response.aclose()

        assert await fake.quiet() == 0


@pytest.mark.parametrize("fault", [Stall(after=3), NoHeaders()], ids=["answering", "waiting"])
async def test_cancelling_the_reader_closes_its_connection(fault: Stall | NoHeaders) -> None:
    async def ask(client: openai.AsyncOpenAI) -> None:
        async for _ in await client.chat.completions.create(**BODY, stream=True):
            pass

    async with FakeOpenAI("vllm") as fake, sdk(fake, steady()) as client:
        fake.fail(fault)
        asking = asyncio.create_task(ask(client))
        while not fake.requests:  # noqa: ASYNC110  # the fake has no event for it
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.02)

        asking.cancel()
        await asyncio.wait([asking])
        cancelled = asking.cancelled()
        # Old versions of the SDK do not close what they read: it closes when nobody holds it, and
        # the task holds the frames in which it was cancelled.
        del asking
        gc.collect()

        assert cancelled
        assert await fake.quiet() == 0
        assert len(fake.requests) == 1
