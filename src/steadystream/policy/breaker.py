"""Stops asking a server that does not answer anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from steadystream.errors import (
    ConnectFailed,
    DeadlineExceeded,
    NoFirstToken,
    Rejected,
    StreamFault,
)

from .clock import check_seconds
from .settings import check_count, check_number, check_span
from .tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """When an upstream, that is a model at a host, is asked no more for a while.

    Two things are counted of each attempt: how it begins, and how it ends. A first token and a
    whole answer count as successes; connection faults, cuts, stalls, errors in the stream, 5xx and
    slow first tokens count as failures. An attempt that is cut in the middle is one of each, so
    that a server whose answers all break but can be continued is not given up. What the caller did
    wrong (4xx) counts as neither; 429 is the business of `Pace`.

    Attributes:
        share: of what was counted within the window; from there on the breaker opens. 0.8 means
            that nine of ten attempts bring nothing; at 0.5 cuts alone suffice.
        minimum: counts within the window before anything is concluded from them.
        window: seconds that are looked at.
        pause: seconds until a probe is let through; doubled each time that the probe fails.
        longest_pause: seconds that it is doubled up to.
        probes: attempts that may try it at once, after the pause.
        slow_first_token: seconds; a first token that takes longer counts as a failure. None = none
            is too slow but one that `timeouts.first_token` ends.
    """

    share: float = 0.8
    minimum: int = 20
    window: float = 30.0
    pause: float = 5.0
    longest_pause: float = 60.0
    probes: int = 1
    slow_first_token: float | None = None

    def __post_init__(self) -> None:
        check_number("breaker.share", self.share, 0.01, 1)
        check_count("breaker.minimum", self.minimum)
        check_count("breaker.probes", self.probes)
        for name in ("window", "pause", "longest_pause"):
            check_span(f"breaker.{name}", getattr(self, name))
        check_number("breaker.longest_pause", self.longest_pause, self.pause)
        check_seconds("breaker.slow_first_token", self.slow_first_token)


class BreakerState(StrEnum):
    """What a breaker does with an attempt."""

    CLOSED = "closed"
    """It lets all pass."""
    OPEN = "open"
    """It lets none pass."""
    HALF_OPEN = "half_open"
    """It lets a few pass, to see how they fare."""


class Circuit:
    """The breaker of one upstream. Does no I/O; every `now` is of one clock that goes forward.

    An attempt that is let in gets a ticket, and says with it how it fared. Tickets are void once
    the state has changed: what began before says nothing of how things are now.

    Args:
        settings: when it opens, and for how long.
        changed: is told each new state.
    """

    def __init__(
        self, settings: Breaker, changed: Callable[[BreakerState], None] | None = None
    ) -> None:
        self._settings = settings
        self._changed = changed
        self._successes = Tally(settings.window)
        self._failures = Tally(settings.window)
        self._state = BreakerState.CLOSED
        self._until = 0.0
        self._pause = settings.pause
        self._probing = 0
        self._ticket = 0

    def state(self, now: float) -> BreakerState:
        """Return what happens to an attempt at `now`."""
        if self._state is BreakerState.OPEN and now >= self._until:
            return BreakerState.HALF_OPEN
        return self._state

    def failures(self, now: float) -> tuple[int, int]:
        """Return how many failures, of how many things that were counted, the window holds."""
        failures = self._failures.total(now)
        return failures, failures + self._successes.total(now)

    def admit(self, now: float) -> int | None:
        """Return a ticket for an attempt, or None where it is refused."""
        if self._state is BreakerState.CLOSED:
            return self._ticket
        if self._state is BreakerState.OPEN:
            if now < self._until:
                return None
            self._become(BreakerState.HALF_OPEN)
        if self._probing >= self._settings.probes:
            return None
        self._probing += 1
        return self._ticket

    def retry_after(self, now: float) -> float:
        """Return the seconds after which an attempt that is refused at `now` may have luck."""
        if self._state is BreakerState.OPEN and now < self._until:
            return self._until - now
        return self._settings.pause

    def began(self, ticket: int, now: float, seconds: float) -> None:
        """Note the first token of an attempt, `seconds` after it was sent."""
        slow = self._settings.slow_first_token
        self._count(ticket, now, failed=slow is not None and seconds > slow)

    def ended(self, ticket: int, now: float, fault: StreamFault | None) -> None:
        """Note that an attempt ended: whole, or with a fault."""
        if fault is None:
            self._count(ticket, now, failed=False)
        elif is_failure(fault):
            self._count(ticket, now, failed=True)
        elif isinstance(fault, Rejected) and self._state is BreakerState.HALF_OPEN:
            self._count(ticket, now, failed=False)  # whoever refuses a request is there
        else:
            self.left(ticket)

    def left(self, ticket: int) -> None:
        """Note that an attempt was left by its own side before anything could be said of it."""
        if ticket == self._ticket and self._state is BreakerState.HALF_OPEN:
            self._probing -= 1

    def _count(self, ticket: int, now: float, *, failed: bool) -> None:
        if ticket != self._ticket:
            return
        if self._state is BreakerState.HALF_OPEN:
            if failed:
                self._open(now, min(self._pause * 2, self._settings.longest_pause))
            else:
                self._pause = self._settings.pause
                self._become(BreakerState.CLOSED)
            return
        (self._failures if failed else self._successes).add(now)
        if failed:
            failures, counted = self.failures(now)
            if counted >= self._settings.minimum and failures >= self._settings.share * counted:
                self._open(now, self._settings.pause)

    def _open(self, now: float, pause: float) -> None:
        self._pause = pause
        self._until = now + pause
        self._become(BreakerState.OPEN)

    def _become(self, state: BreakerState) -> None:
        self._state = state
        self._ticket += 1
        self._probing = 0
        self._failures.clear()
        self._successes.clear()
        if self._changed is not None:
            self._changed(state)


def is_failure(fault: StreamFault) -> bool:
    """Say whether `fault` speaks against the upstream, and not against the request or our side."""
    if isinstance(fault, Rejected):
        return fault.status >= 500  # noqa: PLR2004  # HTTP status classes
    if isinstance(fault, DeadlineExceeded):
        return False
    return fault.transient or isinstance(fault, (ConnectFailed, NoFirstToken))
