"""Lets the time of an event loop leap when all that is in it waits."""

from __future__ import annotations

import asyncio
import selectors
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import Callable
from typing import Any, cast

from .in_flight import InFlight, Ready

_NAME = "_fake_openai_leap"


class Leap:
    """Replaced time and select of one event loop; once made, it stays for the loop's life.

    Args:
        loop: the loop.
    """

    def __init__(self, loop: BaseSelectorEventLoop) -> None:
        self._real = loop.time
        self._selector: selectors.BaseSelector = loop._selector  # type: ignore[attr-defined] # noqa: SLF001 (there is no other way)
        self._poll: Callable[[float | None], Ready] = self._selector.select
        self._run_in_executor = loop.run_in_executor
        self._now = 0.0
        self._ahead = 0.0
        self._uses = 0
        self._threads: set[asyncio.Future[Any]] = set()
        self._in_flight: InFlight | None = None
        patched = cast("Any", loop)
        patched.time = self._time
        patched._selector.select = self._select  # noqa: SLF001
        patched.run_in_executor = self._in_thread

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> Leap:
        """Return the one of `loop`; made if it has none.

        Raises:
            RuntimeError: the loop is of a kind whose time cannot be replaced.
        """
        leap = getattr(loop, _NAME, None)
        if leap is None:
            if not isinstance(loop, BaseSelectorEventLoop):
                kind = f"{type(loop).__module__}.{type(loop).__qualname__}"
                raise RuntimeError(f"VirtualClock needs asyncio's own event loop, got {kind}")
            leap = cls(loop)
            setattr(loop, _NAME, leap)
        return cast("Leap", leap)

    def enter(self) -> None:
        """Let time leap, until `leave` was called as often."""
        if self._in_flight is None:
            self._in_flight = InFlight(self._selector, self._poll)
            self._now = self._time()
        self._uses += 1

    def leave(self) -> None:
        """Let time go on from where it is: it never goes back."""
        self._uses -= 1
        if not self._uses and self._in_flight is not None:
            self._ahead = self._now - self._real()
            self._in_flight.close()
            self._in_flight = None

    def _time(self) -> float:
        return self._now if self._uses else self._real() + self._ahead

    def _select(self, timeout: float | None = None) -> Ready:
        in_flight = self._in_flight
        if in_flight is None:
            return self._poll(timeout)
        ready = self._poll(0)
        if ready or (timeout is not None and timeout <= 0):
            return in_flight.hear(ready)
        if timeout is None:
            return self._poll(None)  # no timer at all: only what is outside can wake the loop
        if self._threads:
            return self._awake(timeout)
        ready = in_flight.arrived()
        if not ready:
            self._now += timeout
        return ready

    def _awake(self, timeout: float) -> Ready:
        began = self._real()
        ready = self._poll(timeout)
        self._now += min(timeout, self._real() - began) if ready else timeout
        return ready

    def _in_thread(self, executor: Any, function: Any, *args: Any) -> asyncio.Future[Any]:
        future = self._run_in_executor(executor, function, *args)
        self._threads.add(future)
        future.add_done_callback(self._threads.discard)
        return future
