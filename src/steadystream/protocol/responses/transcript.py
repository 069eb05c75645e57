"""What has arrived of a response: a fold over its events."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from steadystream.protocol.tool_call import ToolCall

from .events import ResponseEvent
from .item import ItemTranscript
from .kinds import AUDIO, NAMED_CALLS


class ResponseTranscript(
    msgspec.Struct,
    eq=False,
    omit_defaults=True,
    tag_field="object",
    tag="steadystream.response_transcript",
):
    """Folds the events of one response. True when anything of it has come.

    How its texts are cut into deltas does not matter, except for `text_chunks`.

    Attributes:
        last: the response as the server told it last.
        items: what has come of each item of the output.
        sequence_number: of the last event that says something of the response; None where the
            server does not count.
        alive_number: of a later one that only keeps the connection alive; -1 = there is none.
        is_numbered: whether each event had the number after the one before.
        is_finished: whether the response is completed or incomplete.
        text_chunks: deltas of text: never more than its tokens, often as many.
        received: events, whatever they say.
        has_audio: whether it speaks.
        upstream_id: what the server that ended it knows it by, where that is not `id`.
        upstream_ids: the same of the response, its items and calls, by the ids that are told.
    """

    last: dict[str, Any] = {}
    items: list[ItemTranscript] = []
    sequence_number: int | None = None
    alive_number: int = -1
    is_numbered: bool = True
    is_finished: bool = False
    text_chunks: int = 0
    received: int = 0
    has_audio: bool = False
    upstream_id: str | None = None
    upstream_ids: dict[str, str] = {}

    def feed(self, event: ResponseEvent) -> None:
        """Add what an event says."""
        number, before = event.sequence_number, self.sequence_number
        if number is None or (before is not None and not before < number <= self.next_number):
            self.is_numbered = False
        self.received += 1
        if not event.is_response:
            self.alive_number = -1 if number is None else number
            return
        self.sequence_number = number if number is not None else before
        index = event.output_index
        if index is not None:
            items = self.items
            if items and items[-1].index == index:
                items[-1].feed(event)
            else:
                self._feed_item(index, event)
            if event.is_text and event.piece:
                self.text_chunks += 1
        elif event.response is not None:
            self.last = event.response
            self.is_finished = event.ends
            self.upstream_id = event.upstream_id or self.upstream_id
            self.upstream_ids = event.upstream_ids or self.upstream_ids
        elif event.type in AUDIO:
            self.has_audio = True

    def _feed_item(self, index: int, event: ResponseEvent) -> None:
        mine = next((item for item in self.items if item.index == index), None)
        if mine is None:
            mine = ItemTranscript(index, event.item or {})
            self.items.append(mine)
            if event.type == "response.output_item.added":
                return
        mine.feed(event)

    def forget_reasoning(self) -> None:
        """Take all reasoning for void, since it comes again from its beginning."""
        for item in self.items:
            if item.kind == "reasoning":
                item.is_void = True

    @property
    def next_number(self) -> int:
        """The number that the next event has, at most.

        What keeps a connection alive counts, at the API; a server may give its number once more.
        """
        last = -1 if self.sequence_number is None else self.sequence_number
        return max(last, self.alive_number) + 1

    @property
    def output(self) -> list[dict[str, Any]]:
        """The items of the output, as they are by now."""
        told = self.last.get("output")
        if self.is_finished and isinstance(told, list) and told:
            return told
        return [item.told() for item in self.items]

    def _said(self, *kinds: str, within: str) -> str:
        items = [item for item in self.items if item.kind == within and not item.is_void]
        if not items and self.is_finished:  # a server that tells all of it at the end
            items = [ItemTranscript(i, item) for i, item in enumerate(self.output)]
            items = [item for item in items if item.kind == within]
        return "".join(item.said(kind) for item in items for kind in kinds)

    @property
    def text(self) -> str:
        """The text of all messages, joined."""
        return self._said("output_text", within="message")

    @property
    def reasoning(self) -> str:
        """The reasoning that is shown: its summary, or its own words."""
        return self._said("summary_text", "reasoning_text", within="reasoning")

    @property
    def refusal(self) -> str:
        """The refusal."""
        return self._said("refusal", within="message")

    @property
    def tool_calls(self) -> list[ToolCall]:
        """Calls of functions, custom tools and tools of MCP servers, whole or not."""
        return [_call(n, item) for n, item in enumerate(self.output) if _is_call(item)]

    @property
    def usage(self) -> dict[str, Any] | None:
        """As the server reported it; None while it did not."""
        usage = self.last.get("usage")
        return usage if isinstance(usage, dict) else None

    @property
    def id(self) -> str | None:
        """Id of the response, None before it is known."""
        id = self.last.get("id")
        return id if isinstance(id, str) else None

    @property
    def model(self) -> str | None:
        """As the server names it."""
        model = self.last.get("model")
        return model if isinstance(model, str) else None

    @property
    def status(self) -> str | None:
        """`queued`, `in_progress`, `completed` or `incomplete`; None before it is known."""
        status = self.last.get("status")
        return status if isinstance(status, str) else None

    @property
    def in_background(self) -> bool:
        """Whether the response goes on by itself, whoever listens."""
        return self.last.get("background") is True

    @property
    def started(self) -> bool:
        """Whether anything has come."""
        return self.received > 0

    def response(self) -> dict[str, Any]:
        """Return the whole response as the API gives it without streaming, as it is by now."""
        return {**self.last, "output": self.output}

    def copy(self) -> ResponseTranscript:
        """Return one that can be fed without changing this one."""
        return self.from_json(self.to_json())

    def to_json(self) -> bytes:
        """Return it as JSON, to be stored and read by `from_json`."""
        try:
            return msgspec.json.encode(self)
        except UnicodeEncodeError:  # half a surrogate pair, which only an escape can hold
            return json.dumps(msgspec.to_builtins(self)).encode()

    @classmethod
    def from_json(cls, stored: bytes | str) -> ResponseTranscript:
        """Return the transcript that `to_json` wrote. It can be fed further.

        Raises:
            ValueError: `stored` is something else.
        """
        try:
            value = json.loads(stored)
            if isinstance(value, dict):
                value.setdefault("object", None)  # without a tag msgspec takes any object
            return msgspec.convert(value, cls)
        except (ValueError, RecursionError, msgspec.ValidationError) as error:
            raise ValueError(f"expected a stored response transcript, got {error}") from error

    def __bool__(self) -> bool:
        return self.started

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ResponseTranscript):
            return NotImplemented
        return self.response() == other.response()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        items = ", ".join(item.kind for item in self.items)
        return (
            f"ResponseTranscript(id={self.id!r}, model={self.model!r}, status={self.status!r}, "
            f"items=[{items}], text={len(self.text)} characters)"
        )


def _is_call(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") in NAMED_CALLS


def _call(index: int, item: dict[str, Any]) -> ToolCall:
    custom = item.get("type") == "custom_tool_call"
    said = item.get("input" if custom else "arguments")
    return ToolCall(
        index,
        str(item.get("call_id") or item.get("id") or ""),
        "custom" if custom else "function",
        str(item.get("name") or ""),
        parts=[said] if isinstance(said, str) and said else [],
    )
