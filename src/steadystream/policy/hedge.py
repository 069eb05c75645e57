"""When a second attempt is worth its price."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass

from .clock import check_seconds
from .settings import check_count, check_number

REMEMBERED = 200
"""First tokens that are looked at for each upstream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """When a second attempt races one whose first token is late; whoever is first goes on.

    The other is closed at once. What it cost is counted all the same, and the budget pays for it.

    Attributes:
        after: seconds without a first token; None = the `percentile` of those that came of late.
        percentile: share of first tokens that came sooner than a second attempt would begin.
        samples: first tokens that have to be known before the percentile says anything.
    """

    after: float | None = None
    percentile: float = 0.95
    samples: int = 20

    def __post_init__(self) -> None:
        check_seconds("hedge.after", self.after)
        check_number("hedge.percentile", self.percentile, 0.5, 1)
        check_count("hedge.samples", self.samples)


class FirstTokens:
    """How long the first tokens of an upstream took of late."""

    def __init__(self, settings: Hedge) -> None:
        self._settings = settings
        self._latest: deque[float] = deque()
        self._sorted: list[float] = []

    def add(self, seconds: float) -> None:
        """Note that one took `seconds`; or longer, where it was not waited for."""
        if len(self._latest) >= REMEMBERED:
            del self._sorted[bisect_left(self._sorted, self._latest.popleft())]
        self._latest.append(seconds)
        insort(self._sorted, seconds)

    def delay(self) -> float | None:
        """Return the seconds after which a second attempt begins; None = not at all."""
        settings, known = self._settings, len(self._sorted)
        if settings.after is not None:
            return settings.after
        if known < settings.samples:
            return None
        return self._sorted[min(known - 1, int(known * settings.percentile))]
