"""What stands in the way of going on with an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steadystream.errors import GaveUp
from steadystream.request import Request

from .choice_transcript import ChoiceTranscript
from .dialects import Dialect
from .signed import is_signed
from .transcript import Transcript

# A grammar would start anew in the middle of the answer and force a second beginning.
_GRAMMARS = (
    "ebnf",
    "grammar",
    "guided_choice",
    "guided_grammar",
    "guided_json",
    "guided_regex",
    "json_schema",
    "regex",
    "structural_tag",
    "structured_outputs",
)
_SEARCHES = ("web_search_options", "plugins")
_JSON = frozenset({"json_object", "json_schema"})


def choices_of(body: Mapping[str, Any]) -> int:
    """Return how many choices a request asks for."""
    wanted = body.get("n")
    return wanted if isinstance(wanted, int) and wanted > 0 else 1


def format_of(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return `response_format` where it asks for JSON."""
    shape = body.get("response_format")
    return shape if isinstance(shape, Mapping) and shape.get("type") in _JSON else None


def to_more_text(request: Request, so_far: Transcript, dialect: Dialect | None) -> GaveUp | None:
    """Return why an answer cannot go on with a text that is handed in; None when it can.

    Args:
        request: what was asked for.
        so_far: what was delivered.
        dialect: of the server that would continue; None = it is only asked in words to go on.
    """
    body = request.body
    torn = so_far.choices[0] if so_far.choices else ChoiceTranscript(0)
    searched = any(body.get(name) for name in _SEARCHES)
    checks = (
        (len(so_far.choices) > 1 or choices_of(body) > 1, GaveUp.SEVERAL_CHOICES),
        (bool(torn.tool_calls) or torn.function_call is not None, GaveUp.TORN_TOOL_CALL),
        (bool(torn.refusal_parts), GaveUp.REFUSAL),
        (_speaks(body, torn), GaveUp.AUDIO),
        (has_only_reasoned(torn), GaveUp.TORN_REASONING),
        (_is_constrained(body, dialect), GaveUp.CONSTRAINED_FORMAT),
        (searched or bool(torn.annotations), GaveUp.ANNOTATIONS),
    )
    return next((why for found, why in checks if found), None)


def to_once_more(so_far: Transcript, *, anew: bool) -> GaveUp | None:
    """Return why an answer cannot be compared with one that comes again; None when it can.

    Args:
        so_far: what was delivered.
        anew: whether reasoning is delivered again, so that nothing of the first is kept.
    """
    if any(choice.audio for choice in so_far.choices):
        return GaveUp.AUDIO
    # What was signed belongs to the answer that would have followed it, and to no other.
    signed = (
        has_only_reasoned(choice) and is_signed(choice.reasoning_details)
        for choice in so_far.choices
    )
    return GaveUp.TORN_REASONING if not anew and any(signed) else None


def has_only_reasoned(choice: ChoiceTranscript) -> bool:
    """Say whether nothing but reasoning was delivered of a choice."""
    thought = choice.reasoning_parts or choice.reasoning_details
    others = choice.text_parts or choice.refusal_parts or choice.tool_calls
    return bool(thought) and not (others or choice.function_call or choice.audio)


def _speaks(body: Mapping[str, Any], choice: ChoiceTranscript) -> bool:
    modalities = body.get("modalities")
    return bool(choice.audio) or (isinstance(modalities, list) and "audio" in modalities)


def _is_constrained(body: Mapping[str, Any], dialect: Dialect | None) -> bool:
    shape = body.get("response_format")
    shaped = isinstance(shape, Mapping) and shape.get("type") not in {None, "text"}
    if format_of(body) is not None and dialect is not None and dialect.continues_json:
        shaped = False
    forced = body.get("tool_choice") not in (None, "auto", "none")
    return shaped or forced or any(body.get(name) is not None for name in _GRAMMARS)
