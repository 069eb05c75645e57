"""`ChatOpenAI` of langchain-openai, which stands on the official SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai
import pytest
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from clients.cases import BODY, KEY, MENDABLE, steady
from clients.openai_sdk import CONNECTION_ERRORS
from fake_openai import Answer, CleanEnd, Cut, FakeOpenAI, Fault, Stall, Status, ToolCall
from steadystream import SteadyStream, partial_of
from steadystream.integrations import openai_http_client

MESSAGES = BODY["messages"]

# Each model makes a client for synchronous use too, and each client loads the certificates.
pytestmark = pytest.mark.slow


@asynccontextmanager
async def chat(fake: FakeOpenAI, middleware: SteadyStream | None = None) -> AsyncIterator[Any]:
    http = openai_http_client(middleware) if middleware else openai.DefaultAsyncHttpxClient()
    async with http:
        yield ChatOpenAI(
            model=BODY["model"],
            base_url=fake.base_url,
            api_key=SecretStr(KEY),
            max_retries=0,
            timeout=5.0,
            http_async_client=http,
        )


async def read(model: Any) -> tuple[str, Exception | None]:
    text = ""
    try:
        async for chunk in model.astream(MESSAGES):
            text += chunk.content
    except Exception as error:  # noqa: BLE001  # what it is, the tests ask
        return text, error
    return text, None


@pytest.mark.parametrize("healed", [False, True])
async def test_a_healthy_answer_arrives_as_it_is(healed: bool) -> None:
    async with FakeOpenAI() as fake, chat(fake, steady("openai") if healed else None) as model:
        assert await read(model) == (fake.answer_to(BODY).text, None)


async def test_bare_a_cut_loses_the_rest() -> None:
    async with FakeOpenAI("vllm") as fake, chat(fake) as model:
        fake.fail(Cut(after=4))

        text, error = await read(model)

        assert isinstance(error, CONNECTION_ERRORS)
        assert len(text) < len(fake.answer_to(BODY).text)


async def test_bare_a_truncated_answer_passes_for_a_whole_one() -> None:
    async with FakeOpenAI("vllm") as fake, chat(fake) as model:
        fake.fail(CleanEnd(after=4))

        text, error = await read(model)

        assert error is None
        assert len(text) < len(fake.answer_to(BODY).text)


@pytest.mark.parametrize("faults", MENDABLE.values(), ids=MENDABLE)
async def test_what_can_be_mended_arrives_whole(faults: tuple[Fault, ...]) -> None:
    async with FakeOpenAI("vllm") as fake, chat(fake, steady()) as model:
        fake.fail(*faults)

        assert await read(model) == (fake.answer_to(BODY).text, None)


async def test_what_cannot_be_mended_is_a_connection_error_with_the_partial() -> None:
    async with FakeOpenAI("openai") as fake, chat(fake, steady("openai")) as model:
        fake.fail(Cut(after=6))

        text, error = await read(model)

        partial = partial_of(error)
        assert isinstance(error, CONNECTION_ERRORS)
        assert partial is not None
        assert partial.text == text != ""


@pytest.mark.parametrize("status", [401, 404, 429])
async def test_an_error_status_is_the_same_exception_with_and_without(status: int) -> None:
    errors = []
    for middleware in (None, steady("openai", attempts=2)):
        async with FakeOpenAI() as fake, chat(fake, middleware) as model:
            fake.fail(Status(status, body={"error": {"message": "no"}}), times=None)
            errors.append((await read(model))[1])

    bare, healed = errors
    assert isinstance(bare, openai.APIStatusError)
    assert isinstance(healed, openai.APIStatusError)
    assert (type(healed), healed.body) == (type(bare), bare.body)


async def test_tool_calls_are_the_same_with_and_without() -> None:
    results = []
    for middleware in (None, steady("openai")):
        async with FakeOpenAI() as fake, chat(fake, middleware) as model:
            fake.reply(Answer(tool_calls=[ToolCall("weather", {"city": "Köln"})]))
            parts = [part async for part in model.astream(MESSAGES)]
            whole = parts[0]
            for part in parts[1:]:
                whole += part
            results.append(whole.tool_calls)

    assert results[0] == results[1]
    assert [(call["name"], call["args"]) for call in results[0]] == [("weather", {"city": "Köln"})]


async def test_an_answer_that_is_not_streamed_passes_unchanged() -> None:
    async with FakeOpenAI() as fake, chat(fake, steady("openai")) as model:
        assert (await model.ainvoke(MESSAGES)).content == fake.answer_to(BODY).text


async def test_an_answer_that_is_streamed_unseen_is_mended() -> None:
    async with FakeOpenAI("vllm") as fake, chat(fake, steady()) as model:
        fake.fail(Cut(after=4))
        model.streaming = True

        assert (await model.ainvoke(MESSAGES)).content == fake.answer_to(BODY).text


async def test_leaving_a_stream_early_closes_its_connection() -> None:
    async with FakeOpenAI("vllm") as fake, chat(fake, steady()) as model:
        fake.fail(Stall(after=4))
        stream = model.astream(MESSAGES)
        await anext(stream)

        await stream.aclose()

        assert await fake.quiet() == 0
