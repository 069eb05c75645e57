"""A clock that is moved by hand."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import math
import time
from collections.abc import Iterator
from typing import Any

from fake_openai import checks

from .clock import Clock

_PATIENCE = 5.0  # seconds of real time
_TURNS = 200  # of the loop, before the real time between two looks is spent asleep
_QUIET_TURNS = 3
_LOOK_EVERY = 0.001  # seconds of real time


class ManualClock(Clock):
    """Time that stands still until `FakeOpenAI.advance` moves it.

    Clients keep the real time. It suits a client in another thread, process or language; where
    the client is in the event loop of the fake, `VirtualClock` needs no hand.
    """

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._quiet = 0
        self._timers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._waiting: dict[asyncio.Future[None], asyncio.Task[Any] | None] = {}
        self._numbers = itertools.count()
        self._awake: set[asyncio.Task[Any]] = set()

    @property
    def waits(self) -> int:
        """Waits under way, endless ones among them."""
        return len(self._waiting)

    def now(self) -> float:
        """Return by how many seconds time was moved so far; may be called from any thread."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Do nothing until time was moved on by `seconds`."""
        if seconds <= 0:
            return
        await self.wait_for(self.due_in(seconds))

    def due_in(self, seconds: float) -> asyncio.Future[None]:
        """Return what is done when time was moved on by `seconds`, which may be infinite."""
        due: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if seconds < math.inf:
            heapq.heappush(self._timers, (self._now + seconds, next(self._numbers), due))
        return due

    async def wait_for(self, due: asyncio.Future[None]) -> None:
        """Wait for what another task brings about with `release`."""
        self._waiting[due] = asyncio.current_task()
        try:
            await super().wait_for(due)
        finally:
            del self._waiting[due]

    def release(self, due: asyncio.Future[None]) -> None:
        """Let the task go on that waits for `due`, before time does."""
        task = self._waiting.get(due)
        if task is not None:
            self._awake.add(task)
        super().release(due)

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Say that the task waits meanwhile; time may then be moved without hearing from it."""
        task = asyncio.current_task()
        was_awake = task in self._awake
        if task is not None:
            self._awake.discard(task)
        try:
            yield
        finally:
            if task is not None and was_awake:
                self._awake.add(task)

    async def advance(self, seconds: float, *, waits: int = 0) -> None:
        """Move time on by `seconds`; what falls due on the way happens in its order.

        Args:
            seconds: how far.
            waits: do it only once so many waits are under way, so that a request that was sent
                just now is not overtaken.

        Raises:
            TimeoutError: after 5 s of real time there were not that many waits.
        """
        checks.finite("seconds", seconds)
        checks.whole_number("waits", waits)
        if not await _until(lambda: self.waits >= waits):
            raise TimeoutError(
                f"expected {waits} waits of the fake to be under way, got {self.waits} after "
                f"{_PATIENCE:g} s"
            )
        target = self._now + seconds
        while self._timers and self._timers[0][0] <= target:
            self._now = max(self._now, self._timers[0][0])
            while self._timers and self._timers[0][0] <= self._now:
                self.release(heapq.heappop(self._timers)[2])
            self._quiet = 0
            await _until(self._all_asleep)
        self._now = target

    def _all_asleep(self) -> bool:
        self._awake = {task for task in self._awake if not task.done()}
        # What a task that ended sets off comes a turn of the loop later.
        self._quiet = 0 if self._awake else self._quiet + 1
        return self._quiet > _QUIET_TURNS


async def _until(true: Any) -> bool:
    """Give others turns of the loop until `true()`; return whether it was in time."""
    until = time.monotonic() + _PATIENCE
    for turn in itertools.count():
        if true():
            return True
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0 if turn < _TURNS else _LOOK_EVERY)
    raise AssertionError("unreachable")
