"""How much trying again the answers of a client may cost, all together."""

from __future__ import annotations

from .settings import check_number, check_span
from .tally import Tally


class Budget:
    """Pays for retries, continuations and hedges; where it is spent, nothing further is sent.

    Each answer tries by itself, and none of them sees that all the others try too. When a server is
    down for everybody, five attempts an answer are five times the load that it could not bear. So
    further attempts may be `share` of the answers that were begun within the window, and in any
    case `minimum_per_second`, so that few answers are helped as well as many. The minimum of a
    whole window is there from the start.

    One budget may be given to several clients: then they pay out of it together.

    Args:
        share: further attempts for each answer that was begun; 0.2 = one for every five.
        window: seconds that are looked at.
        minimum_per_second: further attempts that are paid for in any case.

    Attributes:
        refused: further attempts that were not paid for, since the beginning.

    Raises:
        InvalidRequest: a setting cannot work.

    Source: Finagle's `RetryBudget` (a share of requests and ten a second).
    """

    def __init__(
        self,
        *,
        share: float = 0.2,
        window: float = 60.0,
        minimum_per_second: float = 10.0,
    ) -> None:
        check_number("budget.share", share, 0)
        check_span("budget.window", window)
        check_number("budget.minimum_per_second", minimum_per_second, 0)
        self.share = share
        self.window = window
        self.minimum_per_second = minimum_per_second
        self.refused = 0
        self._answers = Tally(window)
        self._spent = Tally(window)

    def earn(self, now: float) -> None:
        """Note that an answer is begun at `now`, seconds of a clock that only goes forward."""
        self._answers.add(now)

    def spend(self, now: float) -> bool:
        """Pay for one further attempt; False where nothing is left for it."""
        if self.left(now) < 1:
            self.refused += 1
            return False
        self._spent.add(now)
        return True

    def left(self, now: float) -> float:
        """Return how many further attempts can be paid for at `now`."""
        allowed = self.share * self._answers.total(now) + self.minimum_per_second * self.window
        return allowed - self._spent.total(now)

    def __repr__(self) -> str:
        return (
            f"Budget(share={self.share:g}, window={self.window:g}, "
            f"minimum_per_second={self.minimum_per_second:g})"
        )
