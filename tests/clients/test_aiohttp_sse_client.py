"""aiohttp-sse-client, an `EventSource`: it reads a stream, and then asks for it again.

That is right for a feed and wrong for an answer: each time a new one is generated and paid for.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.http_exceptions import LineTooLong
from aiohttp_sse_client.client import EventSource

from clients.cases import BODY, KEY, MENDABLE, SILENT, steady
from fake_openai import CleanEnd, Cut, FakeOpenAI, Fault, LongLine, Reset, Stall, Status
from steadystream import AnswerBroken, SteadyStream

DONE = "[DONE]"


@asynccontextmanager
async def events(
    fake: FakeOpenAI, middleware: SteadyStream | None = None
) -> AsyncIterator[EventSource]:
    middlewares = () if middleware is None else (middleware,)
    async with (
        aiohttp.ClientSession(
            middlewares=middlewares, timeout=aiohttp.ClientTimeout(total=None, sock_read=5)
        ) as session,
        EventSource(
            f"{fake.base_url}/chat/completions",
            option={"method": "POST"},
            session=session,
            json={**BODY, "stream": True},
            headers={"Authorization": f"Bearer {KEY}"},
            reconnection_time=timedelta(0),
            max_connect_retry=0,
        ) as source,
    ):
        yield source


def text_of(data: str) -> str:
    choices: list[Any] = json.loads(data)["choices"]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


async def read(source: EventSource, seen: list[str]) -> str:
    """Return the text up to `[DONE]`; `seen` keeps its pieces if that never comes."""
    async for event in source:
        if event.data == DONE:
            break
        seen.append(text_of(event.data))
    return "".join(seen)


@pytest.mark.parametrize("healed", [False, True])
async def test_a_healthy_answer_arrives_as_it_is(healed: bool) -> None:
    async with FakeOpenAI() as fake, events(fake, steady("openai") if healed else None) as source:
        assert await read(source, []) == fake.answer_to(BODY).text


@pytest.mark.parametrize("healed", [False, True])
async def test_it_pays_for_the_answer_again_when_read_past_its_end(healed: bool) -> None:
    async with FakeOpenAI() as fake, events(fake, steady("openai") if healed else None) as source:
        ends = 0
        async for event in source:
            ends += event.data == DONE
            if ends == 2:
                break

        assert len(fake.requests) == 2


@pytest.mark.parametrize("fault", [Cut(after=5), Reset(after=5)], ids=["cut", "reset"])
async def test_bare_a_broken_connection_loses_the_rest(fault: Fault) -> None:
    async with FakeOpenAI("vllm") as fake:
        fake.fail(fault)
        seen: list[str] = []
        async with events(fake) as source:
            with pytest.raises(aiohttp.ClientError):
                await read(source, seen)

        assert len("".join(seen)) < len(fake.answer_to(BODY).text)


async def test_bare_a_truncated_answer_is_begun_again_in_the_middle_of_its_text() -> None:
    async with FakeOpenAI("vllm") as fake:
        fake.fail(CleanEnd(after=5))
        async with events(fake) as source:
            text = await read(source, [])

        true = fake.answer_to(BODY).text
        assert text.endswith(true)
        assert len(text) > len(true)


async def test_bare_a_long_event_is_too_much_for_its_line_reader() -> None:
    async with FakeOpenAI("vllm") as fake:
        fake.fail(LongLine(2**21))
        async with events(fake) as source:
            # aiohttp up to 3.13 says it with a ValueError.
            with pytest.raises((ValueError, LineTooLong)):
                await read(source, [])


async def test_a_long_event_can_be_read_by_line_through_the_middleware() -> None:
    async with FakeOpenAI("vllm") as fake:
        fake.fail(LongLine(2**21))
        async with events(fake, steady()) as source:
            assert await read(source, []) == fake.answer_to(BODY).text


@pytest.mark.parametrize("faults", MENDABLE.values(), ids=MENDABLE)
async def test_what_can_be_mended_arrives_whole(faults: tuple[Fault, ...]) -> None:
    async with FakeOpenAI("vllm") as fake:
        fake.fail(*faults)
        async with events(fake, steady()) as source:
            assert await read(source, []) == fake.answer_to(BODY).text
    assert await fake.quiet() == 0


@pytest.mark.slow
@pytest.mark.parametrize("faults", SILENT.values(), ids=SILENT)
async def test_a_silent_server_is_mended_too(faults: tuple[Fault, ...]) -> None:
    async with FakeOpenAI("vllm") as fake:
        fake.fail(*faults)
        async with events(fake, steady(silence=0.2)) as source:
            assert await read(source, []) == fake.answer_to(BODY).text


async def test_what_cannot_be_mended_is_raised_with_the_partial() -> None:
    async with FakeOpenAI("openai") as fake:
        fake.fail(Cut(after=5))
        seen: list[str] = []
        async with events(fake, steady("openai")) as source:
            with pytest.raises(AnswerBroken) as raised:
                await read(source, seen)

        assert raised.value.partial is not None
        assert raised.value.partial.text == "".join(seen) != ""


@pytest.mark.parametrize("healed", [False, True])
async def test_an_error_status_is_a_connection_error_without_its_body(healed: bool) -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(404))
        with pytest.raises(ConnectionError, match="failed: 404"):
            async with events(fake, steady("openai") if healed else None):
                pass


async def test_leaving_early_closes_the_connection() -> None:
    async with FakeOpenAI("vllm") as fake:
        fake.fail(Stall(after=4))
        async with events(fake, steady()) as source:
            await anext(source)
            await source.close()

            assert await fake.quiet() == 0
