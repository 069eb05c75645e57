"""What ends a stream from outside while it waits for something."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


class OverError(Exception):
    """There is nothing more to come: what was waited for does not happen any more."""


class Over:
    """Whether something is over; those who wait for it hear of that at once."""

    def __init__(self) -> None:
        self.happened = False
        self._waiting: set[asyncio.Task[Any]] = set()

    def set(self) -> None:
        """Say that it is over."""
        self.happened = True
        for task in self._waiting:
            task.cancel()

    async def wait(self, wait: Awaitable[None]) -> None:
        """Wait in the task that calls, as clocks look at who waits.

        Raises:
            OverError: it is over, or was so meanwhile.
        """
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a coroutine runs in one)
        self._waiting.add(task)
        try:
            await wait
        except asyncio.CancelledError:
            if not self.happened or task.uncancel():
                raise
        finally:
            self._waiting.discard(task)
        if self.happened:
            raise OverError
