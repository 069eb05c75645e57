"""Comparing two ways of doing the same, on a machine that is busy with other things."""

import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Self

Report = Callable[[str], None]
"""Takes one line on how far a row is."""


@dataclass(frozen=True)
class Ratio:
    """What one row found.

    Attributes:
        what: the subject.
        reference: what it is compared with.
        value: cost of the subject divided by that of the reference: median over the rounds.
        target: at most this; None = none is set.
        low: smallest of the rounds.
        high: largest of the rounds.
        detail: both sides in plain units.
    """

    what: str
    reference: str
    value: float
    target: float | None
    low: float
    high: float
    detail: str

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.target is None or self.value <= self.target

    def with_detail(self, more: str) -> "Ratio":
        """Return the same with more to its detail."""
        return replace(self, detail=f"{self.detail}; {more}")


@dataclass(frozen=True)
class Absent:
    """What could not be compared, since it is not installed.

    Attributes:
        what: the subject.
        reference: what is not there.
        install: the command that installs it.
    """

    what: str
    reference: str
    install: str


Finding = Ratio | Absent


@dataclass(frozen=True)
class Pairs:
    """Costs of both sides, one of each for every round."""

    reference: list[float]
    subject: list[float]

    def ratio(
        self, what: str, reference: str, target: float | None, unit: str, *, scale: float = 1.0
    ) -> Ratio:
        """Return the median of the ratios of all rounds.

        Args:
            what: the subject.
            reference: what it is compared with.
            target: at most this; None = none is set.
            unit: of the costs once they are multiplied by `scale`.
            scale: for the detail.
        """
        ratios = [b / a for a, b in zip(self.reference, self.subject, strict=True)]
        sides = [statistics.median(side) * scale for side in (self.subject, self.reference)]
        detail = f"{sides[0]:.3g} {unit} against {sides[1]:.3g}"
        return Ratio(
            what, reference, statistics.median(ratios), target, min(ratios), max(ratios), detail
        )


Side = Callable[[], Awaitable[float]]
"""Does the work once and returns its cost: of one event, of one stream, of one request."""


async def in_turn(reference: Side, subject: Side, rounds: int, report: Report) -> Pairs:
    """Take both sides in turn, so that what else the machine does falls on both.

    The first round warms up and does not count. Every other round begins with the other side.
    """
    pairs = Pairs([], [])
    for number in rounds_of(rounds, report):
        order = (reference, subject) if number % 2 else (subject, reference)
        costs = {side: await side() for side in order}
        if number:
            pairs.reference.append(costs[reference])
            pairs.subject.append(costs[subject])
    return pairs


def rounds_of(rounds: int, report: Report) -> Iterator[int]:
    """Count from 0, the round that warms up, to `rounds`."""
    for number in range(rounds + 1):
        report(f"round {number} of {rounds}" if number else "warming up")
        yield number


class Cpu:
    """CPU time of this process inside the `with` block, in seconds."""

    seconds = 0.0

    def __enter__(self) -> Self:
        gc.collect()
        self._began = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.process_time() - self._began
