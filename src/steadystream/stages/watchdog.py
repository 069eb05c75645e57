"""One lazy timer for any number of waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Watchdog:
    """Ends a wait that lasts past its time.

    `asyncio.timeout` makes and cancels a timer for each wait, which costs several microseconds an
    event. A watchdog has one timer at most, and asks only when that rings whether time is over; so
    what feeds a clock need not touch the timer. It guards a wait and never a `yield` (PEP 789).

        watchdog.watch()
        try:
            batch = await anext(events)
        except BaseException as error:
            if watchdog.ended(error):
                ...  # time is over
            raise
        watchdog.rest()

    Args:
        loop: whose clock and timers are used.
        due: returns the end of the wait on the loop's clock; None = no limit. It may say another
            time whenever it is asked.
        every: seconds after which it is asked at the latest. A `due` that never comes nearer than
            this from one moment to the next is kept exactly.

    A context manager would read better and cost as much again: this runs for every read.
    """

    __slots__ = ("_barked", "_cancelling", "_due", "_every", "_loop", "_task", "_timer")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, due: Callable[[], float | None], every: float
    ) -> None:
        self._loop = loop
        self._due = due
        self._every = every
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._barked = False

    def watch(self) -> None:
        """Begin to guard the wait of the task that calls."""
        self._task = task = asyncio.current_task(self._loop)
        assert task is not None  # noqa: S101  # a running coroutine has a task
        self._cancelling = task.cancelling()
        if self._timer is None:
            self._wind()

    def rest(self) -> None:
        """End the guard of a wait that brought something."""
        self._task = None

    def ended(self, error: BaseException) -> bool:
        """End the guard of a wait that raised `error`; say whether it was over its time."""
        task, self._task = self._task, None
        if not self._barked:
            return False
        self._barked = False
        assert task is not None  # noqa: S101  # it was cancelled by `_ring`
        # Our own cancellation is taken back; one that came from outside as well stays in force.
        return task.uncancel() <= self._cancelling and isinstance(error, asyncio.CancelledError)

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wind(self) -> None:
        due = self._due()
        latest = self._loop.time() + self._every
        self._timer = self._loop.call_at(latest if due is None else min(due, latest), self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._task is None or self._barked:
            return  # between two waits: the next one winds it
        due = self._due()
        if due is None or self._loop.time() < due:
            self._wind()
        else:
            self._barked = True
            self._task.cancel()
