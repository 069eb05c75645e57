"""How long to wait for what."""

from __future__ import annotations

from dataclasses import dataclass

from steadystream.errors import DeadlineExceeded, InvalidRequest, NoFirstToken, Stalled, StreamFault

from .settings import check_seconds
from .throughput import Throughput

__all__ = ["TAIL_SECONDS", "Clock", "Timeouts", "check_seconds"]

TAIL_SECONDS = 5.0
"""Wait for usage and `[DONE]` once every choice has its finish reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Limits in seconds; None = no limit.

    Only what carries something of the answer feeds `first_token` and `idle`: comments, role chunks
    and empty deltas do not, however many of them come.

    Attributes:
        connect: for a connection to come about, name resolution and TLS included.
        first_token: from the start of an attempt to the first text, reasoning or tool call.
            Generous, since models that reason unseen are silent for minutes.
        idle: between one piece of the answer and the next.
        total: for the whole answer, waiting and all attempts included.
        slowest: the least that a stream has to bring once it has begun; None = it may drip.
    """

    connect: float | None = 10.0
    first_token: float | None = 300.0
    idle: float | None = 60.0
    total: float | None = 1800.0
    slowest: Throughput | None = None

    def __post_init__(self) -> None:
        for name in ("connect", "first_token", "idle", "total"):
            check_seconds(f"timeouts.{name}", getattr(self, name))
        if self.slowest is not None and not isinstance(self.slowest, Throughput):
            msg = f"timeouts.slowest must be a Throughput or None, got {self.slowest!r}"
            raise InvalidRequest(msg)


class Clock:
    """Says until when an attempt may stay silent.

    Args:
        timeouts: the limits.
        now: when the attempt began, in seconds of any clock that only goes forward.
        deadline: when the whole answer has to be there, on the same clock; None = no limit.
        total: the seconds that the deadline stands for.
    """

    __slots__ = ("_deadline", "_fed_at", "_started", "_timeouts", "_total", "received")

    def __init__(
        self,
        timeouts: Timeouts,
        now: float,
        *,
        deadline: float | None = None,
        total: float | None = None,
    ) -> None:
        self._timeouts = timeouts
        self._deadline = deadline
        self._total = total
        self._fed_at = now
        self._started = False
        self.received = 0

    def feed(self, now: float, received: int) -> None:
        """Note that at `now` something of the answer came, `received` events in all."""
        self._fed_at = now
        self._started = True
        self.received = received

    def due(self, *, finished: bool = False) -> float | None:
        """Return the end of the patience; shorter once the answer is `finished`."""
        limit = self._limit(finished=finished)
        if limit is None:
            return self._deadline
        silent_until = self._fed_at + limit
        return silent_until if self._deadline is None else min(silent_until, self._deadline)

    def is_over(self, now: float, *, finished: bool = False) -> bool:
        """Say whether the time due has passed."""
        due = self.due(finished=finished)
        return due is not None and now >= due

    def fault(self, now: float, *, finished: bool = False) -> StreamFault:
        """Return what it means that the time due passed."""
        if self._deadline is not None and now >= self._deadline:
            return DeadlineExceeded(self._total)
        limit = self._limit(finished=finished) or 0.0
        return Stalled(limit, self.received) if self._started else NoFirstToken(limit)

    def _limit(self, *, finished: bool) -> float | None:
        if not self._started:
            return self._timeouts.first_token
        idle = self._timeouts.idle
        if finished:
            return TAIL_SECONDS if idle is None else min(idle, TAIL_SECONDS)
        return idle
