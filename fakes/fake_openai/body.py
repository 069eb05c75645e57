"""A whole answer, not streamed, in the form of a dialect."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from .chunks import FILTERS, NATIVE_ENDS, PROMPT_FILTERS, Facts, html_safe
from .dialect import Dialect
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
        "choices": [_choice(dialect, choice, facts.model) for choice in choices],
        "usage": dialect.usage(facts.tokens),
    }
    if dialect.stamp:
        known[dialect.stamp] = {"id": facts.stamp["id"]}
    body = {key: known[key] for key in dialect.body_keys}
    text = json.dumps(
        body,
        indent=dialect.indent,
        separators=None if dialect.indent else (",", ":"),
        ensure_ascii=False,
        sort_keys=dialect.sort_keys,
    )
    return (html_safe(text, dialect) + dialect.body_end).encode("utf-8", "replace")


def _choice(dialect: Dialect, choice: Choice, model: str) -> dict[str, Any]:
    known: dict[str, Any] = {
        "index": choice.index,
        "message": _message(dialect, choice),
        "logprobs": None,
        "finish_reason": choice.ends_with,
        "native_finish_reason": NATIVE_ENDS.get(choice.ends_with, choice.ends_with),
        "content_filter_results": FILTERS,
        **dialect.choice_values,
    }
    hidden = {"logprobs"} if re.fullmatch(dialect.no_logprobs, model) else set()
    return {key: known[key] for key in dialect.body_choice_keys if key not in hidden}


def _message(dialect: Dialect, choice: Choice) -> dict[str, Any]:
    reasoning = (dialect.reasoning and choice.joined("reasoning")) or None
    calls = _calls(dialect, choice)
    text: Any = choice.joined("echo", "content")
    nothing = {"tool_calls": None, "annotations": [], "content": None, **dialect.nothing}
    if not text and (calls or choice.joined("refusal")):
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
        "annotations": nothing["annotations"],
        "audio": None,
        "function_call": None,
    }
    names = {"reasoning": dialect.reasoning}
    return {
        names.get(key, key): known[key]
        for key in dialect.message_keys
        if known[key] or key not in dialect.optional
    }


def _calls(dialect: Dialect, choice: Choice) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []
    for number, tool in enumerate(choice.calls()):
        function = {"name": tool.name, "arguments": tool.json}
        call: dict[str, Any] = {"id": tool.id, "type": "function", "function": function}
        if dialect.call_index:
            call["index"] = number
        calls.append(call)
    return calls
