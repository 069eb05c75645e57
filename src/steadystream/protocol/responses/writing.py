"""Writes events of a further attempt so that they look like events of the first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from steadystream.events import Message
from steadystream.protocol.sse import SSEDecoder, encode

from .events import event_in
from .item import GrowingText, ItemTranscript
from .kinds import SUMMARY
from .reading import message
from .transcript import ResponseTranscript

_IDENTITY = ("id", "created_at", "model", "background")


class Writer:
    """Gives events the place that they have in the response as the consumer knows it.

    Args:
        so_far: what the consumer has.

    Attributes:
        joined: what the consumer has, with all that was written.
    """

    def __init__(self, so_far: ResponseTranscript) -> None:
        self.joined = so_far.copy()
        self._identity = {name: so_far.last[name] for name in _IDENTITY if name in so_far.last}
        self._upstream_id: str | None = None
        self._aliases = dict(so_far.upstream_ids)

    @property
    def next_index(self) -> int:
        """The place of the next new item in the output."""
        return max((item.index + 1 for item in self.joined.items), default=0)

    def note_upstream(self, response: dict[str, Any] | None) -> None:
        """Note what the server calls the response that goes on."""
        id = (response or {}).get("id")
        self._upstream_id = id if isinstance(id, str) else self._upstream_id

    def note_alias(self, ours: object, theirs: object) -> None:
        """Note that the server calls something `theirs` which the consumer knows as `ours`."""
        if isinstance(ours, str) and isinstance(theirs, str) and ours != theirs:
            self._aliases[ours] = theirs

    def written(self, document: dict[str, Any]) -> Message:
        """Return the event that `document` holds, as the next one."""
        joined = self.joined
        if joined.sequence_number is not None and "sequence_number" in document:
            document["sequence_number"] = joined.next_number
        response = document.get("response")
        upstream_id = None
        if isinstance(response, dict):
            self.note_upstream(response)
            upstream_id = self._upstream_id
            document["response"] = {**response, **self._identity}
        try:
            data = msgspec.json.encode(document).decode()
        except UnicodeEncodeError:  # half a surrogate pair, which only an escape can hold
            data = json.dumps(document)
        said = event_in(document)
        if upstream_id is not None and upstream_id != self._identity.get("id"):
            self.note_alias(self._identity.get("id"), upstream_id)
            said.upstream_id = upstream_id
            said.upstream_ids = self._aliases
        joined.feed(said)
        return message(encode(type=said.type or None, data=data), said)

    def ending(self, document: dict[str, Any]) -> Message:
        """Return the event that ends the response, which holds the output as it was delivered."""
        response = document.get("response")
        if isinstance(response, dict):
            document["response"] = {**response, "output": [i.told() for i in self.joined.items]}
        return self.written(document)

    def parting(self, raw: bytes) -> bytes:
        """Return the event that says that the response failed, as the next one."""
        document = document_of(raw)
        number = self.joined.next_number
        counts = self.joined.sequence_number is not None
        if not counts or document.get("sequence_number", number) == number:
            told = document.get("response")
            if not isinstance(told, dict) or told.get("id") == self._identity.get("id"):
                return raw
        return self.ending(document).raw

    def closing(self, item: ItemTranscript) -> Iterator[Message]:
        """Yield the events that close an item of which no more comes."""
        number = {} if self.joined.sequence_number is None else {"sequence_number": 0}
        head = {**number, "item_id": item.id, "output_index": item.index}
        for text in item.texts:
            if not text.place:
                continue
            summary = text.place == SUMMARY.place
            where = {**head, "summary_index" if summary else "content_index": text.index}
            name = (
                "reasoning_summary_text" if summary else str(text.part.get("type") or "output_text")
            )
            if not text.is_told:
                told = {"type": f"response.{name}.done", **where, text.member: text.text}
                yield self.written(told)
            if text.is_opened and not text.is_closed:
                name = "reasoning_summary_part" if summary else "content_part"
                part = _part_of(text)
                yield self.written({"type": f"response.{name}.done", **where, "part": part})
        if not item.is_done:
            told = {**item.told(), "status": "incomplete"}
            done = {**number, "output_index": item.index, "item": told}
            yield self.written({"type": "response.output_item.done", **done})


def _part_of(text: GrowingText) -> dict[str, Any]:
    return {**text.part, text.member: text.text}


def document_of(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in an event."""
    (event,) = SSEDecoder().feed(raw)
    data = event.data or ""
    try:
        value = msgspec.json.decode(data)
    except msgspec.DecodeError:  # what Python servers write and msgspec refuses
        value = json.loads(data)
    return dict(value)


def shorten(document: dict[str, Any], text: str, taken: int) -> None:
    """Leave of a delta only `text`, which stands behind `taken` characters."""
    document["delta"] = text
    if isinstance(document.get("logprobs"), list):
        document["logprobs"] = _behind(document["logprobs"], taken)


def _behind(tokens: list[Any], taken: int) -> list[Any]:
    """Return the log probabilities of the tokens behind `taken` characters.

    None at all where the border is inside a token: what is left of one has no probability.
    """
    for number, token in enumerate(tokens):
        if taken == 0:
            return tokens[number:]
        said = token.get("token") if isinstance(token, dict) else None
        taken -= len(said) if isinstance(said, str) else taken + 1
        if taken < 0:
            break
    return []
