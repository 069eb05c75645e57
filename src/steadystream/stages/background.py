"""Cancels what goes on at a server for an answer that nobody waits for any more."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
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
    """Notes which responses begin and end in the background.

    Goes inside everything that opens attempts; it is there only where we put them there.
    """

    background: Background

    @stage
    async def __call__(self, request: Request, open: Open) -> AsyncGenerator[Batch, None]:
        """Yield what comes."""
        async with open(request) as events:
            async for batch in events:
                self.background.note(request, batch)
                yield batch


@dataclass(slots=True)
class Release:
    """Cancels, when the answer is over, what still goes on for it.

    Goes outside everything that may end an answer.

    Attributes:
        background: what goes on.
        cancel: sends a request that cancels one of them.
    """

    background: Background
    cancel: Cancel

    @stage
    async def __call__(self, request: Request, open: Open) -> AsyncGenerator[Batch, None]:
        """Yield what comes."""
        try:
            async with open(request) as events:
                async for batch in events:
                    yield batch
        finally:
            await release(self.background, self.cancel)


async def release(background: Background, cancel: Cancel) -> None:
    """Cancel what still goes on; no failure of that is anybody's concern.

    In a task of its own: who leaves an answer is often cancelled twice, once by a clock of ours
    that ends and once by the consumer.
    """
    requests = background.take()
    if not requests:
        return
    releasing = asyncio.create_task(_cancel_all(requests, cancel))
    try:
        await asyncio.shield(releasing)
    except asyncio.CancelledError:
        await asyncio.wait({releasing})
        raise


async def _cancel_all(requests: Iterable[Request], cancel: Cancel) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CANCEL_SECONDS):
            await asyncio.gather(*map(cancel, requests), return_exceptions=True)
