"""Streams that were written once, to be sent again under another id.

Two attempts of one conversation differ in id and time, which are of the same length. So the bytes
of an answer, borders of writes and transfer encoding included, are made once; a busy server then
spends its time on sending.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from .steps import Send

MERGE_AT_MOST = 1024 * 1024  # bytes
_KEPT = 64


@dataclass(frozen=True)
class Prepared:
    """A whole stream.

    Attributes:
        id: the id in it.
        created: the time in it.
        chunks: its writes, each a chunk of the transfer encoding.
        sizes: bytes of each write, without the transfer encoding.
        events: how many events with data end with each write.
    """

    id: str
    created: int
    chunks: tuple[bytes, ...]
    sizes: tuple[int, ...]
    events: tuple[int, ...]

    @classmethod
    def of(cls, sends: Iterable[Send], id: str, created: int) -> Prepared:
        """Prepare `sends`, which tell `id` and `created`; each is a write."""
        sent = tuple(sends)
        bodies = [send.data for send in sent]
        sizes = tuple(map(len, bodies))
        chunks = [b"%x\r\n%b\r\n" % framed for framed in zip(sizes, bodies, strict=True)]
        events = tuple(send.events for send in sent)
        return cls(id, created, tuple(chunks), sizes, events)

    def again(self, id: str, created: int) -> Retold:
        """Return the stream with another id and another time, as long as those in it."""
        if (id, created) == (self.id, self.created):
            return Retold(self, ())
        names = zip(_names(self.id, self.created), _names(id, created), strict=True)
        swaps = [(old, old) for old in self.marks]
        for old, new in names:
            swaps = [(mark, told.replace(old, new)) for mark, told in swaps]
        return Retold(self, swaps)

    @cached_property
    def wire(self) -> bytes:
        """All its bytes; most streams are told once, and need them never."""
        return b"".join(self.chunks)

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """Where writes end in `wire`, after a 0."""
        return tuple(accumulate(map(len, self.chunks), initial=0))

    @cached_property
    def marks(self) -> tuple[bytes, ...]:
        """What differs when it is told again: id and time, as one where all between is the same."""
        both = _names(self.id, self.created)
        places = [self.wire.find(name) for name in both]
        last = max(zip(places, both, strict=True))
        span = self.wire[min(places) : last[0] + len(last[1])] if min(places) >= 0 else b""
        counts = {self.wire.count(name) for name in (span, *both)}
        return (span,) if len(counts) == 1 else both

    @cached_property
    def pieces(self) -> tuple[list[bytes], list[int]]:
        """The bytes between the first of `marks`, and where each piece begins in `wire`."""
        mark = self.marks[0]
        pieces = self.wire.split(mark)
        lengths = (len(piece) + len(mark) for piece in pieces)
        return pieces, list(accumulate(lengths, initial=0))[:-1]


class Retold:
    """The writes of a prepared stream under another id and time, made when they are asked for.

    Few are there at a time: the bytes of many streams at once would not stay in the caches of a
    processor.

    Args:
        prepared: the stream.
        swaps: each of its marks, and what is told instead; none = it is told as it is.
    """

    __slots__ = ("_swaps", "prepared")

    def __init__(self, prepared: Prepared, swaps: Sequence[tuple[bytes, bytes]]) -> None:
        self.prepared = prepared
        self._swaps = swaps

    def __len__(self) -> int:
        return len(self.prepared.sizes)

    def writes(self, start: int, end: int) -> list[bytes]:
        """Return the writes from number `start` to before `end`, with the transfer encoding."""
        if not self._swaps:
            return list(self.prepared.chunks[start:end])
        ends = self.prepared.ends[start : end + 1]
        first, part = self._part(ends[0], ends[-1])
        return [part[a - first : b - first] for a, b in pairwise(ends)]

    def whole(self, before: bytes, after: bytes) -> bytes:
        """Return all its writes, with the transfer encoding, between `before` and `after`."""
        if not self._swaps:
            return b"".join((before, *self.prepared.chunks, after))
        if len(self._swaps) != 1:
            return b"".join((before, self._part(0, len(self.prepared.wire))[1], after))
        # One join, and no further copy of a stream that may be long.
        first, *rest = self.prepared.pieces[0]
        if not rest:
            return b"".join((before, first, after))
        *between, last = rest
        return self._swaps[0][1].join((before + first, *between, last + after))

    def _part(self, start: int, end: int) -> tuple[int, bytes]:
        """Return bytes that hold those from `start` to `end`, and where they begin."""
        pieces, begins = self.prepared.pieces
        # To join what was split once is many times faster than to look for the marks again.
        low = bisect_right(begins, start) - 1
        part = self._swaps[0][1].join(pieces[low : bisect_left(begins, end)])
        for old, new in self._swaps[1:]:
            part = part.replace(old, new)
        return begins[low], part


def _names(id: str, created: int) -> tuple[bytes, bytes]:
    # No text can be mistaken for these: in a JSON string the quotes would be escaped.
    return f'"id":"{id}"'.encode(), f'"created":{created}'.encode()


def merged(sends: Iterable[Send]) -> Iterator[Send]:
    """Yield `sends` as few large ones."""
    held: list[Send] = []
    size = 0
    for send in sends:
        held.append(send)
        size += len(send.data)
        if size > MERGE_AT_MOST:
            yield joined(held)
            held, size = [], 0
    if held:
        yield joined(held)


def joined(sends: Sequence[Send]) -> Send:
    """Return one send of all the bytes of `sends`."""
    return Send(
        b"".join(send.data for send in sends),
        sum(send.events for send in sends),
        final=any(send.final for send in sends),
    )


class Shelf:
    """Keeps the streams that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Prepared] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Prepared]) -> Prepared:
        """Return the stream for `key`, made if need be."""
        prepared = self._kept.get(key)
        if prepared is None:
            prepared = self._kept[key] = make()
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return prepared
