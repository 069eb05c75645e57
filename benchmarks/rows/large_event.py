"""One event of 16 MiB in the reads that a network brings, against one read of it all."""

import asyncio
import tracemalloc
from collections.abc import Callable

from benchmarks.measure import Cpu, Ratio, Report, in_turn
from steadystream.protocol.sse import ServerSentEvent, SSEDecoder

SIZE = 16 * 2**20
READ_BYTES = 1_448  # what one Ethernet packet carries
ROUNDS = 15
CPU_TARGET = 3.0
PEAK_TARGET = 4.0


def measure(effort: float, report: Report) -> list[Ratio]:
    """Return the ratios of CPU and of peak memory."""
    body = b'data: {"text":"' + b"x" * SIZE + b'"}\n\n'
    reads = [body[at : at + READ_BYTES] for at in range(0, len(body), READ_BYTES)]

    async def at_once() -> float:
        return _cpu([body])

    async def in_reads() -> float:
        return _cpu(reads)

    rounds = max(3, round(ROUNDS * effort))
    pairs = asyncio.run(in_turn(at_once, in_reads, rounds, report))
    what = f"CPU of a 16 MiB event in reads of {READ_BYTES:,} bytes"
    cpu = pairs.ratio(what, "one read of it all", CPU_TARGET, "ms", scale=1e3)
    return [cpu, _peak(body)]


def _cpu(reads: list[bytes]) -> float:
    with Cpu() as cpu:
        _decode(SSEDecoder().feed, reads)
    return cpu.seconds


def _peak(body: bytes) -> Ratio:
    """Return the peak of what is allocated while the event comes, reads included, to its size."""
    tracemalloc.start()
    decoder = SSEDecoder()
    events = []
    for at in range(0, len(body), READ_BYTES):
        events += decoder.feed(body[at : at + READ_BYTES])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(events) == 1
    value = peak / len(body)
    detail = f"{peak / 2**20:.3g} MiB against {len(body) / 2**20:.3g}"
    what = f"peak memory of a 16 MiB event in reads of {READ_BYTES:,} bytes"
    return Ratio(what, "its size", value, PEAK_TARGET, value, value, detail)


def _decode(feed: Callable[[bytes], list[ServerSentEvent]], reads: list[bytes]) -> None:
    events = [event for data in reads for event in feed(data)]
    assert len(events) == 1
