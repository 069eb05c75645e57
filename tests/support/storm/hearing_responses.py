"""Reads what a consumer got of a response, by the plainest means and none of the library's."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from .course import Part
from .hearing import Heard

_KINDS = {
    "response.output_text": "text",
    "response.refusal": "refusal",
    "response.reasoning_text": "reasoning",
    "response.reasoning_summary_text": "reasoning",
    "response.function_call_arguments": "arguments",
}
_WHOLE_IN = ("text", "refusal", "arguments")
_ENDS = ("response.completed", "response.incomplete")
_Place = tuple[int, int]  # of an item, and of a part in it


@dataclass
class HeardResponse(Heard):
    """The events of a response, and what they say.

    Attributes:
        numbers: of the events, in order; those that only keep the connection alive left out.
        begun_calls: how many calls were begun.
        whole_calls: how many of them were ended.
    """

    numbers: list[int] = field(default_factory=list)
    begun_calls: int = 0
    whole_calls: int = 0
    _pieces: dict[_Place, list[str]] = field(default_factory=lambda: defaultdict(list))
    _kinds: dict[_Place, str] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)
    _done: dict[int, Any] = field(default_factory=dict)
    _void: set[int] = field(default_factory=set)
    _alive: int = -1

    def forget_reasoning(self) -> None:
        """Begin the reasoning anew."""
        self._void |= {place[0] for place, kind in self._kinds.items() if kind == "reasoning"}

    @property
    def parts(self) -> dict[int, Part]:
        """What it said; nothing where it said nothing."""
        if not self._kinds and not self._names:
            return {}
        calls = tuple((name, self._joined("arguments", n)) for n, name in self._names.items())
        said = (self._joined(kind) for kind in ("text", "reasoning", "refusal"))
        return {0: Part(*said, calls)}

    def _joined(self, kind: str, item: int | None = None) -> str:
        return "".join(
            piece
            for place, pieces in sorted(self._pieces.items())
            if self._kinds[place] == kind and item in {None, place[0]}
            if kind != "reasoning" or place[0] not in self._void
            for piece in pieces
        )

    def _say(self, event: dict[str, Any]) -> None:
        kind = event.get("type", "")
        if kind == "keepalive":
            self._alive = event.get("sequence_number", -1)
            return
        if self.finished:
            self.after_done += 1
            return
        if event.get("sequence_number") is not None:
            self._count(event["sequence_number"])
        response = event.get("response") or {}
        if response.get("id"):
            self.ids.add(response["id"])
        stem, _, verb = kind.rpartition(".")
        if kind in {"error", "response.failed"} or event.get("error"):
            self.error = event
        elif stem in _KINDS:
            self._speak(_KINDS[stem], verb, event)
        elif stem == "response.output_item":
            self._item(verb, event)
        elif kind in _ENDS:
            self._end(kind, response)

    def _count(self, number: int) -> None:
        expected = self.numbers[-1] + 1 if self.numbers else 0
        # What only keeps the connection alive counts; some servers give its number once more.
        if number not in {expected, max(expected, self._alive + 1)}:
            self.complaints.append(f"event {expected} has the number {number}")
        self.numbers.append(number)

    def _speak(self, kind: str, verb: str, event: dict[str, Any]) -> None:
        index = event.get("content_index", event.get("summary_index", 0))
        place = (event["output_index"], index)
        self._kinds[place] = kind
        if verb == "delta":
            self._pieces[place].append(event["delta"])
        elif verb == "done":
            whole = next((event[name] for name in _WHOLE_IN if name in event), None)
            said = "".join(self._pieces[place])
            if whole is not None and whole != said:
                self.complaints.append(f"{kind} is told to be {whole!r} behind {said!r}")

    def _item(self, verb: str, event: dict[str, Any]) -> None:
        index, item = event["output_index"], event["item"]
        is_call = item["type"] == "function_call"
        if verb == "added":
            self.begun_calls += is_call
            if index in self._names or index in self._done:
                self.complaints.append(f"item {index} begins twice")
            if is_call:
                self._names[index] = item["name"]
            return
        self.whole_calls += is_call
        if index in self._done:
            self.complaints.append(f"item {index} ends twice")
        self._done[index] = item

    def _end(self, kind: str, response: dict[str, Any]) -> None:
        self.finished[0] = kind
        done = [_said_by(item) for _, item in sorted(self._done.items())]
        told = [_said_by(item) for item in response.get("output") or ()]
        if told != done:
            self.complaints.append(f"the response ends with {told}, its items with {done}")


def _said_by(item: dict[str, Any]) -> tuple[Any, ...]:
    """Return what an item says: ids may change where the server changes them."""
    parts = [*(item.get("summary") or ()), *(item.get("content") or ())]
    texts = [part.get("text", part.get("refusal")) for part in parts]
    return item["type"], item.get("name"), item.get("arguments"), texts
