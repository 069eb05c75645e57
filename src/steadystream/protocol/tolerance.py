"""Brings chunks of other shapes into the one that `chat` declares.

Runs only for what the typed decoder refuses, so it may take its time.
"""

from __future__ import annotations

import json
from typing import Any

_TEXTS = ("role", "content", "reasoning", "reasoning_content", "refusal")


def coerce_chunk(value: Any) -> dict[str, Any] | None:
    """Return `value` in the shape of `chat.Chunk`, None when it is neither chunk nor error."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]  # Gemini wraps an error into a list
    if not isinstance(value, dict):
        return None
    error = value.get("error") or (value if _is_flat_error(value) else None)
    if error is None and not _is_chunk(value):
        return None
    choices = value.get("choices")
    created = value.get("created")
    usage = value.get("usage")
    return {
        "id": _text(value.get("id")),
        "object": _text(value.get("object")),
        "created": created if _is_number(created) else None,
        "model": _text(value.get("model")),
        "system_fingerprint": _text(value.get("system_fingerprint")),
        "service_tier": _text(value.get("service_tier")),
        "choices": [
            _choice(position, choice)
            for position, choice in enumerate(choices if isinstance(choices, list) else ())
            if isinstance(choice, dict)
        ],
        "usage": usage if isinstance(usage, dict) else None,
        "error": error,
        "x_groq": value.get("x_groq"),
        "citations": value.get("citations"),
    }


def _is_flat_error(value: dict[str, Any]) -> bool:
    if value.get("choices"):
        return False
    if value.get("object") == "error" or value.get("type") == "error":
        return True
    return bool(value.get("detail")) or (
        isinstance(value.get("message"), str) and ("code" in value or "status" in value)
    )


def _is_chunk(value: dict[str, Any]) -> bool:
    kind = value.get("object")
    return (
        "choices" in value
        or isinstance(value.get("usage"), dict)
        or (isinstance(kind, str) and kind.startswith(("chat.completion", "text_completion")))
    )


def _choice(position: int, choice: dict[str, Any]) -> dict[str, Any]:
    index = _integer(choice.get("index"))
    return {
        "index": position if index is None else index,
        "delta": _delta(choice.get("delta")),
        "finish_reason": _text(choice.get("finish_reason")),
        "logprobs": choice.get("logprobs"),
        "text": _text(choice.get("text")),
        "error": choice.get("error"),
    }


def _delta(delta: Any) -> dict[str, Any]:
    if isinstance(delta, str):
        return {"content": delta}
    if not isinstance(delta, dict):
        return {}
    plain: dict[str, Any] = {name: _text(delta.get(name)) for name in _TEXTS}
    if isinstance(delta.get("content"), list):
        plain["content"], thinking = _from_parts(delta["content"])
        plain["reasoning_content"] = plain["reasoning_content"] or thinking or None
    calls = delta.get("tool_calls")
    calls = [calls] if isinstance(calls, dict) else calls
    if isinstance(calls, list):
        plain["tool_calls"] = [_tool_call(call) for call in calls if isinstance(call, dict)]
    plain["function_call"] = _function(delta.get("function_call"))
    for name in ("annotations", "reasoning_details"):
        plain[name] = delta[name] if isinstance(delta.get(name), list) else None
    plain["audio"] = delta.get("audio")
    return plain


def _from_parts(parts: list[Any]) -> tuple[str, str]:
    """Split a content list, as Mistral sends it while the model thinks, into text and thinking."""
    text: list[str] = []
    thinking: list[str] = []
    for part in parts:
        if isinstance(part, dict) and "thinking" in part:
            thought = part["thinking"]
            thinking.append(
                _from_parts(thought)[0] if isinstance(thought, list) else _text(thought) or ""
            )
        else:
            text.append(_text(part) or "")
    return "".join(text), "".join(thinking)


def _tool_call(call: dict[str, Any]) -> dict[str, Any]:
    return {
        "index": _integer(call.get("index")),
        "id": _text(call.get("id")),
        "type": _text(call.get("type")),
        "function": _function(call.get("function")),
        "custom": _function(call.get("custom")),
        "extra_content": call.get("extra_content"),
    }


def _function(function: Any) -> dict[str, Any] | None:
    if not isinstance(function, dict):
        return None
    return {
        "name": _text(function.get("name")),
        "arguments": _written(function.get("arguments")),
        "input": _written(function.get("input")),
    }


def _written(value: Any) -> str | None:
    """Arguments are JSON in a string; some servers send the object itself."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _text(value: Any) -> str | None:
    """Return `value` as text; of an object the text in it, None for what holds none."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        inner = value.get("text", value.get("content"))
        return inner if isinstance(inner, str) else None
    if isinstance(value, list):
        return "".join(filter(None, map(_text, value)))
    return json.dumps(value)


def _integer(value: Any) -> int | None:
    if isinstance(value, str) and value.isdecimal():
        value = int(value[:9])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
