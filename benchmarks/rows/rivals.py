"""Chunks a second and CPU for each chunk, beside a plain server of Node and other fakes."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.child import Child, child
from benchmarks.load import PIECES, STREAMS, Load, rates
from benchmarks.measure import Absent, Finding, Pairs, Report, Side, in_turn
from benchmarks.process import free_port, running
from benchmarks.rivals import INSTALL, Rival, others, plain_node

ROUNDS = 5

Compare = Callable[[Side, Side], Awaitable[Pairs]]


@dataclass(frozen=True)
class Way:
    """How the fake is run.

    Attributes:
        mode: how it writes.
        told: the same in words.
    """

    mode: str
    told: str

    @property
    def what(self) -> str:
        """The subject of the row."""
        return f"fake server, {STREAMS} streams of {PIECES} chunks, {self.told}"


BATCHED = Way("whole", "writes batched")
EACH = Way("event", "one write an event")


def measure(effort: float, report: Report) -> list[Finding]:
    """Return the ratios of time and of CPU for each chunk."""
    found: list[Finding] = []
    rivals = [plain_node(), *others()]
    for way in (BATCHED, EACH):
        with child("benchmarks.fake_server", str(PIECES), way.mode) as fake:
            for rival in (rival for rival in rivals if rival.batches is (way is BATCHED)):

                def told(text: str, name: str = rival.name) -> None:
                    report(f"{name}, {text}")

                rounds = 1 if rival.slow else max(2, round(ROUNDS * effort))
                found += _beside(rival, fake, way, partial(in_turn, rounds=rounds, report=told))
    return found


def _beside(rival: Rival, fake: Child, way: Way, compare: Compare) -> list[Finding]:
    if rival.command is None:
        return [Absent(way.what, rival.name, INSTALL)]
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(rival.command(port, PIECES, Path(folder)), port) as server,
    ):
        if rival.script is not None:
            server.post(*rival.script(PIECES))
        sides = Load(server, f"{server.url}/v1"), Load(fake, fake.url)
        return asyncio.run(_measure(rival, way, *sides, compare))


async def _measure(
    rival: Rival, way: Way, reference: Load, subject: Load, compare: Compare
) -> list[Finding]:
    async with reference, subject:
        cpu = await compare(reference, subject)
    time = rates(reference, subject)
    what = f"{way.what}: time per chunk"
    fastest = f"{1 / min(time.subject):,.0f} chunks/s against {1 / min(time.reference):,.0f}"
    return [
        time.ratio(what, rival.name, rival.target, "us", scale=1e6).with_detail(fastest),
        cpu.ratio(f"{way.what}: CPU per chunk", rival.name, None, "us", scale=1e6),
    ]
