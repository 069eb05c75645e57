"""Many streams of one server at once."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol, Self
from urllib.parse import urlsplit

from benchmarks.drain import Drain, request_to
from benchmarks.measure import Pairs

STREAMS = 500
PIECES = 200
PATIENCE = 120.0  # seconds for one round


class Server(Protocol):
    """What serves, and can be asked for its CPU."""

    def cpu(self) -> float:
        """Return the seconds of CPU that it has used."""
        ...


class Load:
    """Asks one server for many answers at once.

    Args:
        server: who serves.
        base_url: where.
        question: makes the question of a stream from its number, counted over all rounds; None =
            the same question always.

    Attributes:
        seconds: seconds of the wall for one event, of each round.
    """

    def __init__(
        self, server: Server, base_url: str, question: Callable[[int], str] | None = None
    ) -> None:
        self._server = server
        self._url = urlsplit(base_url)
        self._question = question
        self._asked = 0
        self._drains: list[Drain] = []
        self.seconds: list[float] = []

    async def __aenter__(self) -> Self:
        await self._connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        for drain in self._drains:
            drain.close()

    async def __call__(self) -> float:
        """Return the CPU of the server for one event."""
        await self._connect()
        requests = [self._request() for _ in self._drains]
        cpu, began = self._server.cpu(), time.perf_counter()
        asked = zip(self._drains, requests, strict=True)
        async with asyncio.timeout(PATIENCE):
            counts = await asyncio.gather(*(drain.ask(request) for drain, request in asked))
        took, spent = time.perf_counter() - began, self._server.cpu() - cpu
        assert min(counts) > PIECES, f"an answer is not whole: {min(counts)} events"
        self.seconds.append(took / sum(counts))
        return spent / sum(counts)

    async def _connect(self) -> None:
        """Open the connections; those that the server closed while they waited, again."""
        loop = asyncio.get_running_loop()
        self._drains = [drain for drain in self._drains if not drain.lost]
        while len(self._drains) < STREAMS:
            _, drain = await loop.create_connection(Drain, self._url.hostname, self._url.port)
            self._drains.append(drain)

    def _request(self) -> bytes:
        self._asked += 1
        question = None if self._question is None else self._question(self._asked)
        return request_to(self._url.path, self._url.netloc, question)


def rates(reference: Load, subject: Load) -> Pairs:
    """Return the seconds for each event of both; the first round does not count."""
    return Pairs(reference.seconds[1:], subject.seconds[1:])
