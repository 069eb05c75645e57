"""One lazy timer for any number of waits."""

from __future__ import annotations

import asyncio
from types import TracebackType


class Watchdog:
    """Ends a wait that lasts past its time.

    `asyncio.timeout` makes and cancels a timer for each wait, which costs several microseconds an
    event. A watchdog has one timer at most: it looks at the time due when it rings, and is wound
    again only then. It guards a wait and never a `yield` (PEP 789).

        with watchdog:
            batch = await anext(events)

    Attributes:
        due: end of the waits, on the loop's clock; None = no limit. Changed between them.

    Raises:
        TimeoutError: when the loop's clock passed `due` during the wait.
    """

    __slots__ = ("_barked", "_cancelling", "_loop", "_rings_at", "_task", "_timer", "due")

    def __init__(self, loop: asyncio.AbstractEventLoop, due: float | None) -> None:
        self.due = due
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = 0.0
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._barked = False

    def __enter__(self) -> None:
        due = self.due
        if due is None:
            return
        self._task = task = asyncio.current_task(self._loop)
        assert task is not None  # noqa: S101  # a running coroutine has a task
        self._cancelling = task.cancelling()
        if self._timer is None or self._rings_at > due:
            self._wind(due)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        task, self._task = self._task, None
        if not self._barked:
            return
        self._barked = False
        assert task is not None  # noqa: S101  # it was cancelled by `_ring`
        # Our own cancellation is taken back; one that came from outside as well stays in force.
        if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wind(self, when: float) -> None:
        self.close()
        self._rings_at = when
        self._timer = self._loop.call_at(when, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._task is None or self.due is None or self._barked:
            return  # between two waits: the next one winds it
        if self._loop.time() < self.due:
            self._wind(self.due)
        else:
            self._barked = True
            self._task.cancel()
