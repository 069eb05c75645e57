"""Makes a response that was asked for once more look like the rest of the first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from steadystream.errors import SpliceMismatch
from steadystream.events import Batch, Done, Message, Restarted, Resumed, Seam
from steadystream.protocol.expected import mismatch

from .events import ResponseEvent
from .item_match import ItemMatch
from .kinds import BEGINNINGS
from .transcript import ResponseTranscript
from .writing import Writer, document_of

_THOUGHT = "reasoning"


class ResponseMatch:
    """Drops what the consumer has of a response while it comes again, and lets the rest pass.

    Items are compared one by one, in order; nothing new passes before all that was delivered came
    again. Reasoning alone may differ, as long as nothing but reasoning was delivered: then what
    comes of it in place of the rest is dropped, and the items that were cut are closed as they are.

    What passes goes on with the numbers, and has the ids, of the response that was delivered; what
    tells a whole tells the whole that was delivered.

    Args:
        so_far: what was delivered before.
        seam: where and how it goes on.
        anew: whether reasoning is delivered again, behind a `Restarted`; for responses of which
            nothing else was delivered.

    Attributes:
        is_open: never; every event of such an attempt is looked at.
    """

    is_open = False

    def __init__(
        self,
        so_far: ResponseTranscript,
        seam: Seam,
        *,
        anew: bool = False,
    ) -> None:
        self._writer = Writer(so_far)
        items = sorted(self._writer.joined.copy().items, key=lambda item: item.index)
        self._items = [ItemMatch(item) for item in items if not item.is_void]
        self._coming = list(self._items)
        self._places: dict[int, ItemMatch | int] = {}
        self._dropped: set[int] = set()
        self._may_differ = has_only_reasoned(so_far)
        self._parted = False  # the reasoning became another one, and the answer has not begun
        self._verified = True
        self._seam = seam
        self._anew = anew
        self._joined = False

    def feed(self, batch: Batch) -> Batch:
        """Return what of `batch` is new, changed where it must be.

        Raises:
            SpliceMismatch: it is another answer.
        """
        passed: Batch = []
        for event in batch:
            if isinstance(event, Message):
                self._message(event, passed)
                continue
            if isinstance(event, Done):
                self.close()
            passed.append(event)
        return passed

    def close(self) -> Batch:
        """Return nothing, at the end of the attempt.

        Raises:
            SpliceMismatch: it ended before all that was delivered had come again.
        """
        if not self._is_met:
            raise mismatch("the end of the response")
        return []

    @property
    def _is_met(self) -> bool:
        return not self._parted and all(item.is_met for item in self._items)

    def _message(self, message: Message, passed: Batch) -> None:
        said = message.said
        if said is None:
            return
        if said.type in BEGINNINGS:
            self._writer.note_upstream(said.response)
        elif said.ends:
            self._end(message, said, passed)
        elif said.output_index is not None:
            self._item(said.output_index, message, said, passed)
        elif said.type.startswith("response."):
            self.close()
            self._pass(document_of(message.raw), passed)

    def _end(self, message: Message, said: ResponseEvent, passed: Batch) -> None:
        if self._may_differ and not self._is_met:
            self._depart(passed)
        self.close()
        self._join(passed)
        self._writer.note_upstream(said.response)
        passed.append(self._writer.ending(document_of(message.raw)))

    def _item(self, number: int, message: Message, said: ResponseEvent, passed: Batch) -> None:
        if number not in self._places and number not in self._dropped:
            self._begin(number, said, passed)
        if number in self._dropped:
            return
        place = self._places[number]
        if isinstance(place, ItemMatch) and said.item is not None:
            for name in ("id", "call_id"):
                self._writer.note_alias(place.delivered.item.get(name), said.item.get(name))
        document = document_of(message.raw)
        if isinstance(place, int):
            document["output_index"] = place
            self._pass(document, passed)
        elif self._keeps(place, said, document):
            if any(not item.is_met for item in self._items if item is not place):
                raise mismatch(f"{said.type} before it")
            self._pass(document, passed)
        elif self._parted:
            self._dropped.add(number)

    def _begin(self, number: int, said: ResponseEvent, passed: Batch) -> None:
        """Say where an item of the new response belongs."""
        kind = (said.item or {}).get("type")
        thinks = kind == _THOUGHT
        if self._anew and not self._joined:
            self._depart(passed)
        if self._parted and thinks:
            self._dropped.add(number)
            return
        if self._may_differ and not thinks and (self._coming or not self._is_met):
            self._depart(passed)
        if self._coming:
            place = self._places[number] = self._coming.pop(0)
            place.begin(said.item)
            return
        if not self._is_met:
            raise mismatch(f"an item of type {kind}")
        self._places[number] = self._writer.next_index

    def _keeps(self, place: ItemMatch, said: ResponseEvent, document: dict[str, Any]) -> bool:
        try:
            return said.type != "response.output_item.added" and place.keep(said, document)
        except SpliceMismatch:
            if not self._may_differ:
                raise
            # Another thought: the rest of it is dropped, until the answer begins.
            self._parted = True
            return False

    def _depart(self, passed: Batch) -> None:
        """Leave the first reasoning as it is, closed where it was cut."""
        self._verified = self._parted = self._may_differ = False
        self._items.clear()
        self._coming.clear()
        self._join(passed)
        for item in list(self._writer.joined.items):
            passed.extend(self._writer.closing(item))

    def _pass(self, document: dict[str, Any], passed: Batch) -> None:
        self._join(passed)
        passed.append(self._writer.written(document))

    def _join(self, passed: Batch) -> None:
        """Tell, before the first new event, that the answer goes on."""
        if self._joined:
            return
        self._joined = True
        seam = self._seam
        if self._anew:
            passed.append(Restarted(seam.attempt, seam.cause))
        else:
            passed.append(Resumed(replace(seam, verified=self._verified)))


def has_only_reasoned(so_far: ResponseTranscript) -> bool:
    """Say whether nothing but reasoning was delivered of the output."""
    return bool(so_far.items) and all(item.kind == _THOUGHT for item in so_far.items)
