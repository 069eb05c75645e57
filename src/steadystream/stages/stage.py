"""The one shape of every part of the pipeline: `(request, open) -> events`."""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, ParamSpec, Protocol, TypeAlias

from steadystream.events import Batch, Events
from steadystream.request import Request

OpenStream: TypeAlias = AbstractAsyncContextManager[Events]
Open: TypeAlias = Callable[[Request], OpenStream]

_Asked = ParamSpec("_Asked")


class Stage(Protocol):
    """Wraps one way to get an answer into another."""

    def __call__(self, request: Request, open: Open) -> OpenStream:
        """Return the stream for `request`; nothing happens before it is entered and read."""
        ...


def stage(function: Callable[_Asked, AsyncGenerator[Batch, None]]) -> Callable[_Asked, OpenStream]:
    """Make a stage of an async generator, or a source of one that opens nothing.

    It is handed out as a context manager, so that nobody can forget to close it.

    The laws of a stage: enter what you open with `async with`; never `yield` inside a timeout or a
    task group (PEP 789) nor inside `except`; close the attempt before you wait; pass on events you
    do not know; never swallow `CancelledError`.
    """

    @functools.wraps(function)
    def opened(*args: _Asked.args, **kwargs: _Asked.kwargs) -> OpenStream:
        return aclosing(function(*args, **kwargs))

    return opened


def compose(stages: Sequence[Stage], innermost: Open) -> Open:
    """Return the `Open` of `innermost` seen through `stages`, the outermost first."""
    inner: Any = innermost
    for outer in reversed(stages):
        inner = functools.partial(outer, open=inner)
    return inner  # type: ignore[no-any-return]  # a partial is a callable of one request
