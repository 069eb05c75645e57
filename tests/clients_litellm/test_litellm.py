"""litellm over a session with the middleware: `acompletion(..., shared_session=session)`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
import litellm
import openai
import pytest

from clients.cases import BODY, BROKEN, KEY, MENDABLE, SILENT, steady
from fake_openai import Answer, CleanEnd, Cut, FakeOpenAI, Fault, Reset, Stall, Status, ToolCall
from steadystream import SteadyStream, partial_of

Ask = Callable[..., Any]

# The first call of all makes litellm import for seconds.
pytestmark = pytest.mark.slow


@asynccontextmanager
async def litellm_at(
    fake: FakeOpenAI, middleware: SteadyStream | None = None, model: str = "openai/m"
) -> AsyncIterator[Ask]:
    """Yield `acompletion` with everything but the messages set."""
    middlewares = () if middleware is None else (middleware,)
    async with aiohttp.ClientSession(middlewares=middlewares) as session:
        yield partial(
            litellm.acompletion,
            model=model,
            messages=BODY["messages"],
            api_base=fake.base_url,
            api_key=KEY,
            max_retries=0,
            timeout=5.0,
            shared_session=session,
        )


async def read(ask: Ask, **more: Any) -> tuple[str, Exception | None]:
    text = ""
    try:
        async for chunk in await ask(stream=True, **more):
            text += chunk.choices[0].delta.content or ""
    except Exception as error:  # noqa: BLE001  # what it is, the tests ask
        return text, error
    return text, None


@pytest.mark.parametrize("healed", [False, True])
async def test_a_healthy_answer_arrives_as_it_is(healed: bool) -> None:
    async with FakeOpenAI() as fake, litellm_at(fake, steady("openai") if healed else None) as ask:
        assert await read(ask) == (fake.answer_to(BODY).text, None)


@pytest.mark.parametrize("fault", [Cut(after=4), Reset(after=4)], ids=["cut", "reset"])
async def test_bare_a_broken_connection_loses_the_rest(fault: Fault) -> None:
    async with FakeOpenAI() as fake, litellm_at(fake) as ask:
        fake.fail(fault)

        text, error = await read(ask)

        assert isinstance(error, litellm.exceptions.MidStreamFallbackError)
        assert len(text) < len(fake.answer_to(BODY).text)


async def test_bare_a_truncated_answer_passes_for_a_whole_one() -> None:
    async with FakeOpenAI() as fake, litellm_at(fake) as ask:
        fake.fail(CleanEnd(after=4))

        stream = await ask(stream=True)
        chunks = [chunk async for chunk in stream]

        assert chunks[-1].choices[0].finish_reason == "stop"
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        assert len(text) < len(fake.answer_to(BODY).text)


@pytest.mark.parametrize("faults", MENDABLE.values(), ids=MENDABLE)
async def test_what_can_be_mended_arrives_whole(faults: tuple[Fault, ...]) -> None:
    async with FakeOpenAI("vllm") as fake, litellm_at(fake, steady()) as ask:
        fake.fail(*faults)

        assert await read(ask) == (fake.answer_to(BODY).text, None)
    assert await fake.quiet() == 0


@pytest.mark.slow
@pytest.mark.parametrize("faults", SILENT.values(), ids=SILENT)
async def test_a_silent_server_is_mended_too(faults: tuple[Fault, ...]) -> None:
    async with FakeOpenAI("vllm") as fake, litellm_at(fake, steady(silence=0.2)) as ask:
        fake.fail(*faults)

        assert await read(ask) == (fake.answer_to(BODY).text, None)


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
async def test_what_cannot_be_mended_is_raised_with_the_partial(fault: Fault) -> None:
    async with FakeOpenAI("openai") as fake, litellm_at(fake, steady("openai")) as ask:
        fake.fail(fault)

        text, error = await read(ask)

        partial = partial_of(error)
        assert partial is not None
        assert partial.text == text != ""


@pytest.mark.parametrize("status", [401, 404, 429])
async def test_an_error_status_is_the_same_exception_with_and_without(status: int) -> None:
    errors = []
    for middleware in (None, steady("openai", attempts=2)):
        async with FakeOpenAI() as fake, litellm_at(fake, middleware) as ask:
            fake.fail(Status(status, body={"error": {"message": "no"}}), times=None)
            errors.append((await read(ask))[1])

    bare, healed = errors
    assert isinstance(bare, openai.APIStatusError)
    assert (type(healed), str(healed)) == (type(bare), str(bare))


async def test_tool_calls_are_the_same_with_and_without() -> None:
    results = []
    for middleware in (None, steady("openai")):
        async with FakeOpenAI() as fake, litellm_at(fake, middleware) as ask:
            fake.reply(Answer(tool_calls=[ToolCall("weather", {"city": "Köln"})]))
            chunks = [chunk async for chunk in await ask(stream=True)]
            built = litellm.stream_chunk_builder(chunks)
            [call] = built.choices[0].message.tool_calls
            results.append((call.id, call.function.name, call.function.arguments))

    assert results[0] == results[1]
    assert results[0][1:] == ("weather", '{"city":"Köln"}')


async def test_an_answer_that_is_not_streamed_passes_unchanged() -> None:
    async with FakeOpenAI() as fake, litellm_at(fake, steady("openai")) as ask:
        assert (await ask()).choices[0].message.content == fake.answer_to(BODY).text


async def test_leaving_a_stream_early_closes_its_connection() -> None:
    async with FakeOpenAI("vllm") as fake, litellm_at(fake, steady()) as ask:
        fake.fail(Stall(after=4))
        stream = await ask(stream=True)
        await anext(stream)

        await stream.aclose()

        assert await fake.quiet() == 0
