"""What became of each attempt of an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from steadystream.errors import BreakerOpen, ConnectFailed, RateLimited, Rejected, StreamFault

UNKNOWN_STATUSES = frozenset({502, 504, 520, 524})
"""With these a gateway says that it does not know what the server behind it did."""


_FRAME = 3
"""Events of a stream that are no tokens: role, finish reason, usage."""


class Overtaken(Exception):
    """No error: another attempt was faster. Only those are told who keep account."""


class Fate(StrEnum):
    """What is known of whether a request was taken."""

    UNSENT = "unsent"
    """It never reached the server."""
    REFUSED = "refused"
    """The server answered with an error status."""
    ACCEPTED = "accepted"
    """The server began to answer."""
    UNKNOWN = "unknown"
    """It was sent, and nobody said what came of it: it may have been taken, and be billed."""


@dataclass(slots=True, eq=False)
class Attempt:
    """One exchange with an upstream, while it goes on and afterwards.

    Times are seconds on the clock of the event loop; None = it did not come to that.

    Attributes:
        number: from 1. A hedge has the number of the attempt that it was to overtake.
        upstream: which model at which host.
        hedge: whether it was begun because another was late.
        started_at: when it was decided on; it may wait for its turn first.
        sent_at: when the request went out.
        opened_at: when the server accepted it.
        first_token_at: when the first text, reasoning or tool call came.
        ended_at: when it was over.
        status: HTTP status, if one came.
        request_id: the server's id of it, if it gave one.
        received: events that came.
        fault: what ended it; None where it ended well, or goes on, or was left.
        left: whether our side left it: a consumer that had enough, a hedge that lost.
        overtaken: whether it lost a race against another.
        follows: whether it only follows a response that the server keeps, and generates nothing.
        idempotency_key: what it was sent under, where the dialect knows such a key.
    """

    number: int
    upstream: str
    started_at: float
    hedge: bool = False
    sent_at: float | None = None
    opened_at: float | None = None
    first_token_at: float | None = None
    ended_at: float | None = None
    status: int | None = None
    request_id: str | None = None
    received: int = 0
    fault: StreamFault | None = field(default=None)
    left: bool = False
    overtaken: bool = False
    follows: bool = False
    idempotency_key: str | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it goes on."""
        return None if self.ended_at is None else self.ended_at - self.started_at

    @property
    def first_token_after(self) -> float | None:
        """Seconds from sending to the first token; None where none came."""
        if self.first_token_at is None or self.sent_at is None:
            return None
        return self.first_token_at - self.sent_at

    @property
    def tokens(self) -> int:
        """About how many tokens it generated, at one an event.

        What a server reported stands in `answer.usage.parts`.
        """
        return 0 if self.first_token_at is None else max(1, self.received - _FRAME)

    @property
    def fate(self) -> Fate:
        """What is known of whether the server took it."""
        if self.opened_at is not None:
            return Fate.ACCEPTED
        if self.sent_at is None or isinstance(
            self.fault, (ConnectFailed, BreakerOpen, RateLimited)
        ):
            return Fate.UNSENT
        if self.status in UNKNOWN_STATUSES:
            return Fate.UNKNOWN
        return Fate.REFUSED if isinstance(self.fault, Rejected) else Fate.UNKNOWN

    def end(self, now: float, error: BaseException | None) -> None:
        """Note that it is over, because of `error` if there was one."""
        self.ended_at = now
        if isinstance(error, StreamFault):
            self.fault = error
            if isinstance(error, Rejected):
                self.status = error.status
                self.request_id = error.request_id
        else:
            self.left = error is not None
            self.overtaken = isinstance(error, Overtaken)
