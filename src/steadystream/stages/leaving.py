"""What waits for the sake of an answer ends when its own side closes it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from steadystream.errors import Disconnected, GaveUp, StreamFault
from steadystream.request import Request


class Leave:
    """Is told that an answer was closed by its own side, and ends what waits just then.

    Whoever reads the answer in another task may sleep before the next attempt, or stand in line for
    its turn. Nothing that is closed on the wire would wake it.

    Attributes:
        left: whether it was closed.
    """

    __slots__ = ("_waits", "left")

    def __init__(self) -> None:
        self.left = False
        self._waits: list[asyncio.Timeout] = []

    def end(self) -> None:
        """End every wait, those that begin later too."""
        self.left = True
        for limit in self._waits:
            _expire(limit)

    @contextmanager
    def ends(self, limit: asyncio.Timeout) -> Iterator[None]:
        """Let `limit`, which was entered before, expire when the answer is left."""
        if self.left:
            _expire(limit)
        self._waits.append(limit)
        try:
            yield
        finally:
            self._waits.remove(limit)

    async def sleep(self, seconds: float, request: Request) -> None:
        """Wait.

        Raises:
            Disconnected: the answer was left meanwhile, or before.
        """
        try:
            async with asyncio.timeout(None) as limit:
                with self.ends(limit):
                    await asyncio.sleep(seconds)
        except TimeoutError:
            raise left_by_us(request).give_up(GaveUp.NOT_TRANSIENT) from None

    def instead_of(self, fault: StreamFault, request: Request) -> StreamFault:
        """Return what `fault` really is: once the answer was left, all that breaks comes of it."""
        if not self.left or not fault.transient:
            return fault
        return left_by_us(request, getattr(fault, "received", 0))

    def ended(self, error: BaseException | None) -> BaseException | None:
        """Return what ended an attempt: the upstream is not blamed for what our side closed."""
        if not self.left or not isinstance(error, StreamFault):
            return error
        return GeneratorExit() if error.transient or isinstance(error, Disconnected) else error


def _expire(limit: asyncio.Timeout) -> None:
    with suppress(RuntimeError):  # the loop is over: nothing waits any more
        if not limit.expired():
            limit.reschedule(asyncio.get_running_loop().time())


def left_by_us(request: Request, received: int = 0) -> Disconnected:
    """Return the fault of whoever reads an answer that is closed under its hands."""
    target = urlsplit(request.url).netloc.rpartition("@")[2]
    fault = Disconnected(received, f"the answer from {target} was closed by its own side")
    fault.transient = False
    return fault
