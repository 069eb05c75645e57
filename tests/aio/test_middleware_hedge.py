"""Two attempts at once under unmodified aiohttp code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from fake_openai import Cut, FakeOpenAI, Stall
from steadystream import (
    AnswerBroken,
    AnswerLate,
    Backoff,
    Economy,
    Hedge,
    Retries,
    SteadyStream,
    Timeouts,
    answer_of,
)
from support.wire import END, OK, Act, Step, http_chunk, response, wire

HEADERS = {"Authorization": "Bearer sk-a-well-formed-key"}
BODY: dict[str, Any] = {
    "model": "m",
    "messages": [{"role": "user", "content": "Tell me a story."}],
    "stream": True,
}
ONE = b'data: {"id":"1","choices":[{"index":0,"delta":{"content":"one"}}]}\n\n'
TWO = ONE.replace(b"one", b"two")
STOP = b'data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"
JSON = "Content-Type: application/json"


def whole(*events: bytes) -> list[Step]:
    return [OK, *map(http_chunk, events), END]


def named(script: list[Step], name: str) -> list[Step]:
    return [step.replace(b"req_1", name.encode()) if step is OK else step for step in script]  # type: ignore[union-attr]


def hedged(after: float = 0.05, **settings: Any) -> SteadyStream:
    given: dict[str, Any] = {
        "dialect": "vllm",
        "retries": Retries(attempts=3, backoff=Backoff(base=0.001)),
        "economy": Economy(hedge=Hedge(after=after)),
    }
    return SteadyStream(**given | settings)


def session(middleware: SteadyStream | None = None, **settings: Any) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(middlewares=(middleware or hedged(),), **settings)


def ask(chat: aiohttp.ClientSession, url: str, **given: Any) -> Any:
    headers = HEADERS | given.pop("headers", {})
    return chat.post(url + "/chat/completions", json=BODY, headers=headers, **given)


async def until(true: Callable[[], bool]) -> None:
    """Wait for what happens at the other end of a socket."""
    async with asyncio.timeout(2):
        while not true():  # noqa: ASYNC110  # what is looked at tells nobody
            await asyncio.sleep(0.005)


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(dialect="vllm") as server:
        yield server


@pytest.mark.parametrize("late", [[Act.HOLD], [OK, Act.HOLD]], ids=["no headers", "no token"])
async def test_a_second_attempt_overtakes_one_that_is_late(late: list[Step]) -> None:
    quick = named([OK, http_chunk(TWO), 0.1, http_chunk(STOP + DONE), END], "req_2")
    async with wire(late, quick) as server, session() as chat:
        async with ask(chat, server.url) as got:
            await until(lambda: server.open == 1)
            assert await got.read() == TWO + STOP + DONE
            assert got.headers["x-request-id"] == "req_2"

            answer = answer_of(got)
            assert answer is not None
            first, second = answer.attempts
            assert (first.overtaken, second.hedge, second.overtaken) == (True, True, False)
            cost = answer.cost
            assert (cost.discarded.prompt_tokens or cost.possibly_billed.prompt_tokens) > 0
            assert "Attempt 1, hedge" in answer.explain()
        one, other = server.requests
        assert one == other


async def test_the_first_may_still_win_and_gives_status_and_headers() -> None:
    late = named([0.1, OK, http_chunk(ONE + STOP + DONE), END], "req_late")
    async with wire(late, named([OK, Act.HOLD], "req_2")) as server, session() as chat:
        async with ask(chat, server.url) as got:
            assert got.headers["x-request-id"] == "req_late"
            assert await got.read() == ONE + STOP + DONE

        assert len(server.requests) == 2


async def test_a_hedge_that_breaks_does_not_give_its_headers() -> None:
    late = named([OK, 0.15, http_chunk(ONE + STOP + DONE), END], "req_late")
    async with wire(late, named([OK, 0.02, Act.RESET], "req_2")) as server, session() as chat:
        async with ask(chat, server.url) as got:
            assert got.headers["x-request-id"] == "req_late"
            assert await got.read() == ONE + STOP + DONE


async def test_a_refusal_that_loses_is_closed() -> None:
    body = b" " * 2**20  # too long to have been read unasked
    late = [0.15, OK, http_chunk(ONE), Act.HOLD]
    async with wire(late, [response("400 Bad", body, JSON), Act.HOLD]) as server:
        async with session() as chat, ask(chat, server.url) as got:
            assert got.status == 200
            assert await got.content.readany() == ONE
            await until(lambda: server.open == 1)

        assert await server.idle() == 0


async def test_where_both_are_refused_the_first_refusal_is_handed_over() -> None:
    first = [0.1, response("400 Bad", b"first", JSON), Act.HOLD]
    other = [0.1, response("404 Not", b"other", JSON), Act.HOLD]
    async with wire(first, other) as server:
        async with session() as chat, ask(chat, server.url) as got:
            assert (got.status, await got.read()) == (400, b"first")

        assert await server.idle() == 0


async def test_where_both_are_refused_for_a_time_the_first_refusal_is_replayed() -> None:
    first = [0.1, response("503 First", b"first", JSON)]
    other = [response("502 Other", b"other", JSON)]
    middleware = hedged(retries=Retries(attempts=1))
    async with wire(first, other) as server, session(middleware) as chat:
        async with ask(chat, server.url) as got:
            assert (got.status, await got.read()) == (503, b"first")


async def test_an_answer_that_won_and_is_cut_is_continued(fake: FakeOpenAI) -> None:
    fake.fail(Stall(after=0), Cut(after=4), Stall(after=0))
    async with session() as chat, ask(chat, fake.base_url) as got:
        await got.read()

        answer = answer_of(got)
        assert answer is not None
        assert answer.transcript.text == fake.answer_to(BODY).text
        hedges = [(each.number, each.hedge) for each in answer.attempts]
        assert hedges == [(1, False), (1, True), (2, False), (2, True)]


async def test_each_of_two_has_an_idempotency_key_of_its_own() -> None:
    async with FakeOpenAI() as fake, session(hedged(dialect="openai")) as chat:
        fake.fail(Stall(after=0))
        async with ask(chat, fake.base_url) as got:
            await got.read()

        one, other = [request.headers["idempotency-key"] for request in fake.requests]
        assert one != other


@pytest.mark.parametrize("how", ["cancel", "close", "answer"])
async def test_leaving_a_race_closes_both(how: str) -> None:
    """The race is one for the rest of an answer, where somebody holds its beginning."""
    broken = [OK, http_chunk(ONE), Act.RESET]
    async with wire(broken, [OK, Act.HOLD]) as server, session() as chat:
        got = await ask(chat, server.url)
        reading = asyncio.create_task(got.read())
        await until(lambda: len(server.requests) == 3)

        answer = answer_of(got)
        assert answer is not None
        if how == "cancel":
            reading.cancel()
        elif how == "close":
            got.close()
        else:
            await answer.close()
        with pytest.raises((asyncio.CancelledError, aiohttp.ClientError)):
            await asyncio.wait_for(reading, 2)
        got.close()

        assert await server.idle() == 0
        assert len(server.requests) == 3


async def test_cancelling_before_the_first_token_closes_both() -> None:
    async with wire([Act.HOLD], [OK, Act.HOLD]) as server, session() as chat:
        asking = asyncio.create_task(ask(chat, server.url).__aenter__())
        await until(lambda: len(server.requests) == 2)

        asking.cancel()

        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await server.idle() == 0


async def test_the_total_of_the_session_ends_a_race() -> None:
    limit = aiohttp.ClientTimeout(total=0.2)
    async with wire([Act.HOLD], [OK, Act.HOLD]) as server, session(timeout=limit) as chat:
        with pytest.raises(TimeoutError):
            await ask(chat, server.url)

        assert len(server.requests) == 2
        assert await server.idle() == 0


async def test_the_total_of_the_session_does_not_end_an_answer_that_won_a_race() -> None:
    limit = aiohttp.ClientTimeout(total=0.2)
    quick = [OK, http_chunk(TWO), 0.3, http_chunk(STOP + DONE), END]
    async with wire([Act.HOLD], quick) as server, session(timeout=limit) as chat:
        async with ask(chat, server.url) as got:
            assert await got.read() == TWO + STOP + DONE


async def test_middlewares_inside_see_both(fake: FakeOpenAI) -> None:
    fake.fail(Stall(after=0))
    seen: list[aiohttp.ClientRequest] = []

    async def look(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        seen.append(request)
        return await handler(request)

    async with aiohttp.ClientSession(middlewares=(hedged(), look)) as chat:
        async with ask(chat, fake.base_url) as got:
            await got.read()

    one, other = seen
    assert one is not other
    assert dict(one.headers) == dict(other.headers)


async def test_no_token_of_either_is_a_timeout_of_the_request() -> None:
    middleware = hedged(retries=Retries(attempts=1), timeouts=Timeouts(first_token=0.1))
    async with wire([OK, Act.HOLD]) as server, session(middleware) as chat:
        with pytest.raises(AnswerLate):
            await ask(chat, server.url)

        assert await server.idle() == 0


async def test_where_both_break_the_fault_is_raised() -> None:
    middleware = hedged(retries=Retries(attempts=1))
    async with wire([OK, 0.1, Act.RESET]) as server, session(middleware) as chat:
        with pytest.raises(AnswerBroken):
            await ask(chat, server.url)

        assert len(server.requests) == 2
