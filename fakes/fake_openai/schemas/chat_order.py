"""What messages ask of one another: content, tool calls and their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fake_openai.asking.complaints import invalid

_INSTEAD = ("tool_calls", "function_call", "refusal", "audio")


def check(messages: Sequence[Mapping[str, Any]]) -> None:
    """Check that each message has content, or what stands in for it.

    Raises:
        ApiError: one has none.
    """
    for place, message in enumerate(messages):
        if message.get("content") is not None:
            continue
        if message["role"] == "assistant" and any(message.get(name) for name in _INSTEAD):
            continue
        if message["role"] == "function" and "content" in message:
            continue
        told = "Invalid value for 'content': expected a string, got null."
        raise invalid(told, f"messages.[{place}].content")


def check_calls(messages: Sequence[Mapping[str, Any]]) -> None:
    """Check that every tool call is answered, and every answer has its call.

    Raises:
        ApiError: one is not, or has none.
    """
    open_calls: list[str] = []
    for place, message in enumerate(messages):
        if message["role"] == "tool":
            if message.get("tool_call_id") not in open_calls:
                told = "Invalid parameter: messages with role 'tool' must be a response to a"
                told += " preceeding message with 'tool_calls'."
                raise invalid(told, f"messages.[{place}].role", None, "")
            answered = message["tool_call_id"]
            open_calls = [call for call in open_calls if call != answered]
            continue
        _all_answered(open_calls, place)
        calls = message.get("tool_calls") if message["role"] == "assistant" else None
        open_calls = [call["id"] for call in calls or () if isinstance(call.get("id"), str)]
    _all_answered(open_calls, len(messages))


def _all_answered(open_calls: Sequence[str], place: int) -> None:
    if open_calls:
        told = "An assistant message with 'tool_calls' must be followed by tool messages responding"
        told += " to each 'tool_call_id'. The following tool_call_ids did not have response"
        told += f" messages: {', '.join(open_calls)}"
        raise invalid(told, f"messages.[{place}].role", None, "")
