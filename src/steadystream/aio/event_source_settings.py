"""What a caller sets for an event source, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from yarl import URL

from steadystream.errors import InvalidRequest
from steadystream.policy.backoff import Backoff
from steadystream.policy.clock import check_seconds
from steadystream.policy.reconnection import Reconnection, Reopening

from .event_stream import Asking, last_event_id_of
from .opening import check_settings

_BACKOFF = Backoff(base=1.0, cap=60.0)


def check(
    *,
    idle: float | None,
    total: float | None,
    max_retry_after: float | None,
    bytes_: int,
) -> None:
    """Raise `InvalidRequest` for a limit that cannot work."""
    check_settings(None, None, bytes_)
    check_seconds("idle", idle)
    check_seconds("total", total)
    check_seconds("max_retry_after", max_retry_after, zero=True)


def seconds_of(reconnection_time: timedelta | float) -> float:
    """Return the reconnection time in seconds."""
    given = reconnection_time
    seconds = given.total_seconds() if isinstance(given, timedelta) else given
    if seconds is None:
        msg = "reconnection_time must be a timedelta or zero or more seconds, got None"
        raise InvalidRequest(msg)
    check_seconds("reconnection_time", seconds, zero=True)
    return seconds


def asking_of(
    url: str | URL,
    option: Mapping[str, Any] | None,
    method: str | None,
    arguments: dict[str, Any],
    max_event_bytes: int,
) -> Asking:
    """Return how the stream is asked for."""
    if option is not None and (not isinstance(option, Mapping) or set(option) - {"method"}):
        msg = f'option must be like {{"method": "POST"}}, got {option!r}'
        raise InvalidRequest(msg)
    given = method if method is not None else (option or {}).get("method", "GET")
    if not isinstance(given, str) or not given.isalpha() or not given.isascii():
        msg = f"method must be the name of an HTTP method, got {given!r}"
        raise InvalidRequest(msg)
    return Asking(given.upper(), _checked(url), arguments, max_event_bytes)


def reconnection_of(
    ask: Asking,
    *,
    reconnect: bool | None,
    seconds: float,
    retries: int | None,
    backoff: Backoff | None,
    max_retry_after: float | None,
    last_event_id: str | None,
) -> Reconnection:
    """Return what decides about connecting again."""
    number = isinstance(retries, int) and not isinstance(retries, bool)
    if retries is not None and (not number or retries < 0):
        msg = f"max_connect_retry must be an integer from 0 or None for no limit, got {retries!r}"
        raise InvalidRequest(msg)
    if backoff is not None and not isinstance(backoff, Backoff):
        msg = f"backoff must be a Backoff or None for the default, got {backoff!r}"
        raise InvalidRequest(msg)
    begin = last_event_id_of(ask.arguments.get("headers"))
    return Reconnection(
        reopening=_reopening(ask, reconnect),
        seconds=seconds,
        retries=retries,
        backoff=backoff or _BACKOFF,
        max_retry_after=max_retry_after,
        last_event_id=begin if last_event_id is None else _checked_id(last_event_id),
    )


def _reopening(ask: Asking, reconnect: bool | None) -> Reopening:
    if reconnect not in {True, False, None}:
        msg = f"reconnect must be True, False or None, got {reconnect!r}"
        raise InvalidRequest(msg)
    if not _can_be_sent_twice(ask.arguments.get("data")):
        if reconnect:
            msg = "data must be bytes, text or plain fields to be sent again, got something else"
            raise InvalidRequest(msg)
        return Reopening.USED_UP
    if reconnect is False:
        return Reopening.NEVER
    return Reopening.ALWAYS if reconnect or ask.method == "GET" else Reopening.UNSEEN


def _can_be_sent_twice(data: object) -> bool:
    """Say whether a body is there still once it was sent; a file or a generator is used up."""
    if data is None or isinstance(data, (str, bytes, bytearray)):
        return True
    if isinstance(data, Mapping):
        plain: Iterable[object] = data.values()
        return all(isinstance(value, (str, bytes, int, float)) for value in plain)
    return False


def _checked_id(last_event_id: object) -> str:
    if not isinstance(last_event_id, str) or any(end in last_event_id for end in "\r\n\0"):
        msg = f"last_event_id must be a text on one line, got {last_event_id!r}"
        raise InvalidRequest(msg)
    return last_event_id


def _checked(url: str | URL) -> URL:
    try:
        parsed = URL(url) if isinstance(url, (str, URL)) else None
    except ValueError:
        parsed = None
    if parsed is None or parsed.scheme not in {"http", "https"} or not parsed.host:
        plain = str(url).partition("?")[0]  # keys may stand in the query
        shown = repr(plain) if "@" not in plain else "one with a user and a password"
        msg = f"url must be like https://host/events, got {shown}"
        raise InvalidRequest(msg)
    return parsed
