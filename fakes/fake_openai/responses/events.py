"""The events of a streamed response, in order."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

from fake_openai.delivery.steps import Send
from fake_openai.telling.frames import DONE
from fake_openai.telling.padding import Padding

from .form import ResponsesForm
from .items import TEXT_IN, Item, Part, PartKind
from .skeleton import Ending, Skeleton

_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
# Private-use characters stand for what differs between the deltas of one part.
_DELTA, _PAD, _PROBS, _NUMBER = ("\ue0f0delta", "\ue0f0pad", "\ue0f0probs", "\ue0f0number")
_PADDED = 16  # characters of a delta and its padding

_STEMS: Mapping[PartKind, str] = {
    "output_text": "response.output_text",
    "refusal": "response.refusal",
    "summary_text": "response.reasoning_summary_text",
    "reasoning_text": "response.reasoning_text",
    "arguments": "response.function_call_arguments",
    "input": "response.custom_tool_call_input",
}
_PARTS: Mapping[PartKind, str] = {
    "output_text": "response.content_part",
    "refusal": "response.content_part",
    "summary_text": "response.reasoning_summary_part",
    "reasoning_text": "response.content_part",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An event.

    Attributes:
        send: its bytes.
        token: whether the model made it; the others come of themselves.
    """

    send: Send
    token: bool = False


class EventWriter:
    """Writes the events of one response and numbers them.

    Args:
        skeleton: what does not change in the response.
        rng: seeded chance, for the padding.
        pads: whether deltas are padded.
    """

    def __init__(self, skeleton: Skeleton, rng: random.Random, *, pads: bool) -> None:
        self._skeleton = skeleton
        self._padding = Padding(rng) if pads else None
        self._next = 0

    def stream(self, items: Iterable[Item], ending: Ending, *, queued: bool) -> Iterator[Told]:
        """Yield all events of a response.

        Args:
            items: its output.
            ending: how it ends.
            queued: whether it waits in a queue first, as those in the background do.
        """
        begins = ["created", "queued", "in_progress"] if queued else ["created", "in_progress"]
        for name in begins:
            status = "queued" if queued and name != "in_progress" else "in_progress"
            response = self._skeleton.response(status, event=True)
            yield self._event(f"response.{name}", response=response)
        for place, item in enumerate(items):
            yield from self._item(place, item)
        response = self._skeleton.ended(ending, event=True)
        done = self._skeleton.form.done
        yield self._event(f"response.{ending.status}", final=not done, response=response)
        if done:
            yield Told(Send(DONE, 1, final=True))

    def _item(self, place: int, item: Item) -> Iterator[Told]:
        form = self._skeleton.form
        at: dict[str, Any] = {"output_index": place}
        begun = item.told(form, whole=False)
        yield self._event("response.output_item.added", item=begun, **at)
        counts: dict[str, int] = {}
        for part in item.parts:
            where: dict[str, Any] = {"item_id": item.id, **at}
            name = _PARTS.get(part.kind)
            if name is not None:
                index = "summary_index" if part.kind == "summary_text" else "content_index"
                where[index] = counts[index] = counts.get(index, -1) + 1
                yield self._event(f"{name}.added", part=part.told(form, whole=False), **where)
            yield from self._part(part, where)
            if name is not None:
                yield self._event(f"{name}.done", part=part.told(form, whole=True), **where)
        whole = item.told(form, whole=True)
        yield self._event("response.output_item.done", item=whole, **at)

    def _part(self, part: Part, where: Mapping[str, Any]) -> Iterator[Told]:
        stem = _STEMS[part.kind]
        yield from self._deltas(f"{stem}.delta", part, where)
        for number, note in enumerate(part.annotations):
            yield self._event(
                f"{stem}.annotation.added", annotation=note, annotation_index=number, **where
            )
        more: dict[str, Any] = (
            {"logprobs": list(part.logprobs)} if part.kind == "output_text" else {}
        )
        more[TEXT_IN[part.kind]] = part.text
        yield self._event(f"{stem}.done", **more, **where)

    def _deltas(self, type: str, part: Part, where: Mapping[str, Any]) -> Iterator[Told]:
        members: dict[str, Any] = {"delta": _DELTA, "sequence_number": _NUMBER, **where}
        if part.kind == "output_text":
            members["logprobs"] = _PROBS
        if self._padding is not None:
            members["obfuscation"] = _PAD
        line = _line(self._skeleton.form, type, members)
        for name in (_NUMBER, _PROBS):
            line = line.replace(f'"{name}"', name)
        line = line.replace(f'"{_DELTA}"', _DELTA)
        for place, token in enumerate(part.tokens):
            told = line.replace(_NUMBER, str(self._next))
            self._next += 1
            probs = part.logprobs[place : place + 1]
            told = told.replace(_PROBS, _COMPACT.encode(list(probs)))
            if self._padding is not None:
                told = told.replace(_PAD, self._padded(token))
            # Last, as what is put in here may be anything.
            told = told.replace(_DELTA, encode_basestring(token))
            yield Told(Send(told.encode("utf-8", "replace"), 1), token=True)

    def _padded(self, delta: str) -> str:
        assert self._padding is not None  # noqa: S101 (asked before)
        wanted = -len(delta) % _PADDED
        return self._padding.obfuscation(17 - wanted)  # it counts the member itself, too

    def _event(self, type: str, *, final: bool = False, **members: Any) -> Told:
        members["sequence_number"] = self._next
        self._next += 1
        line = _line(self._skeleton.form, type, members)
        return Told(Send(line.encode("utf-8", "replace"), 1, final=final))


def _line(form: ResponsesForm, type: str, members: Mapping[str, Any]) -> str:
    names = sorted(members)
    if form.event_keys:
        order = {name: place for place, name in enumerate(form.event_keys)}
        others = len(order)
        names.sort(key=lambda name: (name == "sequence_number", order.get(name, others)))
    data = {"type": type, **{name: members[name] for name in names}}
    named = f"event: {type}\n" if form.names_events else ""
    return f"{named}data: {_COMPACT.encode(data)}\n\n"
