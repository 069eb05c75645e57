"""A whole answer, not streamed, in the form of a dialect."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from fake_openai.dialect import Dialect

from .chunks import FILTERS, NATIVE_ENDS, PROMPT_FILTERS, Facts
from .deltas import members
from .lines import html_safe
from .pieces import Choice


def whole(dialect: Dialect, facts: Facts, choices: Sequence[Choice]) -> bytes:
    """Return the body of a response that is not streamed."""
    known: dict[str, Any] = {
        "object": "chat.completion",
        "service_tier": None,
        "system_fingerprint": None,
        "metadata": None,
        "prompt_logprobs": None,
        "kv_transfer_params": None,
        "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": PROMPT_FILTERS}],
        **facts.values,
        "id": facts.id,
        "created": facts.created,
        "model": facts.model,
        "choices": [_choice(dialect, choice, facts) for choice in choices],
        "usage": dialect.usage(facts.tokens),
    }
    if dialect.stamp:
        known[dialect.stamp] = {"id": facts.stamp["id"]}
    keys = dialect.body_keys
    if facts.moderation is not None:
        known["moderation"], at = facts.moderation, keys.index("usage")
        keys = (*keys[:at], "moderation", *keys[at:])
    body = {key: known[key] for key in keys}
    text = json.dumps(
        body,
        indent=dialect.indent,
        separators=None if dialect.indent else (",", ":"),
        ensure_ascii=False,
        sort_keys=dialect.sort_keys,
    )
    return (html_safe(text, dialect) + dialect.body_end).encode("utf-8", "replace")


def _choice(dialect: Dialect, choice: Choice, facts: Facts) -> dict[str, Any]:
    likely = _logprobs(choice, facts)
    known: dict[str, Any] = {
        "index": choice.index,
        "message": _message(dialect, choice),
        "logprobs": likely,
        "finish_reason": choice.ends_with,
        "native_finish_reason": NATIVE_ENDS.get(choice.ends_with, choice.ends_with),
        "content_filter_results": FILTERS,
        **dialect.choice_values,
    }
    if dialect.stop_key:
        known[dialect.stop_key] = choice.stopped_by
    unknown = likely is None and re.fullmatch(dialect.no_logprobs, facts.model)
    hidden = {"logprobs"} if unknown else set()
    return {key: known[key] for key in dialect.body_choice_keys if key not in hidden}


def _logprobs(choice: Choice, facts: Facts) -> dict[str, Any] | None:
    chances = facts.chances(choice.index)
    if chances is None:
        return None
    told: dict[str, Any] = {"content": None, "refusal": None}
    for kind in ("content", "refusal"):
        texts = [piece.text for piece in choice.pieces if piece.kind == kind]
        if texts:
            told[kind] = [entry for text in texts for entry in chances.of(text)]
    return told if any(told.values()) else None


def _message(dialect: Dialect, choice: Choice) -> dict[str, Any]:
    reasoning = (dialect.reasoning and choice.joined("reasoning")) or None
    calls = [] if choice.old_form else _calls(dialect, choice)
    text: Any = choice.joined("echo", "content")
    nothing = {"tool_calls": None, "annotations": [], "content": None, **dialect.nothing}
    old_call = _old_call(choice)
    if not text and (calls or old_call or choice.joined("refusal")):
        text = nothing["content"]
    if reasoning and dialect.reasoning_as == "thinking":
        thought = {"type": "thinking", "thinking": [{"type": "text", "text": reasoning}]}
        text = [thought, {"type": "text", "text": text or ""}]
    known: dict[str, Any] = {
        "role": "assistant",
        "content": text,
        "reasoning": reasoning,
        "tool_calls": calls or nothing["tool_calls"],
        "refusal": choice.joined("refusal") or None,
        "annotations": _notes(choice) or nothing["annotations"],
        "audio": None,
        "function_call": old_call,
    }
    names = {"reasoning": dialect.reasoning}
    message = {
        names.get(key, key): known[key]
        for key in dialect.message_keys
        if known[key] or key not in dialect.optional
    }
    return {**message, "function_call": old_call} if old_call else message


def _notes(choice: Choice) -> list[dict[str, Any]]:
    text = choice.joined("echo", "content")
    notes = [one.note(text) for one in choice.citations]
    return [{"type": "url_citation", "url_citation": note} for note in notes]


def _old_call(choice: Choice) -> dict[str, Any] | None:
    calls = choice.calls() if choice.old_form else []
    return {"name": calls[0].name, "arguments": calls[0].json} if calls else None


def _calls(dialect: Dialect, choice: Choice) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []
    for number, tool in enumerate(choice.calls()):
        kind, member = members(custom=tool.custom)
        said = {"name": tool.name, member: tool.json}
        call: dict[str, Any] = {"id": tool.id, "type": kind, kind: said}
        if dialect.call_index:
            call["index"] = number
        calls.append(call)
    return calls
