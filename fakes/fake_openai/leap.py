"""Lets the time of an event loop leap when all that is in it waits.

The hard part is to know that all waits. Bytes may be on their way in the kernel: written by one
end of a connection, not yet readable at the other. A loop that leaps then makes a client time out
whose answer is there. So before every leap a byte is sent to and fro through a loopback connection
of our own, which the kernel handles after whatever was sent before it, and then it is looked again
whether something has become readable.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import Callable
from typing import Any, TypeAlias, cast

_Ready: TypeAlias = list[tuple[selectors.SelectorKey, int]]

_ROUNDS = 2
_OWN = 1  # connection of the loop with itself, by which threads wake it
_NAME = "_fake_openai_leap"


class Leap:
    """Replaced time and select of one event loop; once made, it stays for the loop's life.

    Args:
        loop: the loop.
    """

    def __init__(self, loop: BaseSelectorEventLoop) -> None:
        self._real = loop.time
        self._selector: selectors.BaseSelector = loop._selector  # type: ignore[attr-defined] # noqa: SLF001 (there is no other way)
        self._poll: Callable[[float | None], _Ready] = self._selector.select
        self._run_in_executor = loop.run_in_executor
        self._now = 0.0
        self._ahead = 0.0
        self._uses = 0
        self._threads: set[asyncio.Future[Any]] = set()
        self._probe: _Probe | None = None
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
        if not self._uses:
            self._probe = _Probe()
            self._now = self._time()
        self._uses += 1

    def leave(self) -> None:
        """Let time go on from where it is: it never goes back."""
        self._uses -= 1
        if not self._uses:
            self._ahead = self._now - self._real()
            if self._probe is not None:
                self._probe.close()
                self._probe = None

    def _time(self) -> float:
        return self._now if self._uses else self._real() + self._ahead

    def _select(self, timeout: float | None = None) -> _Ready:
        if not self._uses:
            return self._poll(timeout)
        ready = self._poll(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None:
            return self._poll(None)  # no timer at all: only what is outside can wake the loop
        if self._threads:
            return self._awake(timeout)
        ready = self._on_their_way()
        if not ready:
            self._now += timeout
        return ready

    def _awake(self, timeout: float) -> _Ready:
        began = self._real()
        ready = self._poll(timeout)
        self._now += min(timeout, self._real() - began) if ready else timeout
        return ready

    def _on_their_way(self) -> _Ready:
        assert self._probe is not None  # noqa: S101 (there is one while in use)
        if len(self._selector.get_map()) <= _OWN:
            return []
        for _ in range(_ROUNDS):
            self._probe.to_and_fro()
            ready = self._poll(0)
            if ready:
                return ready
        return []

    def _in_thread(self, executor: Any, function: Any, *args: Any) -> asyncio.Future[Any]:
        future = self._run_in_executor(executor, function, *args)
        self._threads.add(future)
        future.add_done_callback(self._threads.discard)
        return future


class _Probe:
    """A loopback connection with itself."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self._here = socket.create_connection(listening.getsockname())
            self._there, _ = listening.accept()
        for end in (self._here, self._there):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def to_and_fro(self) -> None:
        """Return when a byte has gone both ways."""
        self._here.send(b".")
        self._there.recv(1)
        self._there.send(b".")
        self._here.recv(1)

    def close(self) -> None:
        self._here.close()
        self._there.close()
