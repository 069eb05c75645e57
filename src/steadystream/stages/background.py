"""Cancels what goes on at a server for an answer that nobody waits for any more."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from steadystream.events import Batch
from steadystream.policy.background import Background
from steadystream.request import Request

from .stage import Open, stage

CANCEL_SECONDS = 2.0
"""How long all of it may take. Whoever leaves an answer waits no longer than this."""

Cancel: TypeAlias = Callable[[Request], Awaitable[None]]


@dataclass(slots=True)
class Notice:
    """Notes which responses begin and end in the background, and cancels those given up for others.

    Goes inside everything that opens attempts; it is there only where we put them there. One that
    was overtaken, or cut and begun anew, is not waited for, and costs as long as it goes on.

    Attributes:
        background: what goes on.
        cancel: sends a request that cancels one of them.
        under_way: what cancels just now.
    """

    background: Background
    cancel: Cancel
    under_way: set[asyncio.Task[None]]

    @stage
    async def __call__(self, request: Request, open: Open) -> AsyncGenerator[Batch, None]:
        """Yield what comes."""
        background, begun = self.background, False
        try:
            async with open(request) as events:
                async for batch in events:
                    background.note(request, batch)
                    if not begun and background.begins(request.attempt):
                        begun = True
                        self._begin(background.take_before(request.attempt))
                    yield batch
        except (GeneratorExit, asyncio.CancelledError):  # overtaken, or left
            self._begin(background.take_of(request))
            raise

    def _begin(self, requests: list[Request]) -> None:
        if requests:
            task = asyncio.create_task(_cancel_all(requests, self.cancel))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)


@dataclass(slots=True)
class Release:
    """Cancels, when the answer is over, what still goes on for it.

    Goes outside everything that may end an answer.

    Attributes:
        background: what goes on.
        cancel: sends a request that cancels one of them.
        under_way: what cancels already.
    """

    background: Background
    cancel: Cancel
    under_way: set[asyncio.Task[None]]

    @stage
    async def __call__(self, request: Request, open: Open) -> AsyncGenerator[Batch, None]:
        """Yield what comes."""
        try:
            async with open(request) as events:
                async for batch in events:
                    yield batch
        finally:
            await release(self.background, self.cancel, self.under_way)


async def release(
    background: Background, cancel: Cancel, under_way: Collection[asyncio.Task[None]] = ()
) -> None:
    """Cancel what still goes on; no failure of that is anybody's concern.

    In a task of its own: who leaves an answer is often cancelled twice, once by a clock of ours
    that ends and once by the consumer.
    """
    requests, waited_for = background.take(), set(under_way)
    if requests:
        waited_for.add(asyncio.create_task(_cancel_all(requests, cancel)))
    if not waited_for:
        return
    try:
        await asyncio.wait(waited_for)  # none of them is cancelled with who waits
    except asyncio.CancelledError:
        await asyncio.wait(waited_for)
        raise


async def _cancel_all(requests: Iterable[Request], cancel: Cancel) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CANCEL_SECONDS):
            await asyncio.gather(*map(cancel, requests), return_exceptions=True)
