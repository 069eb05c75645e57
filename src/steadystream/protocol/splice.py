"""Makes each further attempt look like the rest of the first."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec

from steadystream.errors import SpliceMismatch, StreamFault
from steadystream.events import Batch, Comment, Done, Message, Resumed, Rung, Seam, WireEvent

from . import chat
from .continuation import Continuation
from .sse import SSEDecoder, encode
from .tolerance import coerce_chunk
from .transcript import Transcript

_MOST_HELD = 1000
_IDENTITY = ("id", "created", "model", "system_fingerprint", "service_tier")


class Head:
    """Holds back an attempt until it brings something of the answer.

    Role chunks, comments and empty deltas wait for the first token, so that an attempt which fails
    before it leaves no trace: the next one starts afresh, and nobody sees two beginnings.

    Attributes:
        is_open: whether all passes from here on.
    """

    def __init__(self) -> None:
        self._held: Batch = []
        self.is_open = False

    def feed(self, batch: Batch) -> Batch:
        """Return what may be delivered now; events that tell what happened are never held."""
        if self.is_open:
            return batch
        for position, event in enumerate(batch):
            if isinstance(event, Message) and event.carries:
                self.is_open = True
                held, self._held = self._held, []
                return [*held, *batch[position:]]
            # Comments may be dropped where a server floods us with them.
            if len(self._held) < _MOST_HELD or not isinstance(event, Comment):
                self._held.append(event)
        told: Batch = [event for event in self._held if not isinstance(event, WireEvent)]
        if told:
            self._held = [event for event in self._held if isinstance(event, WireEvent)]
        return told

    def close(self) -> Batch:
        """Return what was held, for an attempt that ended without any token."""
        held, self._held = self._held, []
        return held


class Splice:
    """Turns the stream of a continuation into the rest of the answer.

    Takes away what the consumer already has (a repeated prefix, the second role) and keeps what
    makes one answer one: id, creation time, model and fingerprint of the first, usage of all.

    Args:
        continuation: what was asked.
        so_far: what was delivered before.
        attempt: number of this attempt.
        cause: what ended the one before.

    Attributes:
        is_open: never; every event of a continuation is looked at.
    """

    is_open = False

    def __init__(
        self, continuation: Continuation, so_far: Transcript, attempt: int, cause: StreamFault
    ) -> None:
        self._identity = {name: getattr(so_far, name) for name in _IDENTITY}
        self._echo = continuation.echo
        self._echoed = ""
        self._may_echo = bool(continuation.echo)
        self._whitespace = continuation.whitespace
        self._tokens_before = continuation.handed_in
        self._seam = Seam(len(so_far.text), continuation.rung, False, attempt, cause)
        self._resumed = False

    def feed(self, batch: Batch) -> Batch:
        """Return what of `batch` belongs to the answer, changed where it must be.

        Raises:
            SpliceMismatch: the reply does not go on from what was delivered.
        """
        spliced: Batch = []
        for event in batch:
            if isinstance(event, Message):
                self._message(event, spliced)
            else:
                spliced.append(event)
        return spliced

    def close(self) -> Batch:
        """Return nothing: a continuation holds back only what is a repetition."""
        return []

    def _message(self, message: Message, spliced: Batch) -> None:
        chunk = message.chunk
        if chunk is None:
            return  # JSON of another kind, and not of the first attempt: nobody waits for it
        if any(choice.delta.reasoning for choice in chunk.choices):
            raise SpliceMismatch("goes on with text", "reasoning")
        if not message.carries and chunk.usage is None:
            return
        document = _document(message.raw)
        if chunk.choices and not self._keep_choice(chunk, document):
            return
        if message.carries and not self._resumed:
            self._resumed = True
            spliced.append(Resumed(self._seam))
        spliced.append(self._edited(document))

    def _keep_choice(self, chunk: chat.Chunk, document: dict[str, Any]) -> bool:
        """Free the delta of what was delivered; say whether anything is left of the chunk."""
        choice = document["choices"][0]
        ends = choice.get("finish_reason") is not None
        text = self._fresh(chunk.text, ends=ends)
        delta = choice.get("delta") or {}
        delta.pop("role", None)
        if text != chunk.text:
            delta["content"] = text
            choice["logprobs"] = None
            if "text" in choice:  # a copy, or the older name
                choice["text"] = text
        choice["delta"] = delta
        return (
            bool(text) or ends or chunk.usage is not None or bool(chunk.choices[0].delta.tool_calls)
        )

    def _fresh(self, text: str, *, ends: bool) -> str:
        """Return what of `text` the consumer does not have yet."""
        if self._may_echo and (text or ends):
            text = self._without_echo(text, ends=ends)
        while text and self._whitespace:
            if text[0] != self._whitespace[0]:
                self._whitespace = ""
                break
            text, self._whitespace = text[1:], self._whitespace[1:]
        return text

    def _without_echo(self, text: str, *, ends: bool) -> str:
        self._echoed += text
        if self._echoed.startswith(self._echo):
            self._may_echo = False
            self._seam = replace(self._seam, verified=True)
            return self._echoed[len(self._echo) :]
        if self._echo.startswith(self._echoed) and not ends:
            return ""
        if self._echoed and self._echoed[0] == self._echo[0]:
            raise SpliceMismatch(
                "repeats what was delivered, or goes on from it", self._echoed[:80]
            )
        self._may_echo = False
        return self._echoed

    def _edited(self, document: dict[str, Any]) -> Message:
        for name, value in self._identity.items():
            if name in document:
                document[name] = value
        usage = document.get("usage")
        if isinstance(usage, dict):
            _shift(usage, self._tokens_before)
        return _message(document)


def ending(so_far: Transcript, attempt: int, cause: StreamFault) -> Batch:
    """Return the end of an answer that had come to its token limit when it was cut."""
    choice = {"index": 0, "delta": {}, "finish_reason": "length"}
    document = {
        "id": so_far.id,
        "object": "chat.completion.chunk",
        "created": so_far.created,
        "model": so_far.model,
        "choices": [choice],
    }
    seam = Seam(len(so_far.text), Rung.LENGTH, verified=True, attempt=attempt, cause=cause)
    return [Resumed(seam), _message(document), done()]


def done() -> Done:
    """Return the terminator, for an answer that is whole but lost it."""
    return Done(encode(data="[DONE]"))


def _message(document: dict[str, Any]) -> Message:
    try:
        data = msgspec.json.encode(document).decode()
    except UnicodeEncodeError:  # half a surrogate pair, which only an escape can hold
        data = json.dumps(document)
    chunk = chat.decode(data)
    assert chunk is not None  # noqa: S101  # it is written as one
    return Message(encode(data=data), chunk.carries, None, chunk)


def _document(raw: bytes) -> dict[str, Any]:
    """Return the chunk in an event as JSON; one of another shape is brought into the usual one."""
    (event,) = SSEDecoder().feed(raw)
    data = event.data or ""
    try:
        value = msgspec.json.decode(data)
    except msgspec.DecodeError:  # what Python servers write and msgspec refuses
        value = json.loads(data)
    return value if _has_usual_shape(value) else coerce_chunk(value) or {}


def _has_usual_shape(value: Any) -> bool:
    choices = value.get("choices") if isinstance(value, dict) else None
    return isinstance(choices, list) and all(
        isinstance(choice, dict) and isinstance(choice.get("delta"), dict | None)
        for choice in choices
    )


def _shift(usage: dict[str, Any], before: int) -> None:
    """Count tokens that were handed in as what they are to the consumer: part of the completion."""
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if isinstance(prompt, int) and isinstance(completion, int):
        moved = min(before, prompt)
        usage["prompt_tokens"] = prompt - moved
        usage["completion_tokens"] = completion + moved
