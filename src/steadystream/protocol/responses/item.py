"""What has arrived of one item of a response's output."""

from __future__ import annotations

from typing import Any

import msgspec

from steadystream.protocol.pieces import joined

from .events import ResponseEvent
from .kinds import GROWING, PARTS, PARTS_DONE, WHOLE, Growing

_OWN = -1
"""Index of a text that stands in the item itself, not in one of its parts."""


class GrowingText(msgspec.Struct, omit_defaults=True):
    """A text that comes in deltas.

    Attributes:
        index: of its part in the list that it stands in; -1 = it stands in the item itself.
        place: that list; "" = it stands in the item itself.
        member: what it is called there.
        part: the part as the server told it last, without what came since.
        pieces: of the text, joined when it is asked for.
        logprobs: of its tokens.
        annotations: the sources that it names.
        is_told: whether the whole text was told.
        is_closed: whether its part is closed.
        is_opened: whether its part was opened with an event of its own.
    """

    index: int
    place: str
    member: str
    part: dict[str, Any]
    pieces: list[str] = []
    logprobs: list[Any] = []
    annotations: list[Any] = []
    is_told: bool = False
    is_closed: bool = False
    is_opened: bool = False

    @property
    def text(self) -> str:
        """All that came of it."""
        return joined(self.pieces)

    def told(self) -> dict[str, Any]:
        """Return the part, as it is by now."""
        if self.is_closed:
            return self.part
        told = {**self.part, self.member: self.text}
        if self.annotations:
            told["annotations"] = self.annotations
        if self.logprobs:
            told["logprobs"] = self.logprobs
        return told


class ItemTranscript(msgspec.Struct, omit_defaults=True):
    """Folds what events say of one item.

    Attributes:
        index: its place in the output.
        item: as the server told it last, without what came since.
        texts: in the order of their beginnings.
        steps: what came of it that is no text, by type of event, in order.
        is_done: whether the server said that it is done.
        is_void: whether it was thought, cut, and thought anew.
    """

    index: int
    item: dict[str, Any]
    texts: list[GrowingText] = []
    steps: list[str] = []
    is_done: bool = False
    is_void: bool = False

    @property
    def kind(self) -> str:
        """Its type: "message", "reasoning", "function_call", ..."""
        return str(self.item.get("type") or "")

    @property
    def id(self) -> str | None:
        """Its id, if it has one."""
        id = self.item.get("id")
        return id if isinstance(id, str) else None

    def feed(self, event: ResponseEvent) -> None:
        """Add what an event says."""
        kind = event.type
        growing = GROWING.get(kind)
        if growing is not None:
            text = self.text_of(event, growing)
            if event.piece:
                text.pieces.append(event.piece)
            if isinstance(event.logprobs, list):
                text.logprobs.extend(event.logprobs)
        elif kind in WHOLE:
            self._tell(self.text_of(event, WHOLE[kind]), event)
        elif kind in PARTS or kind in PARTS_DONE:
            self._feed_part(event, is_done=kind in PARTS_DONE)
        elif kind == "response.output_text.annotation.added":
            self.text_of(event, GROWING["response.output_text.delta"]).annotations.append(
                event.annotation
            )
        elif kind == "response.output_item.done":
            self.item, self.is_done = event.item or self.item, True
        else:
            self.steps.append(kind)

    def text_of(self, event: ResponseEvent, growing: Growing) -> GrowingText:
        """Return the text that an event is about."""
        place = growing.place
        number = event.summary_index if place == "summary" else event.content_index
        index = _OWN if not place else number or 0
        found = self._at(place, index)
        if found is None or (not place and found.member != growing.member):
            part: dict[str, Any] = {"type": growing.part} if growing.part else {}
            found = GrowingText(index, place, growing.member, part)
            self.texts.append(found)
        elif found.member != growing.member:
            found.member = growing.member
        return found

    def _at(self, place: str, index: int) -> GrowingText | None:
        return next((t for t in self.texts if t.index == index and t.place == place), None)

    def _tell(self, text: GrowingText, event: ResponseEvent) -> None:
        whole = getattr(event, text.member, None)
        if isinstance(whole, str) and whole != text.text:
            text.pieces = [whole]
        if isinstance(event.logprobs, list):
            text.logprobs = list(event.logprobs)
        text.is_told = True

    def _feed_part(self, event: ResponseEvent, *, is_done: bool) -> None:
        summary = event.summary_index is not None
        place = "summary" if summary else "content"
        part = dict(event.part or {})
        member = "refusal" if part.get("type") == "refusal" else "text"
        text = self.text_of(event, Growing(place, member, str(part.get("type") or "")))
        text.part, text.is_closed, text.is_opened = part, is_done, True
        said = part.get(member)
        if isinstance(said, str) and said and (is_done or not text.pieces):
            text.pieces = [said]

    def told(self) -> dict[str, Any]:
        """Return the item, as it is by now."""
        if self.is_done or not self.texts:
            return self.item
        item = dict(self.item)
        for text in self.texts:
            if not text.place:
                item[text.member] = text.text
        for place in ("content", "summary"):
            parts = sorted((t for t in self.texts if t.place == place), key=lambda t: t.index)
            if parts:
                item[place] = [part.told() for part in parts]
        return item

    def said(self, kind: str) -> str:
        """Return the text of all its parts of one type: "output_text", "refusal", ..."""
        place = "summary" if kind == "summary_text" else "content"
        parts = self.told().get(place)
        texts = (
            part.get("refusal" if kind == "refusal" else "text")
            for part in (parts if isinstance(parts, list) else ())
            if isinstance(part, dict) and part.get("type", kind) == kind
        )
        return "".join(text for text in texts if isinstance(text, str))
