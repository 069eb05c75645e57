"""Where an answer may come from, and where it is asked for next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from steadystream.events import Place, Rung
from steadystream.protocol.continuation import Continuation
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.upstream import Upstream
from steadystream.request import Request


class Stop:
    """One upstream, in the course of one answer.

    Attributes:
        dialect: what it speaks.
        refused: ways of going on that did not work there.
        failures: in a row, of attempts that brought nothing new.
        in_a_row: such attempts since it was turned to.
        was_asked: whether an attempt went there.
        is_out: whether it cannot serve this answer.
    """

    def __init__(self, first: Request, dialect: Dialect, upstream: Upstream | None = None) -> None:
        self._first = first
        self._upstream = upstream
        self.dialect = dialect
        self.refused: frozenset[Rung] = frozenset()
        self.failures = 0
        self.in_a_row = 0
        self._since = 0.0
        self._jitter = self._retry_after = 0.0
        self.was_asked = False
        self.is_out = False

    def waits(self, now: float, jitter: float, retry_after: float) -> None:
        """Note for how long it is not asked: `retry_after` seconds if it said so, or `jitter`."""
        self._since, self._jitter, self._retry_after = now, jitter, retry_after

    def wait(self, now: float) -> float:
        """Return the seconds until it may be asked again."""
        return max(0.0, max(self._jitter, self._retry_after) - (now - self._since))

    def asked_for(self, now: float) -> float:
        """Return the seconds until it wants to be asked again, by its own word."""
        return max(0.0, self._retry_after - (now - self._since))

    @cached_property
    def request(self) -> Request:
        """What is asked for there."""
        return self._first if self._upstream is None else self._upstream.request(self._first)

    @property
    def model(self) -> str:
        """The name of its model."""
        return str(self.request.body.get("model") or "")

    @property
    def place(self) -> Place:
        """Where that is, for those who are told."""
        return Place(self.request.upstream, self.model)


class Route:
    """The upstreams of one answer: the first, and those that follow it.

    Args:
        request: as it is sent to the first.
        dialect: of the first.
        others: those that follow it, in order.

    Attributes:
        here: the one that was asked last.
    """

    def __init__(self, request: Request, dialect: Dialect, others: Sequence[Upstream] = ()) -> None:
        more = [Stop(request, each.dialect, each) for each in others]
        self._stops = [Stop(request, dialect), *more]
        self.here = self._stops[0]
        self.here.was_asked = True

    @property
    def has_others(self) -> bool:
        """Whether another could be asked."""
        return any(not stop.is_out for stop in self._stops if stop is not self.here)

    @property
    def is_at_first(self) -> bool:
        """Whether the first was asked last."""
        return self.here is self._stops[0]

    def order(self, *, stay: bool, each: int, left: int) -> list[Stop]:
        """Return those that may be asked now, the best first.

        The same again, until `each` attempts in a row brought nothing; then the next, and behind
        the last the first. As long as some were never asked, an attempt is kept for each of them.

        Args:
            stay: whether the same may be asked again at once.
            each: attempts in a row at one upstream.
            left: attempts that are left.
        """
        at = self._stops.index(self.here)
        others = [s for s in (*self._stops[at + 1 :], *self._stops[:at]) if not s.is_out]
        again = [] if self.here.is_out else [self.here]
        unasked = sum(not stop.was_asked for stop in others)
        if stay and self.here.in_a_row < each and left > unasked:
            return [*again, *others]
        if left <= unasked:
            others.sort(key=lambda stop: stop.was_asked)  # stable: the order stays
        return [*others, *again]

    def turn_to(self, stop: Stop) -> None:
        """Note that `stop` is asked next."""
        if stop is not self.here:
            stop.in_a_row = 0
        stop.was_asked = True
        self.here = stop


@dataclass(frozen=True, slots=True)
class Way:
    """What could be done next.

    Attributes:
        stop: where.
        rest: how it goes on there; None = from the start.
        seconds: the wait before it.
    """

    stop: Stop
    rest: Continuation | None
    seconds: float


def best(ways: list[Way], patience: float) -> Way:
    """Return the first that need not be waited for longer than a backoff takes; or the soonest."""
    soon = (way for way in ways if way.seconds <= patience)
    return next(soon, None) or min(ways, key=lambda way: way.seconds)
