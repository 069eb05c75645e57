"""One limit over the whole answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from steadystream.request import Request

from .stage import Open, OpenStream


@dataclass(slots=True)
class Deadline:
    """Sets the time at which the answer has to be whole; None = never.

    Goes outside `Recover`, so that it covers waiting and further attempts. It opens the stream and
    is not in its way: who waits observes `request.deadline`. `Patience` ends an attempt by it, and
    `Recover` begins no wait that would pass it. A stage of its own around every event would cost as
    much as decoding one.
    """

    seconds: float | None

    def __call__(self, request: Request, open: Open) -> OpenStream:
        """Return the stream for `request` with a deadline."""
        if self.seconds is None:
            return open(request)
        due = asyncio.get_running_loop().time() + self.seconds
        return open(request.but(deadline=due, total=self.seconds))
