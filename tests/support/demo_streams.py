"""Streams that were never read, for tests of what is said about them."""

from __future__ import annotations

from datetime import UTC, datetime

from steadystream.cli.demo.cases import Blow, Case
from steadystream.cli.demo.kinds import Kind
from steadystream.cli.demo.outcome import Joint, Leg, Outcome
from steadystream.cli.demo.report import About
from steadystream.cli.demo.settings import Settings
from steadystream.cli.demo.tally import Read, Tally, read

TEXT = "The ferry waits for nobody."


def a_case(number: int = 1, text: str = TEXT, *kinds: Kind) -> Case:
    blows = tuple(Blow(kind, 3) for kind in kinds)
    return Case(number, f"Stream {number}: ?", tuple(text), blows, flooded=False, ragged=False)


def arrived(text: str, number: int = 1, true: str = TEXT, *kinds: Kind, error: str = "") -> Read:
    legs = tuple(Leg(at, at + 0.5, 4, kind, "gone") for at, kind in enumerate(kinds))
    if not error:
        legs = (*legs, Leg(len(kinds), len(kinds) + 1, 3))
    joints = tuple(Joint(4 * (at + 1), "exact_prefix", (kind,)) for at, kind in enumerate(kinds))
    outcome = Outcome(number, text, len(kinds) + 1.0, legs, () if error else joints, error)
    return read(a_case(number, true, *kinds), outcome)


BARE = Tally(
    [
        arrived("The ferry", 1, TEXT, Kind.CUT, error="ClientPayloadError: <b>cut</b>"),
        arrived(TEXT, 2),
        arrived("The", 3),
    ],
    1.5,
)
STEADY = Tally(
    [arrived(TEXT, 1, TEXT, Kind.CUT, Kind.GARBLED), arrived(TEXT, 2), arrived(TEXT, 3)], 2.5
)
FAILED = Tally([arrived(TEXT, 1), arrived("The fairy", 2, error="Stalled: quiet & gone")], 2.5)
ABOUT = About(
    Settings(streams=3, seed=5),
    steadystream="0.1",
    aiohttp="3.14",
    python="3.11",
    when=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
)
