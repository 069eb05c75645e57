"""A clock that leaps: where everything waits, time goes to the next thing that is due."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Self

from .clock import Clock
from .leap import Leap

_MOMENT = 0.0002  # seconds


class VirtualClock(Clock):
    """Virtual time for the running event loop and all that is in it, clients included.

    As long as something can run or bytes are on their way, time stands still; when all wait, it
    leaps to the timer that is due first, be it the fake's or the client's. An hour of silence
    costs less than a millisecond, and a client that gives up after 30 s does so after 30 s.

    Use it as `FakeOpenAI(clock=VirtualClock())` or `with VirtualClock():` in a coroutine. The
    client must be in the same loop. While a thread works for the loop (`asyncio.to_thread`, the
    resolver), time runs as the real one does.
    """

    def __init__(self) -> None:
        super().__init__()
        self._leap: Leap | None = None
        self._starts = 0

    def start(self) -> None:
        """Begin: from here on the loop's time leaps.

        Raises:
            RuntimeError: no loop runs, or one whose time cannot be replaced.
        """
        loop = asyncio.get_running_loop()
        leap = Leap.of(loop)
        if self._leap is not None and leap is not self._leap:
            raise RuntimeError("this VirtualClock is in use in another event loop")
        leap.enter()
        self._leap = leap
        self._starts += 1
        super().start()

    def stop(self) -> None:
        """End: the loop's time goes on from where it is, as fast as the real one."""
        if self._leap is not None:
            leap = self._leap
            self._starts -= 1
            if not self._starts:
                self._leap = None
            leap.leave()

    async def give_kernel_time(self) -> None:
        """Wait a moment for what the kernel has to do; virtual time stands still."""
        time.sleep(_MOMENT)  # noqa: ASYNC251 (the loop's own sleep would be virtual)
        await asyncio.sleep(0)

    async def advance(self, seconds: float, *, waits: int = 0) -> None:  # noqa: ARG002
        """Let `seconds` pass; `waits` is of no use here, as time never overtakes a request."""
        await self.sleep(seconds)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
