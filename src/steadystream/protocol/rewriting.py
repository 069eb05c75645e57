"""Changes chunks of a further attempt, so that they look like chunks of the first."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from steadystream.events import Message

from . import chat
from .sse import SSEDecoder, encode
from .tolerance import coerce_chunk
from .transcript import Transcript

_IDENTITY = ("id", "created", "model", "system_fingerprint", "service_tier")


class Identity:
    """What tells one answer from another: id, creation time, model, fingerprint, tier.

    Args:
        so_far: the answer whose chunks all shall be.
    """

    def __init__(self, so_far: Transcript) -> None:
        self._values = {name: getattr(so_far, name) for name in _IDENTITY}

    def put_on(self, document: dict[str, Any]) -> None:
        """Give it to a chunk, which names no more of it than it did."""
        for name, value in self._values.items():
            if name in document:
                document[name] = value


def document_of(raw: bytes) -> dict[str, Any]:
    """Return the chunk in an event as JSON; one of another shape is brought into the usual one."""
    (event,) = SSEDecoder().feed(raw)
    data = event.data or ""
    try:
        value = msgspec.json.decode(data)
    except msgspec.DecodeError:  # what Python servers write and msgspec refuses
        value = json.loads(data)
    return value if _has_usual_shape(value) else coerce_chunk(value) or {}


def message_of(document: dict[str, Any]) -> Message:
    """Return the event that holds a chunk."""
    try:
        data = msgspec.json.encode(document).decode()
    except UnicodeEncodeError:  # half a surrogate pair, which only an escape can hold
        data = json.dumps(document)
    chunk = chat.decode(data)
    assert chunk is not None  # noqa: S101  # it is written as one
    return Message(encode(data=data), chunk.carries, None, chunk)


def shorten(choice: dict[str, Any], text: str, taken: int) -> None:
    """Leave of the content of a choice only `text`, which stands behind `taken` characters."""
    delta = choice.setdefault("delta", {})
    delta["content"] = text
    choice["logprobs"] = _behind(choice.get("logprobs"), taken) if text else None
    if "text" in choice:  # a copy, or the older name
        choice["text"] = text


def _behind(logprobs: Any, taken: int) -> Any:
    """Return the log probabilities of the tokens behind `taken` characters.

    None where the border is inside a token: what is left of one has no probability of its own.
    """
    tokens = logprobs.get("content") if isinstance(logprobs, dict) else None
    if not isinstance(tokens, list):
        return None
    for number, token in enumerate(tokens):
        if taken == 0:
            return {**logprobs, "content": tokens[number:]}
        said = token.get("token") if isinstance(token, dict) else None
        taken -= len(said) if isinstance(said, str) else taken + 1
        if taken < 0:
            break
    return None


def _has_usual_shape(value: Any) -> bool:
    choices = value.get("choices") if isinstance(value, dict) else None
    return isinstance(choices, list) and all(
        isinstance(choice, dict) and _is_usual_delta(choice.get("delta")) for choice in choices
    )


def _is_usual_delta(delta: Any) -> bool:
    if not isinstance(delta, dict):
        return delta is None
    if isinstance(delta.get("content"), list):  # Mistral's parts, which may be reasoning
        return False
    calls = delta.get("tool_calls") or []
    return isinstance(calls, list) and all(isinstance(call, dict) for call in calls)
