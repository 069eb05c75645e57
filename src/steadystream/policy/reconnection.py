"""What follows when a connection of an event source ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from steadystream.errors import DeadlineExceeded, GaveUp, Rejected, SpliceMismatch, StreamFault
from steadystream.protocol.sse import ServerSentEvent

from .backoff import Backoff, Dice
from .recovery import GiveUp


class Reopening(StrEnum):
    """When the request of an event source is sent again."""

    ALWAYS = "always"
    """After every end, as a browser does: the request only reads."""
    UNSEEN = "unseen"
    """While nobody has received anything of it, and later only where the server, with ids and a
    reconnection time, has offered to go on."""
    NEVER = "never"
    """Not once it was accepted."""
    USED_UP = "used_up"
    """Not at all: its body is there once."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """Connect again, in `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Over:
    """The source ended by itself."""


NextStep: TypeAlias = Reopen | Over | GiveUp

_FINAL = {
    SpliceMismatch: GaveUp.CONTINUATION_REFUSED,
    DeadlineExceeded: GaveUp.NO_TIME_LEFT,
}


@dataclass(slots=True, kw_only=True)
class Reconnection:
    """Says what follows the end of a connection; does no I/O.

    The wait is the reconnection time. While connections bring no event, a growing random part is
    added, so that a server that is down, or that closes at once, is not asked ever faster.

    Attributes:
        reopening: when the request may be sent again.
        seconds: the reconnection time; a server changes it with `retry`.
        retries: connections in a row that may fail after the first; None = no limit.
        backoff: what is added while nothing comes.
        max_retry_after: longest `Retry-After` obeyed, seconds; None = no limit.
        last_event_id: what the server is told on the next connection.
        received: events so far, over all connections.

    Source: WHATWG HTML, 9.2.3 "Processing model". Unlike there, a status that says "not now" (429,
    503) counts as a connection that failed.
    """

    reopening: Reopening = Reopening.ALWAYS
    seconds: float = 5.0
    retries: int | None = 5
    backoff: Backoff = field(default_factory=Backoff)
    max_retry_after: float | None = 300.0
    last_event_id: str = ""
    received: int = 0
    _first_id: str = ""
    _failures: int = 0
    _fruitless: int = 0
    _accepted: bool = False
    _ever_accepted: bool = False
    _reopened: bool = False
    _offered: bool = False
    _done: bool = False

    def accept(self) -> None:
        """Note that the server answered with an event stream."""
        self._reopened = self.received > 0
        self._accepted = self._ever_accepted = True
        if self.reopening is Reopening.ALWAYS:
            self._failures = 0

    def take(
        self, events: Iterable[ServerSentEvent], last_event_id: str, retry: int | None
    ) -> None:
        """Note what came over the connection.

        Args:
            events: those that are whole.
            last_event_id: what holds after them.
            retry: reconnection time in milliseconds, where the server set one.

        Raises:
            SpliceMismatch: a request that is not sent again for nothing was answered from the
                beginning instead of from the last event on.
        """
        for event in events:
            self._check(event)
            self.received += 1
            self._first_id = self._first_id or event.id
            self._done = (event.data or "").startswith("[DONE]")
            self._failures = 0
            self._fruitless = -1  # the end that follows is the first since an event
        self.last_event_id = last_event_id
        if retry is not None:
            self._offered = True
            self.seconds = retry / 1000

    def after(
        self, fault: StreamFault | None, *, now: float, deadline: float | None, dice: Dice
    ) -> NextStep:
        """Say what follows the end of a connection, or of the attempt at one.

        Args:
            fault: what ended it; None for a clean end of its body.
            now: the time on any clock that only goes forward, seconds.
            deadline: when all has to be over, on the same clock; None = never.
            dice: for the jitter.
        """
        accepted, self._accepted = self._accepted, False
        if self.reopening is not Reopening.ALWAYS and (fault is None or self._done):
            return Over()
        if fault is not None and not fault.transient:
            return GiveUp(_FINAL.get(type(fault), GaveUp.NOT_TRANSIENT))
        if not self._may_resend():
            return GiveUp(GaveUp.NOT_RESUMABLE)
        self._failures += not accepted or self.reopening is not Reopening.ALWAYS
        if self.retries is not None and self._failures > self.retries:
            return GiveUp(GaveUp.ATTEMPTS_SPENT)
        self._fruitless += 1
        seconds = self.seconds
        if self._fruitless:
            seconds += self.backoff.seconds(self._fruitless, dice)
        told = fault.retry_after if isinstance(fault, Rejected) else None
        if told is not None and self.max_retry_after is not None and told > self.max_retry_after:
            return GiveUp(GaveUp.RETRY_AFTER_TOO_LONG)
        seconds = max(seconds, told or 0.0)
        if deadline is not None and now + seconds >= deadline:
            return GiveUp(GaveUp.NO_TIME_LEFT)
        return Reopen(seconds)

    def _may_resend(self) -> bool:
        if self.reopening is Reopening.UNSEEN:
            return not self.received or (self._offered and self.last_event_id != "")
        if self.reopening is Reopening.NEVER:
            return not self._ever_accepted
        return self.reopening is Reopening.ALWAYS

    def _check(self, event: ServerSentEvent) -> None:
        """Refuse a second beginning, where that is no new event but the old answer once more."""
        reopened, self._reopened = self._reopened, False
        begins = event.id == self._first_id != "" and b"id" in event.raw
        if reopened and begins and self.reopening is Reopening.UNSEEN:
            raise SpliceMismatch(
                f"goes on after the event with id {self.last_event_id!r}",
                f"the first event again, with id {event.id!r}",
            )
