"""Nothing stays behind: no connection, no task, no exception that nobody saw, no warning."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import textwrap
import threading
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest

from fake_openai import (
    BrokenJSON,
    CleanEnd,
    CommentFlood,
    Cut,
    DuplicateChunk,
    ErrorEvent,
    FakeOpenAIThread,
    Fault,
    LongLine,
    NoHeaders,
    RefuseConnection,
    Reset,
    ResetBeforeHeaders,
    Stall,
    Status,
)
from steadystream import (
    Backoff,
    Retries,
    SteadyClient,
    SteadyStream,
    SteadyStreamError,
    Timeouts,
)

KEY = "sk-a-well-formed-key"
MESSAGES = [{"role": "user", "content": "Tell me."}]
ONCE = Retries(attempts=1)
QUICK = Retries(attempts=3, backoff=Backoff(base=0.001, cap=0.001))
SHORT = Timeouts(first_token=0.05, idle=0.05)


@pytest.fixture
def fake() -> Iterator[FakeOpenAIThread]:
    """Serve in a thread of its own, so that every task of the test's loop is the reader's."""
    with FakeOpenAIThread("vllm") as server:
        server.reply("One two three four five six seven eight nine ten.")
        yield server


@asynccontextmanager
async def nothing_stays(fake: FakeOpenAIThread) -> AsyncIterator[None]:
    loop, unseen = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, context: unseen.append(context))
    before = asyncio.all_tasks()

    yield

    assert await asyncio.to_thread(fake.quiet) == 0
    # What closes an answer may take a moment longer than its connection.
    await until(lambda: asyncio.all_tasks() <= before)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        gc.collect()
        await asyncio.sleep(0)
    assert [str(warning.message) for warning in warned] == []
    assert unseen == []


class ByClient:
    """Reads through `SteadyClient`."""

    def __init__(self, fake: FakeOpenAIThread, retries: Retries, timeouts: Timeouts) -> None:
        self._client = SteadyClient(
            fake.base_url, api_key=KEY, dialect="vllm", retries=retries, timeouts=timeouts
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AsyncIterator[Any]]:
        async with (
            self._client as client,
            client.stream(model="m", messages=MESSAGES) as answer,
        ):
            yield aiter(answer)

    async def shut(self) -> None:
        await self._client.close()


class ByMiddleware:
    """Reads through a session with `SteadyStream`."""

    def __init__(self, fake: FakeOpenAIThread, retries: Retries, timeouts: Timeouts) -> None:
        steady = SteadyStream(dialect="vllm", retries=retries, timeouts=timeouts)
        self._url = f"{fake.base_url}/chat/completions"
        self._session = aiohttp.ClientSession(middlewares=(steady,))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AsyncIterator[Any]]:
        async with (
            self._session as session,
            session.post(
                self._url,
                json={"model": "m", "messages": MESSAGES, "stream": True},
                headers={"Authorization": f"Bearer {KEY}"},
            ) as response,
        ):
            yield response.content.iter_any()

    async def shut(self) -> None:
        await self._session.close()


Shell = type[ByClient] | type[ByMiddleware]
shells = pytest.mark.parametrize("shell", [ByClient, ByMiddleware])


async def read_all(reader: ByClient | ByMiddleware) -> None:
    async with reader.open() as parts:
        async for _ in parts:
            pass


async def read_one(reader: ByClient | ByMiddleware) -> None:
    async with reader.open() as parts:
        async for _ in parts:
            break


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # the server lives in another thread
            await asyncio.sleep(0.002)


async def cancelled(work: Awaitable[None], when: Callable[[], bool]) -> None:
    task = asyncio.ensure_future(work)
    await until(when)
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


WHEN: dict[str, tuple[Fault, ...]] = {
    "before the headers": (NoHeaders(),),
    "before the first token": (Stall(after=1),),
    "in the middle": (Stall(after=4),),
    "in a continuation": (Cut(after=4), Stall(after=3)),
    "while it waits to try again": (Status(503, retry_after=30),),
    "while comments come": (Stall(after=4, comments=True, every=0.005),),
}


@shells
@pytest.mark.parametrize("faults", WHEN.values(), ids=WHEN.keys())
async def test_a_reader_that_is_cancelled(
    fake: FakeOpenAIThread, shell: Shell, faults: tuple[Fault, ...]
) -> None:
    fake.fail(*faults)

    async with nothing_stays(fake):
        reader = shell(fake, QUICK, Timeouts())
        await cancelled(read_all(reader), lambda: len(fake.requests) == len(faults))
        await reader.shut()

    assert len(fake.requests) == len(faults)


@shells
@pytest.mark.parametrize("faults", [(), (Stall(after=4),), (Cut(after=4), Stall(after=4))])
async def test_a_reader_that_leaves_early(
    fake: FakeOpenAIThread, shell: Shell, faults: tuple[Fault, ...]
) -> None:
    if faults:
        fake.fail(*faults)

    async with nothing_stays(fake):
        reader = shell(fake, QUICK, Timeouts())
        await read_one(reader)
        await reader.shut()


FAULTS: list[Fault] = [
    Status(400),
    Status(429, retry_after=120),
    Status(503),
    Status(503, body=b"more than anybody reads " * 20_000),
    ResetBeforeHeaders(),
    RefuseConnection(seconds=0.05),
    NoHeaders(),
    *(kind(after=n) for kind in (Cut, Reset, CleanEnd, Stall, ErrorEvent) for n in (0, 1, 4)),
    *(kind(at_byte=n) for kind in (Cut, Reset, CleanEnd, Stall) for n in (0, 1, 700)),
    Stall(after=4, comments=True, every=0.01),
    BrokenJSON(after=0),
    BrokenJSON(after=4),
    CommentFlood(after=4, n=5000),
    LongLine(after=4, bytes=1 << 20),
    DuplicateChunk(after=4),
]


@shells
@pytest.mark.parametrize("retries", [ONCE, QUICK], ids=["given up", "mended"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: repr(fault)[:60])
async def test_a_reader_that_meets_a_fault(
    fake: FakeOpenAIThread, shell: Shell, fault: Fault, retries: Retries
) -> None:
    fake.fail(fault)

    async with nothing_stays(fake):
        reader = shell(fake, retries, SHORT)
        with suppress(SteadyStreamError, aiohttp.ClientError):
            await read_all(reader)
        await reader.shut()


@shells
async def test_a_session_that_is_closed_under_an_answer(
    fake: FakeOpenAIThread, shell: Shell
) -> None:
    fake.fail(Stall(after=4), times=None)

    async with nothing_stays(fake):
        reader = shell(fake, QUICK, SHORT)
        task = asyncio.ensure_future(read_all(reader))
        await until(lambda: bool(fake.requests and fake.requests[0].chunks_sent))
        await reader.shut()
        with pytest.raises((SteadyStreamError, aiohttp.ClientError), match="was closed"):
            await task


@shells
def test_a_loop_that_ends_while_an_answer_is_read(fake: FakeOpenAIThread, shell: Shell) -> None:
    fake.fail(Stall(after=4))
    reading: list[asyncio.Task[None]] = []

    async def main() -> None:
        reading.append(asyncio.ensure_future(read_all(shell(fake, QUICK, Timeouts()))))
        await until(lambda: bool(fake.requests and fake.requests[0].chunks_sent))

    asyncio.run(main())

    assert reading[0].cancelled()
    assert fake.quiet() == 0
    gc.collect()


@shells
def test_a_loop_that_ends_with_an_iteration_left_open(fake: FakeOpenAIThread, shell: Shell) -> None:
    fake.fail(Stall(after=4))
    kept: list[AsyncIterator[Any]] = []

    async def main() -> None:
        async with shell(fake, QUICK, Timeouts()).open() as parts:
            await anext(parts)
            kept.append(parts)

    asyncio.run(main())

    assert fake.quiet() == 0
    kept.clear()
    gc.collect()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: repr(fault)[:60])
def test_a_reader_that_blocks_and_meets_a_fault(fake: FakeOpenAIThread, fault: Fault) -> None:
    fake.fail(fault)
    before = threading.enumerate()

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        client = SteadyClient(
            fake.base_url, api_key=KEY, dialect="vllm", retries=QUICK, timeouts=SHORT
        )
        with client.sync() as steady, suppress(SteadyStreamError):
            steady.complete(model="m", messages=MESSAGES)
        gc.collect()

    assert [str(warning.message) for warning in warned] == []
    assert threading.enumerate() == before
    assert fake.quiet() == 0


SCRIPT = """
import asyncio, sys
from steadystream import Backoff, Retries, SteadyClient, SteadyStream
import aiohttp

