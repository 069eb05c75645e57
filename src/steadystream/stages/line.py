"""Where attempts wait for their turn."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from steadystream.errors import DeadlineExceeded
from steadystream.policy.pace import Lane
from steadystream.request import Request

_LOOKS_EVERY = 1.0
_Locks = WeakKeyDictionary[Lane, asyncio.Lock]
_LOCKS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Locks] = WeakKeyDictionary()


async def turn(lane: Lane, tokens: int, request: Request) -> None:
    """Wait in line until it is this attempt's turn, and take it.

    First come, first served: who is at the head waits for the time, the others for the head. Who
    leaves the line leaves no gap.

    Raises:
        DeadlineExceeded: the answer had to be whole by then.
    """
    loop = asyncio.get_running_loop()
    lock = _LOCKS.setdefault(loop, WeakKeyDictionary()).setdefault(lane, asyncio.Lock())
    limit = asyncio.timeout_at(request.deadline)
    lane.waiting += 1
    try:
        async with limit, lock:
            now = loop.time()
            while (due := lane.due(now, tokens)) > now:
                pause = min(due - now, _LOOKS_EVERY)  # it may come sooner, or later, than it seems
                await asyncio.sleep(pause)
                now = max(now + pause, loop.time())
            lane.take(now, tokens)
    except TimeoutError:
        if limit.expired():
            raise DeadlineExceeded(request.total) from None
        raise
    finally:
        lane.waiting -= 1
