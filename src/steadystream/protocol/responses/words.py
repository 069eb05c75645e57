"""Makes the reply of a model that was asked in words to go on the rest of a response."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from steadystream.errors import SpliceMismatch
from steadystream.events import Batch, Message, Resumed, Seam
from steadystream.protocol.continuation import Continuation
from steadystream.protocol.leads import Anchor

from .events import ResponseEvent
from .item import GrowingText, ItemTranscript
from .kinds import BEGINNINGS
from .transcript import ResponseTranscript
from .writing import Writer, document_of, shorten

_DROPPED = frozenset({"response.output_item.added", "response.content_part.added"})


class WordsJoint:
    """Takes off a reply what repeats the last words, and appends the rest to the open text.

    What the model thinks before it goes on is no part of the answer.

    Args:
        rest: what was asked.
        so_far: what was delivered before.
        seam: where and how it goes on.

    Attributes:
        is_open: never; every event of such a reply is looked at.
    """

    is_open = False

    def __init__(self, rest: Continuation, so_far: ResponseTranscript, seam: Seam) -> None:
        self._writer = Writer(so_far)
        self._lead = Anchor(rest.anchor, so_far.text)
        self._whitespace = rest.whitespace
        self._before = rest.handed_in
        self._seam = seam
        self._joined = False
        self._thinking: set[int] = set()
        self._speaking: int | None = None

    def feed(self, batch: Batch) -> Batch:
        """Return what of `batch` belongs to the answer, changed where it must be.

        Raises:
            SpliceMismatch: the reply does not go on from what was delivered.
        """
        passed: Batch = []
        for event in batch:
            if isinstance(event, Message):
                self._message(event, passed)
            else:
                passed.append(event)
        return passed

    def close(self) -> Batch:
        """Return nothing: only what is a repetition is held back."""
        return []

    def _message(self, message: Message, passed: Batch) -> None:
        said = message.said
        if said is None:
            return
        if said.type in BEGINNINGS:
            self._writer.note_upstream(said.response)
        elif said.ends:
            self._check_lead()
            self._end(document_of(message.raw), passed)
        elif said.output_index is not None:
            self._item(message, said, said.output_index, passed)

    def _item(self, message: Message, said: ResponseEvent, number: int, passed: Batch) -> None:
        kind = (said.item or {}).get("type")
        if kind == "reasoning":
            self._thinking.add(number)
        if number in self._thinking:
            return
        if self._speaking is None:
            self._speaking = number
        if self._speaking != number or kind not in (None, "message"):
            raise SpliceMismatch("goes on with text", str(kind or said.type))
        if said.type in _DROPPED:
            return
        document = document_of(message.raw)
        if said.is_text:
            text = self._fresh(said.piece)
            if not text:
                return
            if text != said.piece:
                shorten(document, text, len(said.piece) - len(text))
        elif said.type in _ENDINGS:
            self._check_lead()
        else:
            raise SpliceMismatch("goes on with text", said.type)
        self._join(passed)
        passed.append(self._writer.written(self._placed(document, said)))

    def _fresh(self, piece: str) -> str:
        text = piece if self._lead.is_over else self._lead.fresh(piece, ends=False)
        while text and self._whitespace:
            if text[0] != self._whitespace[0]:
                self._whitespace = ""
                break
            text, self._whitespace = text[1:], self._whitespace[1:]
        return text

    def _check_lead(self) -> None:
        if not self._lead.is_over:
            self._lead.fresh("", ends=True)

    def _placed(self, document: dict[str, Any], said: ResponseEvent) -> dict[str, Any]:
        """Put an event where the open text is; what tells a whole tells all of it."""
        item, text = self._target()
        document["output_index"] = item.index
        if "content_index" in document:
            document["content_index"] = text.index
        if "item_id" in document and item.id is not None:
            document["item_id"] = item.id
        if said.type == "response.output_text.done":
            document["text"] = text.text
        elif said.part is not None:
            document["part"] = {**said.part, "text": text.text}
        elif said.item is not None:
            document["item"] = {**item.told(), "status": said.item.get("status", "completed")}
        return document

    def _target(self) -> tuple[ItemTranscript, GrowingText]:
        item = next(item for item in self._writer.joined.items if item.kind == "message")
        return item, item.texts[-1]

    def _end(self, document: dict[str, Any], passed: Batch) -> None:
        self._join(passed)
        response = document.get("response")
        usage = response.get("usage") if isinstance(response, dict) else None
        if isinstance(usage, dict):
            _shift(usage, self._before)
        passed.append(self._writer.ending(document))

    def _join(self, passed: Batch) -> None:
        if not self._joined:
            self._joined = True
            passed.append(Resumed(replace(self._seam, verified=self._lead.is_verified)))


_ENDINGS = frozenset(
    {
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
    }
)


def _shift(usage: dict[str, Any], before: int) -> None:
    """Count tokens that were handed in as what they are to the consumer: part of the answer."""
    taken, made = usage.get("input_tokens"), usage.get("output_tokens")
    if isinstance(taken, int) and isinstance(made, int):
        moved = min(before, taken)
        usage["input_tokens"] = taken - moved
        usage["output_tokens"] = made + moved
