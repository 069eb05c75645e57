"""The members of a response that the request decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from . import conversations
from .form import TOOL_USAGE, ResponsesForm

_NEWER = r"gpt-5\.[4-9].*"  # models with a `top_p` of 0.98 and a cache for a day


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
    kept = "24h" if newer else "in_memory"
    talk = conversations.id_of(body)
    return {
        **({} if talk is None else {"conversation": {"id": talk}}),
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
        "prompt_cache_options": asked("prompt_cache_options"),
        "prompt_cache_retention": asked("prompt_cache_retention", kept if form.retains else None),
        "reasoning": asked("reasoning")
        if form.echoes_reasoning
        else reasoning(form, asked("reasoning", {}), effort),
        "safety_identifier": asked("safety_identifier"),
        "service_tier": asked("service_tier", form.tier),
        "store": asked("store", default=True) and form.stores,
        "temperature": asked("temperature", 1.0),
        "text": _text(form, asked("text", {})),
        "tool_choice": asked("tool_choice", "auto"),
        "tool_usage": TOOL_USAGE,
        "tools": [_tool(form, tool) for tool in asked("tools", [])],
        "top_logprobs": asked("top_logprobs", 0),
        "top_p": asked("top_p", 0.98 if newer else 1.0),
        "truncation": asked("truncation", "disabled"),
        "usage": None,
        "user": asked("user"),
        "metadata": asked("metadata", {}),
    }


def reasoning(form: ResponsesForm, asked: Mapping[str, Any], effort: str) -> dict[str, Any]:
    """Return what a response tells of its reasoning, for a request that asks for `asked`."""
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
    told = {"format": wanted}
    if asked.get("verbosity") or form.tells_verbosity:
        told["verbosity"] = asked.get("verbosity") or form.verbosity
    return told


def _tool(form: ResponsesForm, tool: Mapping[str, Any]) -> dict[str, Any]:
    defaults: dict[str, Any] = {}
    if tool["type"] == "function":
        strict = tool.get("strict")
        defaults = {"description": None, "parameters": None, "strict": strict is not False}
        if strict is None:
            tool = {name: value for name, value in tool.items() if name != "strict"}
    elif tool["type"] == "custom":
        defaults = {"format": {"type": "text"}}
    full = {**defaults, **tool}
    head = [name for name in form.tool_keys if name in full]
    return {name: full[name] for name in (*head, *sorted(full.keys() - set(head)))}
