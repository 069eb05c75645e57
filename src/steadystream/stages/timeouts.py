"""Limits on silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from steadystream.events import Batch, Message
from steadystream.policy.clock import Clock, Timeouts
from steadystream.request import Request

from .stage import Open, stage
from .watchdog import Watchdog


@dataclass(frozen=True)
class Silence:
    """Ends an attempt that brings nothing of the answer for too long.

    Goes inside `Recover`, so that the clocks start anew with each attempt.
    """

    timeouts: Timeouts

    @stage
    async def __call__(self, request: Request, open: Open) -> AsyncGenerator[Batch, None]:
        """Yield what passes, until it fails to come."""
        loop = asyncio.get_running_loop()
        clock = Clock(self.timeouts, loop.time())
        watchdog = Watchdog(loop)
        received = 0
        try:
            async with open(request) as events:
                while True:
                    finished = request.so_far is not None and request.so_far.is_finished
                    try:
                        with watchdog.until(clock.due(finished=finished)):
                            batch = await anext(events, None)
                    except TimeoutError:
                        raise clock.fault(finished=finished) from None
                    if batch is None:
                        return
                    received += len(batch)
                    if any(type(event) is Message and event.carries for event in batch):
                        clock.feed(loop.time(), received)
                    yield batch
        finally:
            watchdog.close()
