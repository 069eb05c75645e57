"""The time by which the fake waits."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Iterator
from typing import Any

_MOMENT = 0.001  # seconds


class Clock:
    """Real time: what the fake waits by unless it is given another clock.

    It reads the event loop, so that a loop whose time somebody else has replaced is followed.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._began = 0.0

    def start(self) -> None:
        """Begin to count, if that has not been done; called in the loop of the server."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._began = self._loop.time()

    def stop(self) -> None:
        """End what `start` began."""

    def now(self) -> float:
        """Return the seconds since the server was started; may be called from any thread."""
        return 0.0 if self._loop is None else round(self._loop.time() - self._began, 9)

    async def sleep(self, seconds: float) -> None:
        """Do nothing for `seconds`, which may be infinite; ends when the task is cancelled."""
        if seconds == math.inf:
            await asyncio.get_running_loop().create_future()
        elif seconds > 0:
            await asyncio.sleep(seconds)

    async def sleep_or(self, seconds: float, other: asyncio.Future[Any]) -> None:
        """Do nothing for `seconds`, or until `other` is done."""
        due = self.due_in(seconds)

        def end(_: object) -> None:
            self.release(due)

        other.add_done_callback(end)
        try:
            await self.wait_for(due)
        finally:
            other.remove_done_callback(end)

    def due_in(self, seconds: float) -> asyncio.Future[None]:
        """Return what is done in `seconds`, a finite time."""
        loop = asyncio.get_running_loop()
        due: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(seconds, self.release, due)
        due.add_done_callback(lambda _: timer.cancel())
        return due

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Say that the task waits meanwhile for something else than this clock."""
        yield

    async def wait_for(self, due: asyncio.Future[None]) -> None:
        """Wait for what another task brings about with `release`."""
        with self.away():
            await due

    def release(self, due: asyncio.Future[None]) -> None:
        """Let the task go on that waits for `due`, before time does."""
        if not due.done():
            due.set_result(None)

    async def give_kernel_time(self) -> None:
        """Wait a moment for what the kernel has to do; it is none of this clock's time."""
        await asyncio.sleep(_MOMENT)

    async def advance(self, seconds: float, *, waits: int = 0) -> None:
        """Move time on by `seconds`.

        Args:
            seconds: how far.
            waits: do it only once so many waits are under way.

        Raises:
            RuntimeError: this clock cannot be moved.
        """
        raise RuntimeError(
            f"cannot advance real time by {seconds:g} s ({waits} waits wanted): "
            "give the fake clock=ManualClock()"
        )
