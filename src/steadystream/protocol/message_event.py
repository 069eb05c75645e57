"""What a reader of an event source is given."""

from __future__ import annotations

from enum import IntEnum

import msgspec


class ReadyState(IntEnum):
    """Where an event source stands.

    Source: WHATWG HTML, 9.2.2 "The EventSource interface".
    """

    CONNECTING = 0
    """It is connecting, or waits to connect again."""
    OPEN = 1
    """Events may come."""
    CLOSED = 2
    """Nothing comes any more."""


class MessageEvent(msgspec.Struct, frozen=True, gc=False):
    """One event of an event source.

    Attributes:
        type: its `event` field; "message" when it had none.
        message: the same; aiohttp-sse-client has it.
        data: its `data` lines, joined with LF.
        origin: scheme, host and port that it came from, after redirects.
        last_event_id: the id that held when it ended.
    """

    type: str
    message: str
    data: str
    origin: str
    last_event_id: str
