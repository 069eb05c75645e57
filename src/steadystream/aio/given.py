"""What callers hand in to be used: sessions, callbacks, arguments of aiohttp. Checked at once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import aiohttp
from multidict import CIMultiDict

from steadystream.errors import InvalidRequest
from steadystream.protocol.nearest import nearest

_Called = TypeVar("_Called", bound=Callable[..., object])


def loop_of(known: asyncio.AbstractEventLoop | None) -> asyncio.AbstractEventLoop:
    """Return the loop that runs, to which a client belongs from its first use on.

    Args:
        known: that of its first use; None = this is it.

    Raises:
        InvalidRequest: none runs, or another one than `known`.
    """
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        msg = "expected a running event loop, got none: `client.sync()` is for callers without one"
        raise InvalidRequest(msg) from None
    if known is not None and known is not running:
        msg = (
            "expected the event loop in which it was first used, to which a client belongs, got "
            "another one: make a client in each, or one for all with `client.sync()`"
        )
        raise InvalidRequest(msg)
    return running


def check_session(session: object) -> None:
    """Raise `InvalidRequest` unless it is a session, or None."""
    if session is not None and not isinstance(session, aiohttp.ClientSession):
        msg = (
            f"session must be an aiohttp.ClientSession or None for one of its own, got {session!r}"
        )
        raise InvalidRequest(msg)


def checked_callback(name: str, value: _Called | None, of: str = "") -> _Called | None:
    """Return what is to be called plainly.

    Args:
        name: of the setting.
        value: what was given.
        of: what it is called with, for the message.

    Raises:
        InvalidRequest: it cannot be called, or would have to be awaited.
    """
    if value is None:
        return None
    called = value if callable(value) else None
    awaited = inspect.iscoroutinefunction(called) or inspect.iscoroutinefunction(
        getattr(type(value), "__call__", None)  # noqa: B004  # of an object: is it async
    )
    if called is None or awaited:
        msg = f"{name} must be a plain function{of}, or None, got {value!r}"
        raise InvalidRequest(msg)
    return value


def check_arguments(arguments: dict[str, Any], session: aiohttp.ClientSession | None) -> None:
    """Raise `InvalidRequest` for what aiohttp's `request` would refuse later."""
    if not arguments:
        return
    _check_headers(arguments.get("headers"))
    kind = aiohttp.ClientSession if session is None else type(session)
    known = inspect.signature(kind._request).parameters.values()  # noqa: SLF001  # `request` takes all
    if any(each.kind is each.VAR_KEYWORD for each in known):
        return  # of somebody else's making, as under instrumentation
    names = {each.name for each in known if each.kind is each.KEYWORD_ONLY}
    for name in arguments:
        if name not in names:
            hint = nearest(name, names)
            msg = f"an event source and aiohttp's request take no argument {name!r}{hint}"
            raise InvalidRequest(msg)


def _check_headers(headers: Any) -> None:
    try:
        pairs: Iterable[tuple[object, object]] = CIMultiDict(headers or ()).items()
    except (TypeError, ValueError):
        pairs = [("", "")]
    for name, value in pairs:
        texts = isinstance(name, str) and isinstance(value, str)
        if not texts or not name or any(end in f"{name}{value}" for end in "\r\n\0"):
            msg = f"headers must be texts on one line, by name, got something else for {name!r}"
            raise InvalidRequest(msg)
