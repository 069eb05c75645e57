"""The official SDK, and langchain-openai on top of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai

from fake_openai import FakeOpenAIThread

from .outcome import BODY, KEY, RETRIES, TIMEOUT, Ask, Client, Outcome

SETTINGS: dict[str, Any] = {"api_key": KEY, "timeout": TIMEOUT, "max_retries": RETRIES}


def _take(chunk: Any, outcome: Outcome) -> None:
    for choice in chunk.choices:
        outcome.text += choice.delta.content or ""
        outcome.finish_reason = choice.finish_reason or outcome.finish_reason


@asynccontextmanager
async def _stream(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    async with openai.AsyncOpenAI(base_url=fake.base_url, **SETTINGS) as client:

        async def ask(outcome: Outcome) -> None:
            async with await client.chat.completions.create(**BODY, stream=True) as stream:
                async for chunk in stream:
                    _take(chunk, outcome)

        yield ask


@asynccontextmanager
async def _synchronous(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    with openai.OpenAI(base_url=fake.base_url, **SETTINGS) as client:

        def read(outcome: Outcome) -> None:
            with client.chat.completions.create(**BODY, stream=True) as stream:
                for chunk in stream:
                    _take(chunk, outcome)

        yield lambda outcome: asyncio.to_thread(read, outcome)


@asynccontextmanager
async def _helper(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    async with openai.AsyncOpenAI(base_url=fake.base_url, **SETTINGS) as client:

        async def ask(outcome: Outcome) -> None:
            async with client.chat.completions.stream(**BODY) as stream:
                choice = (await stream.get_final_completion()).choices[0]
            outcome.text = choice.message.content or ""
            outcome.finish_reason = choice.finish_reason

        yield ask


@asynccontextmanager
async def _plain(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    async with openai.AsyncOpenAI(base_url=fake.base_url, **SETTINGS) as client:

        async def ask(outcome: Outcome) -> None:
            choice = (await client.chat.completions.create(**BODY)).choices[0]
            outcome.text = choice.message.content or ""
            outcome.finish_reason = choice.finish_reason

        yield ask


@asynccontextmanager
async def _responses(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    async with openai.AsyncOpenAI(base_url=fake.base_url, **SETTINGS) as client:

        async def ask(outcome: Outcome) -> None:
            asked = client.responses.create(model="gpt-4.1", input="Tell me.", stream=True)
            async with await asked as stream:
                async for event in stream:
                    if event.type == "response.output_text.delta":
                        outcome.text += event.delta
                    elif event.type == "response.completed":
                        outcome.finish_reason = "stop"
                    elif event.type in ("response.failed", "response.incomplete", "error"):
                        outcome.finish_reason = event.type

        yield ask


@asynccontextmanager
async def _langchain(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    from langchain_openai import ChatOpenAI  # noqa: PLC0415 (slow, and not always there)

    http = openai.DefaultAsyncHttpxClient()
    model = ChatOpenAI(
        model="m",
        base_url=fake.base_url,
        api_key=KEY,
        max_retries=RETRIES,
        timeout=TIMEOUT,
        http_async_client=http,
    )

    async def ask(outcome: Outcome) -> None:
        async for chunk in model.astream(BODY["messages"]):
            outcome.text += str(chunk.content)
            finish = chunk.response_metadata.get("finish_reason")
            outcome.finish_reason = finish or outcome.finish_reason

    async with http:
        yield ask


_ERRORS = (openai.OpenAIError,)
CLIENTS = {
    "openai": Client(_stream, _ERRORS, ("openai",)),
    "openai-sync": Client(_synchronous, _ERRORS, ("openai",)),
    "openai-helper": Client(_helper, _ERRORS, ("openai",)),
    "openai-plain": Client(_plain, _ERRORS, ("openai",)),
    "openai-responses": Client(_responses, _ERRORS, ("openai",)),
    "langchain": Client(_langchain, _ERRORS, ("langchain-openai", "openai")),
}
