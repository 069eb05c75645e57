"""`/responses`."""

from __future__ import annotations

import json
from typing import Any

from fake_openai import Answer, ToolCall
from support.judge.asking import Ask, Told

from .claim import Claim, Endpoint, Shows, echoed, idle, obeyed, refused

_HI = "Hi, how are you?"
_LONG = "word " * 200
_PARAMETERS = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}
_TOOLS = [{"type": "function", "name": "f", "parameters": _PARAMETERS, "strict": True}]
_SCHEMA = {"type": "json_schema", "name": "s", "strict": True, "schema": _PARAMETERS}
_CALLS = Answer(tool_calls=[ToolCall("f", {"a": 1}), ToolCall("f", {"a": 2})])
_THINKS = {"model": "gpt-5"}
_NOT_KEPT = "the API has no way to make one, and the fake has not found it"
_ONE: Shows = lambda told: len(told.body["data"]) == 1  # noqa: E731 (a name for a claim)


def _of(told: Told, kind: str) -> list[Any]:
    return [item for item in told.body["output"] if item["type"] == kind]


def _text(told: Told) -> str:
    return str(_of(told, "message")[0]["content"][0]["text"])


def _is_schema(told: Told) -> bool:
    try:
        return "a" in json.loads(_text(told))
    except ValueError:
        return False


def _calls(number: int) -> Shows:
    return lambda told: len(_of(told, "function_call")) == number


def _same(name: str, value: Any, **beside: Any) -> Claim:
    """Return the claim that a parameter comes back under its own name."""

    def shows(told: Told) -> bool:
        came = told.body
        for part in name.split("."):
            came = came[part]
        return bool(came == value)

    return echoed(value, shows, **beside)


def _summarized(told: Told) -> bool:
    return bool(_of(told, "reasoning")[0]["summary"])


def _moderated(told: Told) -> bool:
    return told.body["moderation"]["output"]["type"] == "moderation_result"


def _reasoned(told: Told) -> int:
    return int(told.body["usage"]["output_tokens_details"]["reasoning_tokens"])


