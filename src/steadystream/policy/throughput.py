"""When a stream that goes on is too slow to be worth it."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from steadystream.errors import Dripped

from .settings import check_number, check_span


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """The least that a stream has to bring, once it has begun; less counts as a stall.

    Attributes:
        pieces_per_second: events that carry something of the answer. A server sends one for a token
            or for several.
        seconds: the time over which they are counted.
    """

    pieces_per_second: float
    seconds: float = 30.0

    def __post_init__(self) -> None:
        check_number("throughput.pieces_per_second", self.pieces_per_second, 0.001)
        check_span("throughput.seconds", self.seconds)

    @property
    def least(self) -> int:
        """Pieces that have to come within the time."""
        return math.ceil(self.pieces_per_second * self.seconds)


class Flow:
    """Says until when the stream of one attempt is fast enough.

    The time that the consumer takes for what came is not counted: it is as if it had not passed.
    """

    def __init__(self, settings: Throughput) -> None:
        self._seconds = settings.seconds
        self._least = settings.least
        self._pieces: deque[float] = deque(maxlen=self._least)
        self._begun: float | None = None
        self._arrived_at: float | None = None
        self._consumed = 0.0

    def arrived(self, now: float, pieces: int) -> None:
        """Note that so many pieces came; from here on it is the consumer that takes its time."""
        self._arrived_at = now
        if pieces:
            flowing = now - self._consumed
            if self._begun is None:
                self._begun = flowing
            self._pieces.extend([flowing] * min(pieces, self._least))

    def resumed(self, now: float) -> None:
        """Note that the consumer asks for more."""
        if self._arrived_at is not None:
            self._consumed += now - self._arrived_at
            self._arrived_at = None

    def due(self) -> float | None:
        """Return when too little will have come, if nothing else comes; None = not begun."""
        if self._begun is None:
            return None
        full = len(self._pieces) == self._least
        return (self._pieces[0] if full else self._begun) + self._seconds + self._consumed

    def is_over(self, now: float) -> bool:
        """Say whether too little has come."""
        due = self.due()
        return due is not None and now >= due

    def fault(self, now: float, received: int) -> Dripped:
        """Return what that means.

        Args:
            now: the time.
            received: events of the attempt.
        """
        since = now - self._consumed - self._seconds
        pieces = sum(time > since for time in self._pieces)
        return Dripped(min(pieces, self._least - 1), self._least, self._seconds, received)
