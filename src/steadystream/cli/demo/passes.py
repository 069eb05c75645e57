"""Reads all streams, once bare and once steadily, from servers with the same plan."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import aiohttp

from fake_openai import FakeOpenAIThread
from steadystream import SteadyClient, Timeouts

from .bare import BareReader
from .cases import Case, case
from .lane import Lane
from .outcome import Outcome
from .plan import LATENCY, plan
from .settings import FIRST_TOKEN, Settings
from .steady import SteadyReader
from .tally import Read, Tally, read

_KEY = "sk-demo"  # the fake takes any
_BARE_TOTAL_SECONDS = 30.0

ReadOne = Callable[[Case], Awaitable[Outcome]]


async def read_bare(settings: Settings, lane: Lane) -> Tally:
    """Read every stream with bare aiohttp."""
    limits = aiohttp.ClientTimeout(total=_BARE_TOTAL_SECONDS, sock_read=settings.idle)
    with _server(settings) as url:
        async with aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {_KEY}"},
            timeout=limits,
            connector=aiohttp.TCPConnector(limit=0),
        ) as session:
            clock = asyncio.get_running_loop().time
            reader = BareReader(session, url, settings.model, lane, clock)
            return await _all(settings, lane, reader.read)


async def read_steady(settings: Settings, lane: Lane) -> Tally:
    """Read every stream with steadystream."""
    limits = Timeouts(first_token=FIRST_TOKEN * settings.idle, idle=settings.idle)
    with _server(settings) as url:
        async with SteadyClient(
            url, api_key=_KEY, dialect=settings.dialect, timeouts=limits, seed=settings.seed
        ) as client:
            clock = asyncio.get_running_loop().time
            reader = SteadyReader(client, settings.model, lane, clock)
            return await _all(settings, lane, reader.read)


@contextmanager
def _server(settings: Settings) -> Iterator[str]:
    """Run a server that has seen no request yet: each pass meets the same faults."""
    with FakeOpenAIThread(settings.dialect, settings.seed, latency=LATENCY, journal_size=1) as fake:
        fake.plan = plan(settings.seed)
        yield fake.base_url


async def _all(settings: Settings, lane: Lane, read_one: ReadOne) -> Tally:
    """Read every stream, so many at a time."""
    reads: list[Read] = []
    waiting = iter(settings.numbers)

    async def work() -> None:
        for number in waiting:
            asked = case(settings.seed, number)
            done = read(asked, await read_one(asked))
            lane.ended(done)
            reads.append(done)

    began = asyncio.get_running_loop().time()
    async with _ticking(lane), asyncio.TaskGroup() as group:
        for _ in range(min(settings.concurrency, len(settings.numbers))):
            group.create_task(work())
    reads.sort(key=lambda done: done.case.number)
    return Tally(reads, asyncio.get_running_loop().time() - began)


@asynccontextmanager
async def _ticking(lane: Lane) -> AsyncIterator[None]:
    """Let the clock of `lane` run meanwhile."""
    clock = asyncio.get_running_loop().time
    began = clock()

    async def tick() -> None:
        while True:
            lane.seconds = clock() - began
            await asyncio.sleep(0.1)

    ticker = asyncio.create_task(tick())
    try:
        yield
    finally:
        ticker.cancel()
        lane.seconds = clock() - began
