"""A batch at work: who has a slot, who waits for one, and whose prompt is being read.

Everything is in the order of arrival, so the same requests at the same times always meet the same.
"""

from __future__ import annotations

import asyncio
from collections import deque

from fake_openai.clocks.clock import Clock

from .load import Load


class Full(Exception):
    """The queue has no room for one more."""


class Turns:
    """A number of places that are taken one after another.

    Args:
        places: how many there are.
        clock: by which their takers wait.
    """

    def __init__(self, places: int, clock: Clock) -> None:
        self._places = places
        self._clock = clock
        self._free = places
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def taken(self) -> int:
        """Places that are taken."""
        return self._places - self._free

    @property
    def waiting(self) -> int:
        """Takers that wait."""
        return len(self._queue)

    def take(self) -> asyncio.Future[None]:
        """Return what is done as soon as the taker has a place."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._free:
            self._free -= 1
            turn.set_result(None)
        else:
            self._queue.append(turn)
        return turn

    def give_back(self, turn: asyncio.Future[None]) -> None:
        """End what `take` began, whether or not its turn has come."""
        if turn in self._queue:
            self._queue.remove(turn)
        elif self._queue:
            self._clock.release(self._queue.popleft())
        else:
            self._free += 1


class Batch:
    """One server with limits.

    Args:
        load: the limits.
        clock: by which its requests wait.
    """

    def __init__(self, load: Load, clock: Clock) -> None:
        self.load = load
        self.clock = clock
        self.slots = Turns(load.slots, clock)
        self.reading = Turns(1, clock)

    def enter(self) -> Place:
        """Return the place of a request that comes now.

        Raises:
            Full: as many wait already as may.
        """
        limit = self.load.queue_limit
        full = limit is not None and self.slots.waiting >= limit
        if full and self.slots.taken == self.load.slots:
            raise Full
        return Place(self)


class Place:
    """One request in the batch or its queue.

    Args:
        batch: which.
    """

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._turn: asyncio.Future[None] | None = batch.slots.take()
        self._read = False

    @property
    def stretch(self) -> float:
        """By what the others stretch each wait of this one, now."""
        slots, load = self._batch.slots, self._batch.load
        return 1 + load.slowdown * (slots.taken - 1) + load.strain * slots.waiting

    async def ready(self, prompt_tokens: int) -> None:
        """Wait for a slot, then until the prompt is read; at once where that was done before."""
        if self._read or self._turn is None:
            return
        clock, reading = self._batch.clock, self._batch.reading
        await clock.wait_for(self._turn)
        rate = self._batch.load.prefill_tokens_per_second
        if rate is not None:
            turn = reading.take()
            try:
                await clock.wait_for(turn)
                await clock.sleep(prompt_tokens / rate)
            finally:
                reading.give_back(turn)
        self._read = True

    def leave(self) -> None:
        """Give the place up."""
        if self._turn is not None:
            self._batch.slots.give_back(self._turn)
            self._turn = None
