"""Limits on silence."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from steadystream.events import Batch
from steadystream.policy.clock import TAIL_SECONDS, Clock, Timeouts
from steadystream.request import Request

from .stage import Open, stage
from .watchdog import Watchdog


@dataclass(frozen=True)
class Silence:
    """Ends an attempt that brings nothing of the answer for too long, or runs past the deadline.

    Goes inside `Recover`, so that the clocks start anew with each attempt.
    """

    timeouts: Timeouts

    @stage
    async def __call__(self, request: Request, open: Open) -> AsyncGenerator[Batch, None]:
        """Yield what passes, until it fails to come."""
        loop = asyncio.get_running_loop()
        clock = Clock(self.timeouts, loop.time(), deadline=request.deadline, total=request.total)
        so_far = request.so_far

        def is_finished() -> bool:
            return so_far is not None and so_far.is_finished

        watchdog = Watchdog(
            loop, lambda: clock.due(finished=is_finished()), every=shortest(self.timeouts)
        )
        deadline = math.inf if request.deadline is None else request.deadline
        received = 0
        try:
            async with open(request) as events:
                fetch = events.__anext__
                while True:
                    watchdog.watch()
                    try:
                        batch = await fetch()
                    except StopAsyncIteration:
                        return
                    except BaseException as error:
                        if watchdog.ended(error):
                            raise clock.fault(loop.time(), finished=is_finished()) from None
                        raise
                    watchdog.rest()
                    received += len(batch)
                    carries = batch[-1].carries or any(event.carries for event in batch)
                    # A batch is all that has arrived: where that is nothing of the answer, the
                    # silence is the upstream's, however long the consumer took.
                    if not carries and clock.is_over(loop.time(), finished=is_finished()):
                        raise clock.fault(loop.time(), finished=is_finished())
                    yield batch
                    if carries:
                        # After the yield: the time the consumer took is not the upstream's.
                        now = loop.time()
                        clock.feed(now, received)
                        if now >= deadline:
                            raise clock.fault(now)
        finally:
            watchdog.close()


def shortest(timeouts: Timeouts) -> float:
    """Return the shortest silence that may end an attempt, in seconds."""
    limits = (timeouts.first_token, timeouts.idle, TAIL_SECONDS)
    return min(limit for limit in limits if limit is not None)
