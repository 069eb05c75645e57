"""CPU for each event of many streams that come at the pace of a model.

The streams of both sides are open at once, and the server lets them speak in turn, for a fraction
of a second each: so what else the machine does falls on both.
"""

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from typing import Self

import aiohttp

from benchmarks.child import child
from benchmarks.clients import MESSAGES, bare_stream
from benchmarks.frames import PACED, unframed
from benchmarks.measure import Cpu, Ratio, Report, in_turn
from steadystream import SteadyClient

STREAMS = 500
EVERY_MS = 50
SETTLE_SECONDS = 0.1
WINDOW_SECONDS = 0.4
ROUNDS = 30
TARGET = 1.25
EVENT_BYTES = statistics.fmean(len(unframed(frame)) for frame in PACED)

Counts = list[float]


def measure(effort: float, report: Report) -> list[Ratio]:
    """Return the ratio of the whole pipeline to aiohttp's bytes alone."""
    with child("benchmarks.upstream") as upstream:
        return [asyncio.run(_measure(upstream.url, max(3, round(ROUNDS * effort)), report))]


async def _measure(url: str, rounds: int, report: Report) -> Ratio:
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        SteadyClient(f"{url}/paced/{EVERY_MS}/steady/v1", api_key=None, session=session) as client,
    ):

        async def bare(counts: Counts, number: int) -> None:
            async with bare_stream(session, f"{url}/paced/{EVERY_MS}/bare/v1") as response:
                async for data in response.content.iter_any():
                    counts[number] += len(data) / EVENT_BYTES  # late reads bring several

        async def steady(counts: Counts, number: int) -> None:
            async with client.stream(model="m", messages=MESSAGES) as answer:
                async for _ in answer.text():
                    counts[number] += 1

        async with (
            Side(session, url, "bare", bare) as one,
            Side(session, url, "steady", steady) as other,
        ):
            pairs = await in_turn(one, other, rounds, report)
    what = f"CPU per event, {STREAMS} streams, {1000 // EVERY_MS} events/s each"
    return pairs.ratio(what, "aiohttp iter_any()", TARGET, "us", scale=1e6)


class Side:
    """One side: all of its streams, open and silent until it is their turn."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        group: str,
        read: Callable[[Counts, int], Awaitable[None]],
    ) -> None:
        self._session = session
        self._turn = f"{url}/turn/{group}"
        self._read = read
        self._counts: Counts = [0.0] * STREAMS
        self._readers: list[asyncio.Future[None]] = []

    async def __aenter__(self) -> Self:
        for number in range(STREAMS):
            self._readers.append(asyncio.ensure_future(self._read(self._counts, number)))
        while not all(self._counts):  # noqa: ASYNC110  # five hundred events are no simpler
            await asyncio.sleep(0.05)
        return self

    async def __aexit__(self, *_: object) -> None:
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def __call__(self) -> float:
        """Return CPU per event while every stream is under way: no beginning, no end."""
        async with self._session.get(self._turn):
            pass
        await asyncio.sleep(SETTLE_SECONDS)
        with Cpu() as cpu:
            before = sum(self._counts)
            await asyncio.sleep(WINDOW_SECONDS)
            events = sum(self._counts) - before
        expected = STREAMS * WINDOW_SECONDS * 1000 / EVERY_MS
        assert events > expected / 2, f"expected {expected:.0f} events, got {events:.0f}"
        return cpu.seconds / events
