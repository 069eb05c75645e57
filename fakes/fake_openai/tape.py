"""What was sent of response bodies, write by write, within bounds of memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MOST_BYTES = 1024 * 1024  # of one response
_MOST_WRITES = 20_000  # of one response
_OVERHEAD = 100  # bytes that Python takes for keeping a write
_DROPPED_KEPT = 1_000
_ALL_BYTES = 32 * 1024 * 1024  # of all responses together


@dataclass(frozen=True, slots=True)
class Sent:
    """One write of a response body.

    Attributes:
        at: seconds, on the clock of `Received.time`.
        data: its bytes, without those of the transfer encoding.
    """

    at: float
    data: bytes


class Tape:
    """The writes of one response body; beyond 1 MiB or 20,000 they are only counted.

    Attributes:
        missed: writes that were not kept.
    """

    __slots__ = ("_framed", "_parts", "_room", "_tapes", "_times", "missed")

    def __init__(self, tapes: Tapes | None) -> None:
        self._tapes = tapes
        self._room = _MOST_BYTES
        self._times: list[float] = []
        self._parts: list[bytes] = []
        self._framed = False
        self.missed = 0

    def add(self, at: float, parts: Sequence[bytes], *, framed: bool = False) -> None:
        """Take down writes.

        Args:
            at: seconds, on the clock of `Received.time`.
            parts: their bytes.
            framed: whether these are with the transfer encoding; the same for all of a response.
        """
        size = sum(map(len, parts))
        if self._tapes is None or size > self._room or len(self._parts) > _MOST_WRITES:
            self.missed += len(parts)
            return
        self._framed = framed
        self._room -= size
        self._times += [at] * len(parts)
        self._parts += parts
        self._tapes.charge(size + _OVERHEAD * len(parts))

    def __len__(self) -> int:
        return len(self._parts)

    def since(self, place: int) -> Iterator[Sent]:
        """Yield the writes from number `place` on."""
        for at, data in zip(self._times[place:], self._parts[place:], strict=False):
            yield Sent(at, data[data.index(b"\r\n") + 2 : -2] if self._framed else data)

    @property
    def last(self) -> float | None:
        """When the last write that is kept was made."""
        return self._times[-1] if self._times else None

    def forget(self) -> None:
        """Begin anew: what was taken down was not sent."""
        if self._tapes is not None:
            self._tapes.charge(-self.used)
        self._room, self._times, self._parts, self.missed = _MOST_BYTES, [], [], 0

    @property
    def used(self) -> int:
        """Bytes of memory that it takes."""
        return _MOST_BYTES - self._room + _OVERHEAD * len(self._parts)

    @property
    def is_dropped(self) -> bool:
        """Whether its writes were forgotten for good."""
        return self._tapes is None

    def drop(self) -> None:
        """Forget the writes; what comes is only counted."""
        if self._tapes is None:
            return
        self._tapes.charge(-self.used)
        self._tapes.dropped()
        self._tapes = None
        self.missed += len(self._parts)
        self._room, self._times, self._parts = _MOST_BYTES, [], []


class Tapes:
    """The tapes of a server: those used up first are the oldest.

    Args:
        limit: bytes kept of all responses together.

    Attributes:
        used: bytes kept.
    """

    def __init__(self, limit: int = _ALL_BYTES) -> None:
        self.used = 0
        self._limit = limit
        self._tapes: deque[Tape] = deque()
        self._dropped = 0

    def new(self) -> Tape:
        """Return a tape for one response."""
        tape = Tape(self)
        self._tapes.append(tape)
        return tape

    def charge(self, size: int) -> None:
        """Count bytes that were kept; the oldest tapes go when there are too many."""
        self.used += size
        while self.used > self._limit and len(self._tapes) > 1:
            self._tapes.popleft().drop()

    def dropped(self) -> None:
        """Count a tape that was dropped; now and then those are let go of."""
        self._dropped += 1
        if self._dropped > _DROPPED_KEPT:
            self._dropped = 0
            self._tapes = deque(tape for tape in self._tapes if not tape.is_dropped)
