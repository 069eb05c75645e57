"""What the server does to a stream, and as what the client meets it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from fake_openai import (
    BrokenJSON,
    CleanEnd,
    Cut,
    ErrorEvent,
    Fault,
    Reset,
    ResetBeforeHeaders,
    Stall,
    Status,
)
from steadystream.errors import (
    ConnectFailed,
    Disconnected,
    Malformed,
    NoFirstToken,
    Rejected,
    Stalled,
    StreamFault,
    Truncated,
    UpstreamError,
)

KEEP_ALIVE_SECONDS = 4.0
"""A silence with keep-alives ends by itself, since no socket timeout notices it."""


class Kind(StrEnum):
    """One way in which an attempt ends before its answer does; the value is shown to people.

    A duplicated chunk is not among them: nobody can tell it from a model that repeats itself.
    """

    CUT = "connection cut"
    RESET = "connection reset"
    STALL = "silence"
    KEEP_ALIVE = "only keep-alives"
    TRUNCATED = "body ends early"
    GARBLED = "broken JSON"
    ERROR_EVENT = "error event"
    RATE_LIMITED = "status 429"
    OVERLOADED = "status 503"
    BAD_GATEWAY = "status 502, HTML"
    NO_HEADERS = "reset, no headers"
    UNPLANNED = "not planned"

    @property
    def before_text(self) -> bool:
        """Whether it strikes before anything of an answer was sent."""
        return self in _BEFORE_TEXT


_BEFORE_TEXT = {Kind.RATE_LIMITED, Kind.OVERLOADED, Kind.BAD_GATEWAY, Kind.NO_HEADERS}

# How often each comes up, roughly: broken connections first, then the server's own errors.
WEIGHTS: dict[Kind, int] = {
    Kind.CUT: 6,
    Kind.RESET: 4,
    Kind.STALL: 2,
    Kind.KEEP_ALIVE: 2,
    Kind.TRUNCATED: 4,
    Kind.GARBLED: 3,
    Kind.ERROR_EVENT: 3,
    Kind.RATE_LIMITED: 2,
    Kind.OVERLOADED: 2,
    Kind.BAD_GATEWAY: 2,
    Kind.NO_HEADERS: 2,
}

_LOST = (Disconnected, ConnectFailed)
_SEEN_AS: dict[Kind, tuple[type[StreamFault], ...]] = {
    Kind.CUT: _LOST,
    Kind.RESET: _LOST,
    Kind.STALL: (Stalled, NoFirstToken),
    Kind.KEEP_ALIVE: (Stalled, NoFirstToken),
    Kind.TRUNCATED: (Truncated,),
    Kind.GARBLED: (Malformed,),
    Kind.ERROR_EVENT: (UpstreamError,),
    Kind.RATE_LIMITED: (Rejected,),
    Kind.OVERLOADED: (Rejected,),
    Kind.BAD_GATEWAY: (Rejected,),
    Kind.NO_HEADERS: _LOST,
}


def fault(kind: Kind, after: int) -> Fault:
    """Return what the fake server is told to do.

    Args:
        kind: what goes wrong.
        after: events that are sent before it; of no meaning where nothing is sent.
    """
    return _FAULTS[kind](after)


_FAULTS: dict[Kind, Callable[[int], Fault]] = {
    Kind.CUT: lambda after: Cut(after=after),
    Kind.RESET: lambda after: Reset(after=after),
    Kind.STALL: lambda after: Stall(after=after),
    Kind.KEEP_ALIVE: lambda after: Stall(after=after, comments=True, seconds=KEEP_ALIVE_SECONDS),
    Kind.TRUNCATED: lambda after: CleanEnd(after=after),
    Kind.GARBLED: lambda after: BrokenJSON(after=after),
    Kind.ERROR_EVENT: lambda after: ErrorEvent(after=after),
    Kind.RATE_LIMITED: lambda _: Status(429, retry_after_ms=250),
    Kind.OVERLOADED: lambda _: Status(503, retry_after_ms=100),
    Kind.BAD_GATEWAY: lambda _: Status(502),
    Kind.NO_HEADERS: lambda _: ResetBeforeHeaders(),
}


def kind_of(planned: Kind | None, seen: Exception) -> Kind:
    """Return the kind of an interruption: what was planned, unless `seen` cannot come from it."""
    fits = planned is not None and isinstance(seen, _SEEN_AS.get(planned, ()))
    return planned if fits and planned is not None else Kind.UNPLANNED