BODY = {"model": "m", "messages": [{"role": "user", "content": "Tell me."}]}
RETRIES = Retries(backoff=Backoff(base=0.001))

async def whole(client):
    async with client.stream(**BODY) as answer:
        return "".join([text async for text in answer.text()])

async def early(client):
    async with client.stream(**BODY) as answer:
        async for _ in answer:
            break

async def by_middleware(url):
    steady = SteadyStream(dialect="vllm", retries=RETRIES)
    async with aiohttp.ClientSession(middlewares=(steady,)) as session:
        chat = {**BODY, "stream": True}
        async with session.post(url + "/chat/completions", json=chat) as response:
            await response.read()
        response = await session.post(url + "/chat/completions", json=chat)
        await response.content.readany()

async def main(url):
    async with SteadyClient(url, api_key=None, dialect="vllm", retries=RETRIES) as client:
        await whole(client)
        await early(client)
        task = asyncio.create_task(whole(client))
        await asyncio.sleep(0.01)
    await by_middleware(url)

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.slow
def test_a_program_in_development_mode_says_nothing(fake: FakeOpenAIThread) -> None:
    fake.fail(Cut(after=4), Reset(after=3), times=2)

    done = subprocess.run(  # noqa: S603  # our own interpreter and script
        [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(SCRIPT), fake.base_url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert fake.quiet() == 0


async def test_a_whole_answer_leaves_nothing_to_the_garbage_collector(
    fake: FakeOpenAIThread,
) -> None:
    async def read() -> None:
        async with SteadyClient(fake.base_url, api_key=KEY) as client:
            await client.complete(model="m", messages=MESSAGES)

    await read()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        await read()
        gc.collect()
        ours = [type(each).__name__ for each in gc.garbage if _is_ours(each)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()

    assert ours == []


def _is_ours(thing: object) -> bool:
    return type(thing).__module__.startswith("steadystream.")
