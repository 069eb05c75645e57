"""CPU of the fake server for each event, against a server that only writes prepared bytes."""

import asyncio
import time
from typing import Self
from urllib.parse import urlsplit

from benchmarks.child import Child, child
from benchmarks.drain import Drain, request_to
from benchmarks.measure import Ratio, Report, in_turn

STREAMS = 500
PIECES = 200
ROUNDS = 7
TARGET = 2.0


def measure(effort: float, report: Report) -> list[Ratio]:
    """Return the ratio of CPU for each event, one write an event."""
    with (
        child("benchmarks.upstream") as plain,
        child("benchmarks.fake_server", str(PIECES)) as fake,
    ):
        return [asyncio.run(_measure(plain, fake, max(2, round(ROUNDS * effort)), report))]


async def _measure(plain: Child, fake: Child, rounds: int, report: Report) -> Ratio:
    reference = Load(plain, f"{plain.url}/each/{PIECES}/v1")
    subject = Load(fake, fake.url)
    async with reference, subject:
        pairs = await in_turn(reference, subject, rounds, report)
    ratio = pairs.ratio(
        f"fake server: CPU per event, {STREAMS} streams, one write an event",
        "asyncio server, prepared bytes",
        TARGET,
        "us",
        scale=1e6,
    )
    return ratio.with_detail(f"{subject.rate:,.0f} events/s against {reference.rate:,.0f}")


class Load:
    """Asks one server for many answers at once.

    Attributes:
        rate: events that came in a second, in the best round.
    """

    def __init__(self, server: Child, base_url: str) -> None:
        self._server = server
        self._url = urlsplit(base_url)
        self._drains: list[Drain] = []
        self.rate = 0.0

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for _ in range(STREAMS):
            _, drain = await loop.create_connection(Drain, self._url.hostname, self._url.port)
            self._drains.append(drain)
        return self

    async def __aexit__(self, *_: object) -> None:
        for drain in self._drains:
            drain.close()

    async def __call__(self) -> float:
        """Return the CPU of the server for one event."""
        request = request_to(self._url.path, self._url.netloc)
        cpu, began = self._server.cpu(), time.perf_counter()
        counts = await asyncio.gather(*(drain.ask(request) for drain in self._drains))
        spent, took = self._server.cpu() - cpu, time.perf_counter() - began
        assert min(counts) > PIECES, "an answer is not whole"
        self.rate = max(self.rate, sum(counts) / took)
        return spent / sum(counts)
