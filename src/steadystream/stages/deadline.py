"""One limit over the whole answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from steadystream.errors import DeadlineExceeded
from steadystream.events import Batch
from steadystream.request import Request

from .stage import Open, stage
from .watchdog import Watchdog

CHECKED_EVERY = 3600.0
"""Seconds between two looks at a time that never changes; for the sake of there being one."""


@dataclass(frozen=True)
class Deadline:
    """Ends the answer after `seconds`, waiting and further attempts included; None = never.

    Goes outside `Recover`, and tells it by `request.deadline` how much time is left.
    """

    seconds: float | None

    @stage
    async def __call__(self, request: Request, open: Open) -> AsyncGenerator[Batch, None]:
        """Yield what passes, until the time is over."""
        loop = asyncio.get_running_loop()
        due = None if self.seconds is None else loop.time() + self.seconds
        watchdog = Watchdog(loop, lambda: due, every=CHECKED_EVERY)
        try:
            async with open(replace(request, deadline=due)) as events:
                fetch = events.__anext__
                while True:
                    try:
                        with watchdog:
                            batch = await fetch()
                    except StopAsyncIteration:
                        return
                    except TimeoutError:
                        raise DeadlineExceeded(self.seconds or 0.0) from None
                    yield batch
        finally:
            watchdog.close()
