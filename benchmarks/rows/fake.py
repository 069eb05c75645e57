"""CPU of the fake server for each event, against a server that only writes prepared bytes."""

import asyncio

from benchmarks.child import Child, child
from benchmarks.load import PIECES, STREAMS, Load, rates
from benchmarks.measure import Ratio, Report, in_turn

ROUNDS = 7
TARGET = 2.0


def measure(effort: float, report: Report) -> list[Ratio]:
    """Return the ratios of CPU for each event, one write an event."""
    rounds = max(2, round(ROUNDS * effort))
    with (
        child("benchmarks.upstream") as plain,
        child("benchmarks.fake_server", str(PIECES), "event") as fake,
    ):
        return [
            asyncio.run(_measure(plain, fake, rounds, report, first=first))
            for first in (False, True)
        ]


async def _measure(plain: Child, fake: Child, rounds: int, report: Report, *, first: bool) -> Ratio:
    reference = Load(plain, f"{plain.url}/each/{PIECES}/v1")
    subject = Load(fake, fake.url, "Question {}, please.".format if first else None)
    async with reference, subject:
        pairs = await in_turn(reference, subject, rounds, report)
    which = "asked for the first time" if first else "asked for again"
    ratio = pairs.ratio(
        f"fake server: CPU per event, {STREAMS} streams {which}, one write an event",
        "asyncio server, prepared bytes",
        TARGET,
        "us",
        scale=1e6,
    )
    seconds = rates(reference, subject)
    both = (1 / min(seconds.subject), 1 / min(seconds.reference))
    return ratio.with_detail("{:,.0f} events/s against {:,.0f}".format(*both))
