"""What was sent of response bodies, write by write, within bounds of memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fake_openai.delivery.prepared import Retold

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

    __slots__ = ("_parts", "_room", "_stream", "_tapes", "_times", "missed")

    def __init__(self, tapes: Tapes | None) -> None:
        self._tapes = tapes
        self._room = _MOST_BYTES
        self._times: list[float] = []
        self._parts: list[bytes] = []
        self._stream: Retold | None = None
        self.missed = 0

    def add(self, at: float, parts: Sequence[bytes]) -> None:
        """Take down writes.

        Args:
            at: seconds, on the clock of `Received.time`.
            parts: their bytes.
        """
        size = sum(map(len, parts))
        if self._has_room(size, len(parts)):
            self._parts += parts
            self._note(at, len(parts), size)

    def follow(self, at: float, stream: Retold, count: int, size: int) -> None:
        """Take down the next writes of a stream that can be told again; a response has no others.

        Args:
            at: seconds, on the clock of `Received.time`.
            stream: makes their bytes when they are asked for.
            count: how many they are.
            size: their bytes, without those of the transfer encoding.
        """
        # After a gap the numbers of writes would not fit those of the stream.
        if self._has_room(size, count, unbroken=True):
            self._stream = stream
            self._note(at, count, size)

    def _has_room(self, size: int, count: int, *, unbroken: bool = False) -> bool:
        full = size > self._room or len(self._times) > _MOST_WRITES
        if self._tapes is None or full or (unbroken and self.missed):
            self.missed += count
            return False
        return True

    def _note(self, at: float, count: int, size: int) -> None:
        assert self._tapes is not None  # noqa: S101 (there was room)
        self._room -= size
        self._times += [at] * count
        self._tapes.charge(size + _OVERHEAD * count)

    def __len__(self) -> int:
        return len(self._times)

    def since(self, place: int) -> Iterator[Sent]:
        """Yield the writes from number `place` on."""
        parts: Sequence[bytes] = self._parts[place:]
        if self._stream is not None and place < len(self):
            framed = self._stream.writes(place, len(self))
            parts = [data[data.index(b"\r\n") + 2 : -2] for data in framed]
        for at, data in zip(self._times[place:], parts, strict=False):
            yield Sent(at, data)

    @property
    def last(self) -> float | None:
        """When the last write that is kept was made."""
        return self._times[-1] if self._times else None

    def forget(self) -> None:
        """Begin anew: what was taken down was not sent."""
        if self._tapes is not None:
            self._tapes.charge(-self.used)
        self._room, self._times, self._parts, self.missed = _MOST_BYTES, [], [], 0
        self._stream = None

    @property
    def used(self) -> int:
        """Bytes of memory that it takes."""
        return _MOST_BYTES - self._room + _OVERHEAD * len(self._times)

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
        self.missed += len(self._times)
        self._room, self._times, self._parts, self._stream = _MOST_BYTES, [], [], None


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
