"""Events of a Responses stream.

Source: OpenAI's OpenAPI document, `ResponseStreamEvent`; what servers add (`keepalive`, reasoning
of vLLM and DeepSeek, xAI's and OpenRouter's order of members) was taken from recordings.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from steadystream.errors import Malformed

from .kinds import ANSWERING, CALLS, ENDS, ITEMS

_EXCERPT = 80


class ResponseEvent(msgspec.Struct, gc=False):
    """One event. Fields it does not name are ignored; they stay in the bytes.

    Attributes:
        type: such as `response.output_text.delta`; "" where there is none.
        sequence_number: its place among the events of the response, from 0; None where the server
            does not count.
        output_index: which item of the output it is about.
        content_index: which part of the content of that item.
        summary_index: which part of the summary of that item.
        annotation_index: which annotation of that part.
        delta: a piece of text, of arguments, of audio.
        text: the whole of what came in deltas; so are `refusal`, `arguments`, `input` and `code`.
        logprobs: log probabilities of the tokens in it.
        item: an item of the output, as it is by now.
        part: a part of an item, as it is by now.
        annotation: a source that the text names.
        response: the whole response, as it is by now.
        error: an error, where a server puts it into a member of its own.
        upstream_id: what the server calls the response, where the consumer knows it by another id.
            It never stands on the wire; nor does the next.
        upstream_ids: the same of all that the response holds.
    """

    type: str = ""
    sequence_number: int | None = None
    output_index: int | None = None
    content_index: int | None = None
    summary_index: int | None = None
    annotation_index: int | None = None
    delta: Any = None
    text: str | None = None
    refusal: str | None = None
    arguments: Any = None
    input: Any = None
    code: str | None = None
    logprobs: Any = None
    item: dict[str, Any] | None = None
    part: dict[str, Any] | None = None
    annotation: Any = None
    response: dict[str, Any] | None = None
    error: Any = None
    upstream_id: Any = msgspec.field(default=None, name="steadystream.upstream_id")
    upstream_ids: Any = msgspec.field(default=None, name="steadystream.upstream_ids")

    @property
    def is_text(self) -> bool:
        """Whether it adds to the text of the answer, and does nothing else."""
        return self.type == "response.output_text.delta"

    @property
    def is_response(self) -> bool:
        """Whether it says something of the response; a `keepalive` does not."""
        return self.type.startswith("response.")

    @property
    def piece(self) -> str:
        """What it adds to a text, to arguments or the like; "" where it adds nothing."""
        return self.delta if isinstance(self.delta, str) else ""

    @property
    def ends(self) -> bool:
        """Whether the answer is over with it, as it should be."""
        return self.type in ENDS

    @property
    def in_background(self) -> bool:
        """Whether it says that the response goes on by itself, whoever listens."""
        return self.response is not None and self.response.get("background") is True

    @property
    def carries(self) -> bool:
        """Whether it holds something of the answer: text, reasoning, a call, a tool's step, an end.

        That a response, a message or a thought begins is nothing of it yet, and what only repeats
        deltas is nothing more.
        """
        kind = self.type
        if kind.endswith(".delta"):
            return bool(self.delta)
        if kind in ITEMS:
            return self.item is None or self.item.get("type") not in ("message", "reasoning")
        return kind in ENDS or kind.startswith(ANSWERING)

    @property
    def opens_call(self) -> bool:
        """Whether it begins a call that the caller is to answer."""
        return (
            self.type == "response.output_item.added"
            and self.item is not None
            and self.item.get("type") in CALLS
        )


_decode_strictly = msgspec.json.Decoder(ResponseEvent).decode


def decode(data: str | bytes) -> ResponseEvent:
    """Return the event in `data`.

    One whose members are of other types than they should be keeps only its type and its number.

    Raises:
        Malformed: it is no JSON object.
    """
    try:
        return _decode_strictly(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _decode_leniently(data)


def _decode_leniently(data: str | bytes) -> ResponseEvent:
    try:
        # Takes what Python servers write and msgspec refuses: NaN, half a surrogate pair.
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        text = data.decode(errors="replace") if isinstance(data, bytes) else data
        raise Malformed("an event in JSON", text[:_EXCERPT]) from None
    return event_in(value)


def event_in(value: dict[str, Any]) -> ResponseEvent:
    """Return the event that a JSON object holds; members of other types are left out."""
    try:
        return msgspec.convert(value, ResponseEvent)
    except msgspec.ValidationError:
        kept = {}
        for name, member in value.items():
            try:
                msgspec.convert({name: member}, ResponseEvent)
            except msgspec.ValidationError:
                continue
            kept[name] = member
        return msgspec.convert(kept, ResponseEvent)
