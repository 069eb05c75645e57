"""How long one attempt is waited for: one lazy timer for any number of waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from steadystream.errors import StreamFault
from steadystream.events import Batch
from steadystream.policy.clock import TAIL_SECONDS, Clock, Timeouts
from steadystream.policy.throughput import Flow
from steadystream.protocol.api import AnyTranscript
from steadystream.request import Request

Fail: TypeAlias = Callable[[StreamFault], bool]
"""Raises a fault where the next bytes are waited for; returns False when nobody waits just now."""


class Patience:
    """Ends a wait that lasts past its time, where it is waited.

    `Silence` makes one for each attempt, and it travels down with the request to the source, which
    alone waits. `asyncio.timeout` makes and cancels a timer for each wait, which costs several
    microseconds an event; this has one timer at most, and asks only when that rings whether time
    is over. So what feeds the clock need not touch it.

        async with patience.limit(): ...  # until the body is there
        patience.accepted()
        patience.begin(fail)
        while data := await more():  # `fail` raises here
            carries = batch[-1].carries or patience.weigh(batch)
            patience.arrived(batch)  # may be left out where `patience.flow` is None
            yield batch
            patience.taken(received, carries=carries)
        patience.end()

    Args:
        timeouts: the limits.
        deadline: when the whole answer has to be there, on the clock of the loop; None = no limit.
        total: the seconds that the deadline stands for.
        so_far: what has arrived of the answer; once it is finished, little more is waited for.

    Attributes:
        flow: whether what comes is enough; None = anything is.
    """

    __slots__ = (
        "_clock",
        "_deadline",
        "_every",
        "_fail",
        "_left",
        "_limit",
        "_loop",
        "_so_far",
        "_timer",
        "flow",
    )

    def __init__(
        self,
        timeouts: Timeouts,
        *,
        deadline: float | None = None,
        total: float | None = None,
        so_far: AnyTranscript | None = None,
    ) -> None:
        self._loop = loop = asyncio.get_running_loop()
        self._clock = Clock(timeouts, loop.time(), deadline=deadline, total=total)
        self._deadline = float("inf") if deadline is None else deadline
        self._every = shortest(timeouts)
        self._so_far = so_far
        self.flow = None if timeouts.slowest is None else Flow(timeouts.slowest)
        self._fail: Fail | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._limit: asyncio.Timeout | None = None
        self._left: StreamFault | None = None

    def due(self) -> float | None:
        """Return the end of the wait on the clock of the loop; None = no limit."""
        finished = self._is_finished()
        due = self._clock.due(finished=finished)
        drip = self.flow.due() if self.flow is not None and not finished else None
        return due if drip is None else min(drip, drip if due is None else due)

    def limit(self) -> asyncio.Timeout:
        """Return a limit for the wait until the body is there."""
        self._limit = asyncio.timeout_at(self.due())
        return self._limit

    def accepted(self) -> None:
        """Let go of that limit, which would keep the task that waited, and all in its frames."""
        self._limit = None

    def leave(self, fault: StreamFault) -> None:
        """End that wait at once, with `fault`: our own side closes the answer."""
        if self._limit is not None and not self._limit.expired():
            self._left = fault
            self._limit.reschedule(self._loop.time())

    def fault(self) -> StreamFault:
        """Return what it means that the time due passed."""
        if self._left is not None:
            return self._left
        now, finished = self._loop.time(), self._is_finished()
        if self.flow is None or self._clock.is_over(now, finished=finished):
            return self._clock.fault(now, finished=finished)
        return self.flow.fault(now, self._clock.received)

    def check(self) -> None:
        """Raise what it means that time is over before the attempt begins, if it is.

        Raises:
            DeadlineExceeded: the consumer took so long that the answer had to be whole by now.
        """
        if self._loop.time() >= self._deadline:
            raise self._clock.fault(self._loop.time())

    def begin(self, fail: Fail) -> None:
        """Guard all waits from now on until `end`."""
        self._fail = fail
        self._wind()

    def weigh(self, batch: Batch) -> bool:
        """Say whether anything in `batch`, which has just come, carries something of the answer.

        Raises:
            StreamFault: nothing does, and time is over. A batch is all that has arrived, so the
                silence is the upstream's, however long the consumer took.
        """
        carries = any(event.carries for event in batch)
        if not carries and self._is_over():
            raise self.fault()
        return carries

    def arrived(self, batch: Batch) -> None:
        """Note that `batch` came; only a flow wants to know."""
        if self.flow is not None:
            self.flow.arrived(self._loop.time(), sum(event.carries for event in batch))

    def taken(self, received: int, *, carries: bool) -> None:
        """Note that the consumer took what came and asks for more.

        The time that it took was not the upstream's, except for the deadline.

        Args:
            received: events so far.
            carries: whether something of the answer was in what it took.

        Raises:
            DeadlineExceeded: the answer had to be whole by now.
        """
        if self.flow is not None:
            self.flow.resumed(self._loop.time())
        if carries:
            now = self._loop.time()
            self._clock.feed(now, received)
            if now >= self._deadline:
                raise self._clock.fault(now)
        if self._timer is None:
            self._wind()

    def end(self) -> None:
        """Guard no further wait."""
        self._fail = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_finished(self) -> bool:
        return self._so_far is not None and self._so_far.is_finished

    def _is_over(self) -> bool:
        now, finished = self._loop.time(), self._is_finished()
        if self.flow is not None and not finished and self.flow.is_over(now):
            return True
        return self._clock.is_over(now, finished=finished)

    def _wind(self) -> None:
        due = self.due()
        # Asked so often, a limit that became shorter meanwhile is kept exactly.
        latest = self._loop.time() + self._every
        self._timer = self._loop.call_at(latest if due is None else min(due, latest), self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._fail is None:
            return
        if not self._is_over():
            self._wind()
        else:
            self._fail(self.fault())  # nobody waits: `taken` winds it again


def patience_of(request: Request) -> Patience:
    """Return how long a request may be waited for; without end where no stage said it."""
    return request.patience or Patience(_ENDLESS)


def shortest(timeouts: Timeouts) -> float:
    """Return the shortest silence that may end an attempt, in seconds."""
    least = TAIL_SECONDS
    drip = None if timeouts.slowest is None else timeouts.slowest.seconds
    for limit in (timeouts.first_token, timeouts.idle, drip):
        if limit is not None and limit < least:
            least = limit
    return least


_ENDLESS = Timeouts(connect=None, first_token=None, idle=None, total=None)
