"""The response object: what does not change in it, and what does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .form import TOOL_USAGE, ResponsesForm
from .items import Item

_NEWER = r"gpt-5\.[4-9].*"  # models with a `top_p` of 0.98 and a cache for a day


@dataclass(frozen=True, slots=True)
class Used:
    """Tokens of a response.

    Attributes:
        input: of all that was read.
        output: generated, reasoning included.
        reasoning: of them those of reasoning.
        cached: of the input those that were in the cache.
    """

    input: int
    output: int
    reasoning: int = 0
    cached: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.input + self.output

    def told(self, form: ResponsesForm) -> dict[str, Any]:
        """Return it as JSON."""
        details = {"cache_write_tokens": 0} if form.cache_writes else {}
        return {
            "input_tokens": self.input,
            "input_tokens_details": {**details, "cached_tokens": self.cached},
            "output_tokens": self.output,
            "output_tokens_details": {"reasoning_tokens": self.reasoning},
            "total_tokens": self.total,
        }


@dataclass(frozen=True, slots=True)
class Ending:
    """How a response ends.

    Attributes:
        status: `completed`, `incomplete` or `failed`.
        items: its output.
        used: its tokens.
        at: seconds since 1970.
        reason: why it is incomplete.
        tier: in which tier it was made.
    """

    status: str
    items: Sequence[Item]
    used: Used
    at: int
    reason: str | None = None
    tier: str = "default"


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What does not change in a response.

    Attributes:
        form: of the provider.
        known: its members.
    """

    form: ResponsesForm
    known: Mapping[str, Any] = field(default_factory=dict)

    def response(
        self, status: str, *, event: bool, members: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the response as JSON, for an event or for a body."""
        known = {**self.known, "status": status, **(members or {})}
        hidden = self.form.hidden | (self.form.hidden_in_events if event else frozenset())
        return {name: known[name] for name in self.form.keys if name not in hidden}

    def ended(self, ending: Ending, *, event: bool) -> dict[str, Any]:
        """Return the response as it is in the end."""
        members = {
            "completed_at": ending.at if ending.status == "completed" else None,
            "content_filters": list(self.form.filters) or None,
            "incomplete_details": {"reason": ending.reason} if ending.reason else None,
            "output": [item.told(self.form, whole=True) for item in ending.items],
            "service_tier": ending.tier,
            "usage": ending.used.told(self.form),
        }
        return self.response(ending.status, event=event, members=members)


def written(value: Any, form: ResponsesForm) -> bytes:
    """Write JSON as the provider does in bodies."""
    separators = None if form.indent else (",", ":")
    text = json.dumps(value, indent=form.indent, separators=separators, ensure_ascii=False)
    return text.encode("utf-8", "replace")


def known(
    form: ResponsesForm, body: Mapping[str, Any], id: str, created: int, effort: str
) -> dict[str, Any]:
    """Return the members of a response as a request makes them.

    Args:
        form: of the provider.
        body: the request.
        id: of the response.
        created: seconds since 1970.
        effort: of the model's reasoning; empty = it does not reason.
    """

    def asked(name: str, default: Any = None) -> Any:
        value = body.get(name)
        return default if value is None else value

    newer = re.fullmatch(_NEWER, body["model"]) is not None
    return {
        "id": id,
        "object": "response",
        "created_at": created,
        "background": asked("background", default=False),
        "billing": {"payer": "developer"},
        "completed_at": None,
        "content_filters": None,
        "error": None,
        "frequency_penalty": 0.0,
        "incomplete_details": None,
        "instructions": asked("instructions"),
        "max_output_tokens": asked("max_output_tokens"),
        "max_tool_calls": asked("max_tool_calls"),
        "model": body["model"],
        "moderation": None,
        "output": [],
        "parallel_tool_calls": asked("parallel_tool_calls", default=True),
        "presence_penalty": 0.0,
        "previous_response_id": asked("previous_response_id"),
        "prompt_cache_key": asked("prompt_cache_key"),
        "prompt_cache_retention": asked("prompt_cache_retention", "24h" if newer else "in_memory"),
        "reasoning": _reasoning(form, asked("reasoning", {}), effort),
        "safety_identifier": asked("safety_identifier"),
        "service_tier": asked("service_tier", form.tier),
        "store": asked("store", default=True) and form.stores,
        "temperature": asked("temperature", 1.0),
        "text": _text(form, asked("text", {})),
        "tool_choice": asked("tool_choice", "auto"),
        "tool_usage": TOOL_USAGE,
        "tools": [_tool(tool) for tool in asked("tools", [])],
        "top_logprobs": asked("top_logprobs", 0),
        "top_p": asked("top_p", 0.98 if newer else 1.0),
        "truncation": asked("truncation", "disabled"),
        "usage": None,
        "user": asked("user"),
        "metadata": asked("metadata", {}),
    }


def _reasoning(form: ResponsesForm, asked: Mapping[str, Any], effort: str) -> dict[str, Any]:
    values = dict(form.thinking_values if effort else form.reasoning_values)
    for name, value in asked.items():
        if name in values and value is not None:
            values[name] = value
    if effort and form.tells_effort:
        values["effort"] = effort
    return values


def _text(form: ResponsesForm, asked: Mapping[str, Any]) -> dict[str, Any]:
    wanted = asked.get("format") or {"type": "text"}
    if wanted["type"] == "json_schema":
        wanted = {
            "type": "json_schema",
            "description": wanted.get("description"),
            "name": wanted["name"],
            "schema": wanted["schema"],
            "strict": wanted.get("strict") or False,
        }
    return {"format": wanted, "verbosity": asked.get("verbosity") or form.verbosity}


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    defaults: dict[str, Any] = {}
    if tool["type"] == "function":
        strict = tool.get("strict")
        defaults = {"description": None, "parameters": None, "strict": strict is not False}
        if strict is None:
            tool = {name: value for name, value in tool.items() if name != "strict"}
    elif tool["type"] == "custom":
        defaults = {"format": {"type": "text"}}
    full = {**defaults, **tool}
    return {"type": full["type"], **{name: full[name] for name in sorted(full) if name != "type"}}
