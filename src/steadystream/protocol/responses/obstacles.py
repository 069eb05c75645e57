"""What stands in the way of going on with a response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steadystream.errors import GaveUp
from steadystream.request import Request

from .item import ItemTranscript
from .match import has_only_reasoned
from .transcript import ResponseTranscript


def to_more_text(request: Request, so_far: ResponseTranscript) -> GaveUp | None:
    """Return why a response cannot go on with more of its text; None when it can."""
    items = [item for item in so_far.items if item.kind != "reasoning"]
    spoken = len(items) == 1 and items[0].kind == "message"
    texts = items[0].texts if spoken else []
    checks = (
        (request.method == "GET", GaveUp.CANNOT_CONTINUE),
        (so_far.has_audio, GaveUp.AUDIO),
        (bool(so_far.tool_calls), GaveUp.TORN_TOOL_CALL),
        (any(text.member == "refusal" for text in texts), GaveUp.REFUSAL),
        (has_only_reasoned(so_far), GaveUp.TORN_REASONING),
        (_is_constrained(request.body), GaveUp.CONSTRAINED_FORMAT),
        (any(text.annotations for text in texts), GaveUp.ANNOTATIONS),
        (len(texts) != 1 or texts[0].is_told, GaveUp.CANNOT_CONTINUE),
        (not _has_size(so_far.text), GaveUp.CANNOT_CONTINUE),
    )
    return next((why for found, why in checks if found), None)


def to_once_more(request: Request, so_far: ResponseTranscript, *, anew: bool) -> GaveUp | None:
    """Return why a response cannot be compared with one that comes again; None when it can.

    Args:
        request: what was asked for.
        so_far: what was delivered.
        anew: whether reasoning is delivered again, so that nothing of the first is kept.
    """
    if so_far.has_audio:
        return GaveUp.AUDIO
    if any(_cannot_come_again(item) for item in so_far.items):
        return GaveUp.CANNOT_CONTINUE
    # What was encrypted belongs to the answer that would have followed it, and to no other.
    sealed = has_only_reasoned(so_far) and any(
        item.is_done and item.item.get("encrypted_content") for item in so_far.items
    )
    torn = any(_is_torn_before_its_seal(item, request.body) for item in so_far.items)
    return GaveUp.TORN_REASONING if (sealed or torn) and not anew else None


def _is_torn_before_its_seal(item: ItemTranscript, body: Mapping[str, Any]) -> bool:
    """Say whether an encrypted content is due for an item that the consumer knows by its id.

    That of the item which comes again holds the other id: sent back with this one, OpenAI refuses
    the request.
    """
    if item.kind != "reasoning" or item.is_done:
        return False
    included = body.get("include")
    asked_for = isinstance(included, list) and "reasoning.encrypted_content" in included
    return asked_for or bool(item.item.get("encrypted_content"))


def _cannot_come_again(item: ItemTranscript) -> bool:
    """Say whether an item is an image, or came in deltas of a kind that nobody can compare."""
    return item.kind == "image_generation_call" or any(
        step.endswith(".delta") for step in item.steps
    )


def _is_constrained(body: Mapping[str, Any]) -> bool:
    text = body.get("text")
    shape = text.get("format") if isinstance(text, Mapping) else None
    shaped = isinstance(shape, Mapping) and shape.get("type") not in {None, "text"}
    return shaped or body.get("tool_choice") not in (None, "auto", "none")


def _has_size(text: str) -> bool:
    """Say whether a text has bytes: one with half a surrogate pair has none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
