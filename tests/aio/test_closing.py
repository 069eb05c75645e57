"""Who closes an answer, its client or its loop ends all that waits for it."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest

from fake_openai import Cut, FakeOpenAIThread, NoHeaders, Stall, Status
from steadystream import (
    AnswerBroken,
    Backoff,
    Breaker,
    Economy,
    Retries,
    SteadyClient,
    SteadyStream,
    StreamFault,
    SyncAnswer,
    SyncSteadyClient,
    Verdict,
    answer_of,
)
from steadystream.errors import Disconnected
from support.waiting import until

ASKED: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Tell me."}]}
HEADERS = {"Authorization": "Bearer sk-a-well-formed-key"}
QUICK = Retries(backoff=Backoff(base=0.001))
LATER = Status(503, retry_after=30)
OURS = "closed by its own side"


@pytest.fixture
def plain() -> Iterator[FakeOpenAIThread]:
    """Serve in a thread of its own."""
    with FakeOpenAIThread("vllm") as server:
        server.reply("One two three four five six seven eight nine ten.")
        yield server


@pytest.fixture
def fake(plain: FakeOpenAIThread) -> FakeOpenAIThread:
    """Serve an answer that is cut, and whose rest is refused for half a minute."""
    plain.fail(Cut(after=4), LATER)
    return plain


def client(fake: FakeOpenAIThread, **settings: Any) -> SteadyClient:
    given: dict[str, Any] = {"api_key": "sk-a-well-formed-key", "dialect": "vllm", "retries": QUICK}
    return SteadyClient(fake.base_url, **given | settings)


async def asleep(fake: FakeOpenAIThread, requests: int = 2) -> None:
    """Return once the answer waits for its next attempt."""
    await asyncio.to_thread(until, lambda: len(fake.requests) == requests)
    await asyncio.sleep(0.05)


@pytest.mark.parametrize("whose", ["answer", "client"])
async def test_closing_between_two_attempts_wakes_the_reader(
    fake: FakeOpenAIThread, whose: str
) -> None:
    async with client(fake) as steady, steady.stream(**ASKED) as answer:
        reading = asyncio.create_task(answer.finish())
        await asleep(fake)

        await (answer if whose == "answer" else steady).close()

        with pytest.raises(Disconnected, match=OURS) as caught:
            await asyncio.wait_for(reading, 1)
        assert caught.value.partial is answer.transcript
        assert answer.transcript.text
        assert answer.verdict is Verdict.TRUNCATED
    assert await asyncio.to_thread(fake.quiet) == 0
    assert len(fake.requests) == 2


@pytest.mark.parametrize("whose", ["answer", "client"])
async def test_closing_in_line_wakes_the_reader(plain: FakeOpenAIThread, whose: str) -> None:
    plain.fail(Status(429, retry_after=30))
    async with client(plain, retries=Retries(attempts=1)) as steady:
        with pytest.raises(StreamFault):
            await steady.complete(**ASKED)
        async with steady.stream(**ASKED) as answer:
            reading = asyncio.create_task(answer.finish())
            await asyncio.sleep(0.05)

            await (answer if whose == "answer" else steady).close()

            with pytest.raises(Disconnected, match=OURS):
                await asyncio.wait_for(reading, 1)
    assert len(plain.requests) == 1


async def test_closing_while_nobody_asks_the_upstream_wakes_the_reader(
    fake: FakeOpenAIThread,
) -> None:
    economy = Economy(breaker=Breaker(minimum=1, share=0.1, pause=30), pace=None)
    async with client(fake, economy=economy) as steady:
        async with steady.stream(**ASKED) as answer:
            reading = asyncio.create_task(answer.finish())
            await asleep(fake, requests=1)

            await answer.close()

            with pytest.raises(Disconnected, match=OURS):
                await asyncio.wait_for(reading, 1)
    assert len(fake.requests) == 1


async def test_cancelling_between_two_attempts_keeps_what_came(fake: FakeOpenAIThread) -> None:
    async with client(fake) as steady, steady.stream(**ASKED) as answer:
        reading = asyncio.create_task(answer.finish())
        await asleep(fake)

        reading.cancel()

        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(reading, 1)
        assert answer.transcript.text
    assert await asyncio.to_thread(fake.quiet) == 0


def quietly(main: Callable[[], Any]) -> None:
    """Run a program to its end; it must leave no word behind."""
    said: list[str] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: said.append(str(context)))
        await main()

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        asyncio.run(run())
        gc.collect()
    assert [str(warning.message) for warning in warned] == []
    assert said == []


def test_a_loop_that_ends_between_two_attempts_leaves_nothing(fake: FakeOpenAIThread) -> None:
    kept: list[Any] = []

    async def main() -> None:
        async def read() -> None:
            async with client(fake) as steady, steady.stream(**ASKED) as answer:
                await answer.finish()

        kept.append(asyncio.ensure_future(read()))
        await asleep(fake)

    quietly(main)

    assert kept[0].cancelled()
    assert fake.quiet() == 0


def test_a_loop_that_ends_under_a_middleware_between_two_attempts_leaves_nothing(
    fake: FakeOpenAIThread,
) -> None:
    kept: list[Any] = []

    async def main() -> None:
        async def read() -> None:
            async with (
                aiohttp.ClientSession(
                    middlewares=(SteadyStream(dialect="vllm", retries=QUICK),)
                ) as session,
                session.post(
                    f"{fake.base_url}/chat/completions",
                    json=ASKED | {"stream": True},
                    headers=HEADERS,
                ) as got,
            ):
                await got.read()

        kept.append(asyncio.ensure_future(read()))
        await asleep(fake)

    quietly(main)

    assert kept[0].cancelled()
    assert fake.quiet() == 0


@pytest.mark.parametrize("how", ["close", "release", "answer"])
async def test_a_middleware_wakes_its_reader_too(fake: FakeOpenAIThread, how: str) -> None:
    async with aiohttp.ClientSession(
        middlewares=(SteadyStream(dialect="vllm", retries=QUICK),)
    ) as session:
        got = await session.post(
            f"{fake.base_url}/chat/completions", json=ASKED | {"stream": True}, headers=HEADERS
        )
        reading = asyncio.create_task(got.read())
        await asleep(fake)
        answer = answer_of(got)
        assert answer is not None

        if how == "answer":
            await answer.close()
        else:
            getattr(got, how)()

        kind = AnswerBroken if how == "answer" else aiohttp.ClientConnectionError
        with pytest.raises(kind, match=OURS if how == "answer" else "Connection closed"):
            await asyncio.wait_for(reading, 1)
        got.close()
        assert answer.transcript.text
        assert answer.verdict is Verdict.TRUNCATED
    assert await asyncio.to_thread(fake.quiet) == 0
    assert len(fake.requests) == 2


async def test_an_answer_that_is_closed_while_its_rest_is_asked_for_ends(
    plain: FakeOpenAIThread,
) -> None:
    """The reader waits for headers, inside a middleware, where nothing is open to be closed."""
    plain.fail(Cut(after=4), NoHeaders())
    async with aiohttp.ClientSession(
        middlewares=(SteadyStream(dialect="vllm", retries=QUICK),)
    ) as session:
        got = await session.post(
            f"{plain.base_url}/chat/completions", json=ASKED | {"stream": True}, headers=HEADERS
        )
        reading = asyncio.create_task(got.read())
        await asleep(plain)
        answer = answer_of(got)
        assert answer is not None

        await answer.close()

        with pytest.raises(AnswerBroken, match=OURS):
            await asyncio.wait_for(reading, 1)
        got.close()
    assert await asyncio.to_thread(plain.quiet) == 0


def close_answer(_: SyncSteadyClient, answer: SyncAnswer) -> None:
    answer.close()


def close_client(steady: SyncSteadyClient, _: SyncAnswer) -> None:
    steady.close()


@pytest.mark.parametrize("close", [close_answer, close_client])
def test_another_thread_that_closes_wakes_one_that_blocks(
    fake: FakeOpenAIThread, close: Callable[..., None]
) -> None:
    raised: list[BaseException] = []
    with client(fake).sync() as steady, steady.stream(**ASKED) as answer:

        def read() -> None:
            try:
                answer.finish()
            except BaseException as error:  # noqa: BLE001  # whatever comes is looked at
                raised.append(error)

        reader = threading.Thread(target=read)
        reader.start()
        until(lambda: len(fake.requests) == 2)
        close(steady, answer)
        reader.join(2)

        assert not reader.is_alive()
        (error,) = raised
        assert isinstance(error, Disconnected)
        assert error.partial is answer.transcript
        assert answer.transcript.text
    assert fake.quiet() == 0


async def test_an_attempt_that_our_side_closed_is_no_failure_of_the_upstream(
    plain: FakeOpenAIThread,
) -> None:
    plain.fail(Stall(after=4))
    async with client(plain) as steady, steady.stream(**ASKED) as answer:
        reading = asyncio.create_task(answer.finish())
        await asleep(plain, requests=1)

        await answer.close()

        with pytest.raises(Disconnected, match=OURS):
            await asyncio.wait_for(reading, 1)
    (attempt,) = answer.attempts
    assert (attempt.left, attempt.fault) == (True, None)
    assert "left by our side" in answer.explain()
    (circuit,) = steady.economy.breakers.values()
    assert circuit.failures(asyncio.get_running_loop().time())[0] == 0
