"""Memory of the fake server for each stream that is open and waits."""

import asyncio
import statistics
from urllib.parse import urlsplit

from benchmarks.child import child
from benchmarks.drain import Drain, request_to
from benchmarks.limits import raise_file_limit
from benchmarks.measure import Ratio, Report, rounds_of
from benchmarks.process import resident_of

STREAMS = 5_000
AT_ONCE = 250
ROUNDS = 2
TARGET = 30 * 1024


def measure(effort: float, report: Report) -> list[Ratio]:
    """Return the memory of a stream as a share of what it may be."""
    raise_file_limit(STREAMS)
    costs = []
    for number in rounds_of(max(1, round(ROUNDS * effort)), report):
        if number:
            with child("benchmarks.fake_server", "200", "idle") as fake:
                costs.append(asyncio.run(_measure(fake.url, fake.pid)))
    shares = [cost / TARGET for cost in costs]
    return [
        Ratio(
            f"fake server: memory per open idle stream, {STREAMS:,} streams",
            f"{TARGET // 1024} KiB",
            statistics.median(shares),
            1.0,
            min(shares),
            max(shares),
            f"{statistics.median(costs) / 1024:.3g} KiB",
        )
    ]


async def _measure(base_url: str, pid: int) -> float:
    drains: list[Drain] = []
    await _open(base_url, 1, drains)
    before = resident_of(pid)
    while len(drains) <= STREAMS:
        await _open(base_url, AT_ONCE, drains)
    grown = resident_of(pid) - before
    for drain in drains:
        drain.close()
    return grown / (len(drains) - 1)


async def _open(base_url: str, count: int, drains: list[Drain]) -> None:
    """Open streams and wait for the first event of each."""
    loop, url = asyncio.get_running_loop(), urlsplit(base_url)
    for _ in range(count):
        _, drain = await loop.create_connection(Drain, url.hostname, url.port)
        drain.begin(request_to(url.path, url.netloc, f"Question {len(drains)}, please."))
        drains.append(drain)
    await asyncio.gather(*(drain.begun.wait() for drain in drains[-count:]))
