"""Where attempts wait for their turn."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from steadystream.errors import DeadlineExceeded
from steadystream.policy.pace import Lane
from steadystream.request import Request

from .leaving import Leave, left_by_us

_LOOKS_EVERY = 1.0
_Locks = WeakKeyDictionary[Lane, asyncio.Lock]
_LOCKS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Locks] = WeakKeyDictionary()


async def turn(lane: Lane, tokens: int, request: Request, leave: Leave) -> None:
    """Wait in line until it is this attempt's turn, and take it.

    First come, first served: who is at the head waits for the time, the others for the head. Who
    leaves the line leaves no gap.

    Raises:
        DeadlineExceeded: the answer had to be whole by then.
        Disconnected: the answer was left meanwhile.
    """
    loop = asyncio.get_running_loop()
    lock = _LOCKS.setdefault(loop, WeakKeyDictionary()).setdefault(lane, asyncio.Lock())
    limit = asyncio.timeout_at(request.deadline)
    lane.waiting += 1
    try:
        async with limit:
            with leave.ends(limit):
                async with lock:
                    await _due(lane, tokens)
    except TimeoutError:
        if limit.expired():
            if leave.left:
                raise left_by_us(request) from None
            raise DeadlineExceeded(request.total) from None
        raise
    finally:
        lane.waiting -= 1


async def _due(lane: Lane, tokens: int) -> None:
    """Wait at the head of the line for the time, and take the turn."""
    loop = asyncio.get_running_loop()
    now = loop.time()
    while (due := lane.due(now, tokens)) > now:
        pause = min(due - now, _LOOKS_EVERY)  # it may come sooner, or later, than it seems
        await asyncio.sleep(pause)
        now = max(now + pause, loop.time())
    lane.take(now, tokens)
