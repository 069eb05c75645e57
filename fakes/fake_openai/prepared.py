"""Streams that were written once, to be sent again under another id.

Two attempts of one conversation differ in id and time, which are of the same length. So the bytes
of an answer, borders of writes and transfer encoding included, are made once; a busy server then
spends its time on sending.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from .steps import Send

_KEPT = 64


@dataclass(frozen=True, slots=True)
class Prepared:
    """A whole stream.

    Attributes:
        id: the id in it.
        created: the time in it.
        wire: its bytes, each event a chunk of the transfer encoding.
        cuts: where events begin and end in them.
        sizes: bytes of each event, without the transfer encoding.
        events: how many of them carry data, for each event (1 or 0).
    """

    id: str
    created: int
    wire: bytes
    cuts: tuple[tuple[int, int], ...]
    sizes: tuple[int, ...]
    events: tuple[int, ...]

    @classmethod
    def of(cls, sends: Iterable[Send], id: str, created: int) -> Prepared:
        """Prepare `sends`, which tell `id` and `created`."""
        sent = tuple(sends)
        chunks = [b"%x\r\n%b\r\n" % (send.size, send.data) for send in sent]
        ends = accumulate(map(len, chunks), initial=0)
        return cls(
            id,
            created,
            b"".join(chunks),
            tuple(pairwise(ends)),
            tuple(send.size for send in sent),
            tuple(send.events for send in sent),
        )

    def again(self, id: str, created: int) -> list[bytes]:
        """Return its writes with another id and another time, as long as those in it."""
        wire = self.wire
        # No text can be mistaken for these: in a JSON string the quotes would be escaped.
        for name, old, new in (
            ("id", f'"{self.id}"', f'"{id}"'),
            ("created", str(self.created), str(created)),
        ):
            wire = wire.replace(f'"{name}":{old}'.encode(), f'"{name}":{new}'.encode())
        return [wire[start:end] for start, end in self.cuts]


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
