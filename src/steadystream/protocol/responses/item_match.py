"""Compares one item of a regenerated response with what was delivered of it."""

from __future__ import annotations

from typing import Any

from steadystream.errors import SpliceMismatch
from steadystream.protocol.expected import Expected, mismatch

from .events import ResponseEvent
from .item import GrowingText, ItemTranscript
from .kinds import GROWING, PARTS, PARTS_DONE, WHOLE
from .writing import shorten

_OF_AN_ATTEMPT = frozenset({"id", "call_id", "status", "encrypted_content", "created_by"})
"""Members of items that are others each time."""

_WITH_TEXTS = frozenset({"message", "reasoning"})


class _Again:
    """One text that has to come again."""

    def __init__(self, text: GrowingText) -> None:
        self.delivered = text
        self.expected = Expected(text.text)
        self.annotations = list(text.annotations)

    @property
    def is_met(self) -> bool:
        return self.expected.is_met and not self.annotations

    def is_new_whole(self, whole: object) -> bool:
        """Compare what tells the whole text; some servers tell it in no other way."""
        if isinstance(whole, str):
            self.expected = Expected(self.delivered.text)
            if self.expected.fresh(whole) and self.delivered.is_told:
                raise mismatch(whole)
        return not self.delivered.is_told


class ItemMatch:
    """Takes away from the events of an item what the consumer has of it, while it is the same.

    Args:
        delivered: what the consumer has.

    Attributes:
        index: its place in the output, as the consumer knows it.
    """

    def __init__(self, delivered: ItemTranscript) -> None:
        self.index = delivered.index
        self.delivered = delivered
        self._texts = [_Again(text) for text in delivered.texts]
        self._steps = list(delivered.steps)
        self._waits_for_end = delivered.is_done

    @property
    def is_met(self) -> bool:
        """Whether all that was delivered came again."""
        return self._has_texts and not self._waits_for_end

    @property
    def _has_texts(self) -> bool:
        return all(text.is_met for text in self._texts)

    def begin(self, item: dict[str, Any] | None) -> None:
        """Compare the beginning of the item.

        Raises:
            SpliceMismatch: it is another one.
        """
        had, got = self.delivered.item, item or {}
        for name in ("type", "name", "role", "server_label"):
            if got.get(name) != had.get(name):
                raise mismatch(f"an item with {name} {got.get(name)}")

    def keep(self, said: ResponseEvent, document: dict[str, Any]) -> bool:
        """Take from an event what was delivered; say whether anything is left of it.

        Raises:
            SpliceMismatch: it is another answer.
        """
        left = self._is_new(said, document)
        if left:
            if self.delivered.is_done or not self._has_texts:
                raise mismatch(said.piece or f"{said.type} before it")
            self._rename(document)
        return left

    def _is_new(self, said: ResponseEvent, document: dict[str, Any]) -> bool:
        kind = said.type
        if kind in GROWING or kind in WHOLE:
            mine = self._text_of(said)
            if kind in GROWING:
                return _is_new_piece(mine, said, document)
            return mine is None or mine.is_new_whole(getattr(said, mine.delivered.member, None))
        if kind in PARTS:
            mine = self._text_of(said)
            return mine is None or not mine.delivered.is_opened
        if kind in PARTS_DONE:
            mine = self._text_of(said)
            return mine is None or not mine.delivered.is_closed
        if kind == "response.output_text.annotation.added":
            mine = self._text_of(said)
            if mine is None or not mine.annotations:
                return True
            if mine.annotations.pop(0) != said.annotation:
                raise mismatch("another annotation")
            return False
        if kind == "response.output_item.done":
            return self._is_new_end(said)
        return self._is_new_step(kind)

    def _text_of(self, said: ResponseEvent) -> _Again | None:
        growing = GROWING.get(said.type) or WHOLE.get(said.type)
        summary = said.summary_index is not None
        place = growing.place if growing is not None else "summary" if summary else "content"
        index = (said.summary_index if summary else said.content_index) or 0
        return next(
            (
                text
                for text in self._texts
                if text.delivered.place == place and (not place or text.delivered.index == index)
            ),
            None,
        )

    def _is_new_end(self, said: ResponseEvent) -> bool:
        if not self._waits_for_end:
            return not self.delivered.is_done
        if self.delivered.kind not in _WITH_TEXTS:
            had, got = _lasting(self.delivered.told()), _lasting(said.item or {})
            if had != got:
                names = sorted(name for name in had | got if had.get(name) != got.get(name))
                raise mismatch(f"another {self.delivered.kind}: {', '.join(names)} differ")
        if not self._has_texts:
            raise mismatch("the end of the item")
        self._waits_for_end = False
        return False

    def _is_new_step(self, kind: str) -> bool:
        if kind in self._steps:
            self._steps.remove(kind)
            return False
        return not self.delivered.is_done

    def _rename(self, document: dict[str, Any]) -> None:
        """Give an event the ids that the consumer knows."""
        document["output_index"] = self.index
        if "item_id" in document and self.delivered.id is not None:
            document["item_id"] = self.delivered.id
        item = document.get("item")
        if isinstance(item, dict):
            known = {
                n: self.delivered.item[n] for n in ("id", "call_id") if n in self.delivered.item
            }
            document["item"] = {**item, **known}


def _is_new_piece(mine: _Again | None, said: ResponseEvent, document: dict[str, Any]) -> bool:
    if mine is None:
        return bool(said.piece)
    rest = mine.expected.fresh(said.piece)
    if not rest:
        return False
    if mine.delivered.is_told:
        raise SpliceMismatch("repeats what was delivered", rest[:80])
    if rest != said.piece:
        shorten(document, rest, len(said.piece) - len(rest))
    return True


def _lasting(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in _OF_AN_ATTEMPT}
