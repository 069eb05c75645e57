"""`POST /chat/completions`."""

from __future__ import annotations

import json
from typing import Any

from fake_openai import Answer, ToolCall
from support.judge.asking import Ask, Told

from .claim import Claim, Endpoint, Shows, idle, obeyed, other, refused

_HI = [{"role": "user", "content": "Hi, how are you?"}]
_LONG = [{"role": "user", "content": "word " * 200}]
_PARAMETERS = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
_FUNCTION = {"name": "f", "parameters": _PARAMETERS}
_TOOLS = [{"type": "function", "function": _FUNCTION}]
_STRICT = {**_PARAMETERS, "additionalProperties": False}
_SCHEMA = {"name": "s", "strict": True, "schema": _STRICT}
_CALLS = Answer(tool_calls=[ToolCall("f", {"a": 1}), ToolCall("f", {"a": 2})])
_MODEL = {"model": "gpt-5"}
_SEARCH = {"model": "gpt-4o-search-preview"}


def _choice(told: Told) -> Any:
    return told.body["choices"][0]


def _content(told: Told) -> Any:
    return _choice(told)["message"]["content"]


def _moderated(told: Told) -> bool:
    judged = told.body["moderation"]
    return [judged[one]["results"][0]["flagged"] for one in ("input", "output")] == [False, False]


def _calls(told: Told) -> int:
    return len(_choice(told)["message"].get("tool_calls") or ()) if told.body.get("id") else 0


def _ends(reason: str) -> Shows:
    return lambda told: bool(_choice(told)["finish_reason"] == reason)


def _is_answered(told: Told) -> bool:
    return bool(told.body["choices"])


def _is_json(told: Told) -> bool:
    try:
        return isinstance(json.loads(_content(told)), dict)
    except ValueError:
        return False


def _detail(told: Told, name: str) -> int:
    return int(told.body["usage"]["completion_tokens_details"][name])


_SAMPLING = "the answer does not depend on it"
_CLAIMS: dict[str, Claim] = {
    "model": obeyed("gpt-4o", lambda told: told.body["model"].startswith("gpt-4o")),
    "messages": obeyed(_LONG, lambda told: told.body["usage"]["prompt_tokens"] > 100),
    "stream": obeyed(True, lambda told: len(told.events) > 1),
    "stream_options": obeyed(
        {"include_usage": True}, lambda told: bool(told.events[-1]["usage"]), stream=True
    ),
    "stream_options.include_usage": obeyed(
        True, lambda told: bool(told.events[-1].get("usage")), stream=True
    ),
    "stream_options.include_obfuscation": obeyed(
        False, lambda told: "obfuscation" not in told.events[0], stream=True
    ),
    "n": obeyed(3, lambda told: len(told.body["choices"]) == 3),
    "max_completion_tokens": obeyed(2, _ends("length")),
    "max_tokens": obeyed(2, _ends("length")),
    "stop": obeyed(["two"], lambda told: bool(_content(told) == "one "), Answer("one two three")),
    "logprobs": obeyed(True, lambda told: bool(_choice(told)["logprobs"])),
    "top_logprobs": obeyed(
        2,
        lambda told: len(_choice(told)["logprobs"]["content"][0]["top_logprobs"]) == 2,
        logprobs=True,
    ),
    "tools": obeyed(_TOOLS, lambda told: _calls(told) > 0, tool_choice="required"),
    "tool_choice": obeyed("required", lambda told: _calls(told) > 0, tools=_TOOLS),
    "parallel_tool_calls": obeyed(False, lambda told: _calls(told) == 1, _CALLS, tools=_TOOLS),
    "functions": obeyed(
        [_FUNCTION],
        lambda told: told.body["usage"]["prompt_tokens"] > 50,
        note="the older form of `tools`",
    ),
    "function_call": Claim(
        does="obeyed",
        value={"name": "f"},
        shows=lambda told: _choice(told)["message"]["function_call"]["name"] == "f",
        note="the older form of `tool_choice`",
        beside={"functions": [_FUNCTION]},
    ),
    "response_format": obeyed(
        {"type": "json_object"}, _is_json, messages=[{"role": "user", "content": "JSON, please."}]
    ),
    "response_format.type": obeyed(
        "json_object", _is_json, messages=[{"role": "user", "content": "JSON, please."}]
    ),
    "response_format.json_schema": obeyed(
        _SCHEMA,
        lambda told: _is_json(told) and "a" in json.loads(_content(told)),
        **{"response_format.type": "json_schema"},
    ),
    "temperature": idle(0.5, note=_SAMPLING),
    "top_p": idle(0.5, note=_SAMPLING),
    "presence_penalty": idle(0.5, note=_SAMPLING),
    "frequency_penalty": idle(0.5, note=_SAMPLING),
    "logit_bias": idle({"50256": -100}, note=_SAMPLING),
    "seed": other(7, note="another seed, another answer"),
    "reasoning_effort": obeyed(
        "high", lambda told: _detail(told, "reasoning_tokens") > 300, **_MODEL
    ),
    "verbosity": obeyed("low", lambda told: len(_content(told)) < 200, **_MODEL),
    "service_tier": obeyed("flex", lambda told: told.body["service_tier"] == "flex"),
    "user": idle("u-1"),
    "safety_identifier": idle("u-1"),
    "metadata": Claim(
        does="echoed",
        value={"a": "b"},
        shows=lambda told: told.body["metadata"] == {"a": "b"},
        beside={"store": True},
        after=[Ask("/v1/chat/completions/{0.id}", method="GET")],
    ),
    "store": Claim(
        does="obeyed",
        value=True,
        shows=lambda told: "choices" in told.body,
        after=[Ask("/v1/chat/completions/{0.id}", method="GET")],
    ),
    "prediction": obeyed(
        {"type": "content", "content": "one two"},
        lambda told: _detail(told, "accepted_prediction_tokens") > 0,
        Answer("one two"),
    ),
    "prediction.type": obeyed("content", _is_answered, **{"prediction.content": "one two"}),
    "prediction.content": obeyed(
        "one two",
        lambda told: _detail(told, "accepted_prediction_tokens") > 0,
        Answer("one two"),
        **{"prediction.type": "content"},
    ),
    "prompt_cache_key": idle("k"),
    "prompt_cache_options": idle({"mode": "implicit"}),
    "prompt_cache_options.mode": idle("implicit"),
    "prompt_cache_options.ttl": idle("30m"),
    "prompt_cache_retention": idle("24h"),
    "modalities": idle(["text"]),
    "audio": refused({"format": "wav", "voice": "alloy"}),
    "audio.format": refused("wav"),
    "audio.voice": refused("alloy"),
    "moderation": obeyed({"model": "omni-moderation-latest"}, _moderated),
    "moderation.model": obeyed("omni-moderation-latest", _moderated),
    "moderation.policy": idle({}, **{"moderation.model": "omni-moderation-latest"}),
    "web_search_options": idle({}, **_SEARCH),
    "web_search_options.search_context_size": idle("low", **_SEARCH),
    "web_search_options.user_location": idle(None, **_SEARCH),
}
CHAT = Endpoint(
    "POST /chat/completions",
    Ask("/v1/chat/completions", {"model": "gpt-4.1-mini", "messages": _HI}),
    _CLAIMS,
)
