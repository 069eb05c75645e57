"""Takes down the attempts of one stream while it is read."""

from __future__ import annotations

from collections.abc import Callable

from .cases import Case
from .kinds import Kind, kind_of
from .lane import Lane
from .outcome import Joint, Leg, Outcome


class Trace:
    """One stream while it is read.

    Args:
        case: which.
        lane: told of everything that happens.
        clock: seconds, only ever going forward.
    """

    def __init__(self, case: Case, lane: Lane, clock: Callable[[], float]) -> None:
        self._case = case
        self._lane = lane
        self._clock = clock
        self._began = clock()
        self._leg_start = 0.0
        self._legs: list[Leg] = []
        self._joints: list[Joint] = []
        self._text: list[str] = []
        self._joined = 0
        self._over = False
        lane.started(case.number)

    def came(self, text: str) -> None:
        """Note text."""
        self._text.append(text)
        self._lane.text(self._case.number, text)

    def interrupted(self, error: Exception, *, again: bool) -> None:
        """Note that the attempt ended early, and whether another follows."""
        kind = kind_of(self._case.planned(len(self._legs) + 1), error)
        self._end_leg(kind, one_line(error), again=again)

    def ended_early(self, said: str) -> None:
        """Note that the only attempt ended early, whatever the client could tell of it."""
        self._end_leg(self._case.planned(1) or Kind.UNPLANNED, said, again=False)

    def waits(self, seconds: float) -> None:
        """Note a pause before the next attempt."""
        self._leg_start = self._now() + seconds

    def resumed(self, position: int, rung: str) -> None:
        """Note a seam."""
        ended = [leg.ended_by for leg in self._legs[self._joined :] if leg.ended_by is not None]
        self._joined = len(self._legs)
        self._joints.append(Joint(position, rung, tuple(ended)))
        self._lane.seam(self._case.number)

    @property
    def text(self) -> str:
        """What arrived so far."""
        return "".join(self._text)

    def outcome(self, error: str = "") -> Outcome:
        """Return what became of the stream, which is over now."""
        now = self._now()
        if not self._over:
            self._legs.append(Leg(self._leg_start, now, self._brought()))
        return Outcome(
            self._case.number, self.text, now, tuple(self._legs), tuple(self._joints), error
        )

    def _end_leg(self, kind: Kind, said: str, *, again: bool) -> None:
        self._legs.append(Leg(self._leg_start, self._now(), self._brought(), kind, said))
        if not self._text:
            self._joined = len(self._legs)
        self._over = not again
        self._lane.interrupted(self._case.number, kind, again=again)

    def _brought(self) -> int:
        """Return the characters that came since the last attempt ended."""
        return len(self.text) - sum(leg.characters for leg in self._legs)

    def _now(self) -> float:
        return self._clock() - self._began


def one_line(error: BaseException) -> str:
    """Return the kind and the text of an exception in one line of at most 200 characters."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:200] if text else type(error).__name__