CREATE_RESPONSE = Endpoint(
    "POST /responses",
    Ask("/v1/responses", {"model": "gpt-4.1", "input": _HI}),
    {
        "model": obeyed("gpt-4o", lambda told: told.body["model"].startswith("gpt-4o")),
        "input": obeyed(_LONG, lambda told: told.body["usage"]["input_tokens"] > 100),
        "instructions": obeyed(_LONG, lambda told: told.body["usage"]["input_tokens"] > 100),
        "previous_response_id": obeyed(
            "{0.id}", lambda told: told.body["usage"]["input_tokens"] > 30
        ),
        "conversation": obeyed(
            "{1.id}",
            lambda told: told.body["conversation"]["id"].startswith("conv_"),
        ),
        "prompt": refused({"id": "pmpt_1"}, note=_NOT_KEPT),
        "prompt.id": refused("pmpt_1", note=_NOT_KEPT),
        "prompt.variables": refused({}, note=_NOT_KEPT, **{"prompt.id": "pmpt_1"}),
        "prompt.version": refused("1", note=_NOT_KEPT, **{"prompt.id": "pmpt_1"}),
        "stream": obeyed(True, lambda told: len(told.events) > 1),
        "stream_options": obeyed(
            {"include_obfuscation": False},
            lambda told: "obfuscation" not in str(told.events),
            stream=True,
        ),
        "stream_options.include_obfuscation": obeyed(
            False, lambda told: "obfuscation" not in str(told.events), stream=True
        ),
        "background": obeyed(True, lambda told: told.body["status"] == "queued"),
        "store": Claim(
            does="obeyed",
            value=False,
            shows=lambda told: told.raw.status == 404,
            after=[Ask("/v1/responses/{2.id}", method="GET")],
        ),
        "max_output_tokens": obeyed(16, lambda told: told.body["status"] == "incomplete"),
        "include": obeyed(
            ["message.output_text.logprobs"],
            lambda told: bool(_of(told, "message")[0]["content"][0]["logprobs"]),
        ),
        "top_logprobs": obeyed(
            2,
            lambda told: (
                len(_of(told, "message")[0]["content"][0]["logprobs"][0]["top_logprobs"]) == 2
            ),
            include=["message.output_text.logprobs"],
        ),
        "tools": obeyed(_TOOLS, _calls(1), tool_choice="required"),
        "tool_choice": obeyed("required", _calls(1), tools=_TOOLS),
        "parallel_tool_calls": obeyed(False, _calls(1), _CALLS, tools=_TOOLS),
        "max_tool_calls": _same("max_tool_calls", 3),
        "text": obeyed({"format": _SCHEMA}, _is_schema),
        "text.format": obeyed(_SCHEMA, _is_schema),
        "text.verbosity": obeyed("low", lambda told: len(_text(told)) < 200, **_THINKS),
        "reasoning": obeyed({"effort": "high"}, lambda told: _reasoned(told) > 300, **_THINKS),
        "reasoning.effort": obeyed("high", lambda told: _reasoned(told) > 300, **_THINKS),
        "reasoning.summary": obeyed("auto", _summarized, **_THINKS),
        "reasoning.generate_summary": obeyed(
            "auto", _summarized, note="the older name of `reasoning.summary`", **_THINKS
        ),
        "reasoning.context": _same("reasoning.context", "auto", **_THINKS),
        "reasoning.mode": idle("standard", **_THINKS),
        "temperature": _same("temperature", 0.5),
        "top_p": _same("top_p", 0.5),
        "truncation": obeyed(
            "auto",
            lambda told: told.body["usage"]["input_tokens"] < 100,
            model="gpt-4",
            input=[{"role": "user", "content": text} for text in ("word " * 9000, _HI)],
        ),
        "service_tier": _same("service_tier", "flex"),
        "metadata": _same("metadata", {"a": "b"}),
        "user": _same("user", "u-1"),
        "safety_identifier": _same("safety_identifier", "s-1"),
        "prompt_cache_key": _same("prompt_cache_key", "k"),
        "prompt_cache_retention": _same("prompt_cache_retention", "24h"),
        "prompt_cache_options": idle({"mode": "implicit"}),
        "prompt_cache_options.mode": idle("implicit"),
        "prompt_cache_options.ttl": idle("30m"),
        "context_management": idle([{"type": "compaction", "compact_threshold": 10000}]),
        "moderation": obeyed({"model": "omni-moderation-latest"}, _moderated),
        "moderation.model": obeyed("omni-moderation-latest", _moderated),
        "moderation.policy": idle({}, **{"moderation.model": "omni-moderation-latest"}),
    },
    (Ask("/v1/responses", {"model": "gpt-4.1", "input": _HI}), Ask("/v1/conversations", {})),
)
GET_RESPONSE = Endpoint(
    "GET /responses/{response_id}",
    Ask("/v1/responses/{0.id}", method="GET"),
    {
        "stream": obeyed(True, lambda told: len(told.events) > 1),
        "starting_after": obeyed(
            2, lambda told: told.events[0]["sequence_number"] == 3, stream=True
        ),
        "include": Claim(does="no effect", value="message.output_text.logprobs", wrong="nothing"),
        "include_obfuscation": obeyed(
            True,
            lambda told: "obfuscation" in str(told.events),
            note="off unless asked for, as in recordings of responses in the background",
            stream=True,
        ),
    },
    (Ask("/v1/responses", {"model": "gpt-4.1", "input": _HI, "background": True, "stream": True}),),
)
INPUT_ITEMS = Endpoint(
    "GET /responses/{response_id}/input_items",
    Ask("/v1/responses/{0.id}/input_items", method="GET"),
    {
        "limit": obeyed(1, _ONE),
        "order": Claim(
            does="obeyed",
            value="asc",
            shows=lambda told: told.body["data"][0]["content"][0]["text"] == "one",
            wrong="best",
        ),
        "after": Claim(
            does="obeyed",
            value="{1.last_id}",
            shows=lambda told: not told.body["data"],
            wrong="nothing",
        ),
        "include": Claim(does="no effect", value="message.input_image.image_url", wrong="nothing"),
    },
    (
        Ask(
            "/v1/responses",
            {
                "model": "gpt-4.1",
                "input": [{"role": "user", "content": "one"}, {"role": "user", "content": "two"}],
            },
        ),
        Ask("/v1/responses/{0.id}/input_items", method="GET"),
    ),
)
