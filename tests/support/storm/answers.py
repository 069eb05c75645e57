"""True answers of every kind, and what is asked for to get them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from fake_openai import Answer, ToolCall
from fake_openai.dialects import find

from .course import Part

Kind: TypeAlias = tuple[Answer, dict[str, Any]]

_PLAIN = ("Once", " upon", " a", " time", ",", " ha", "ha", "ha ha", "a", " the", " end.", "\n")
_HARD = (
    *(" ", "  ", "\n\n", "\t", " \n", "x\n\n", "\u3000", "\u00a0", "\u2028", "\x85", "\x1e"),
    *('"', "\\", "\\u00", "<b>", "&", "data: ", "[DONE]", "\r\n", ": ", "\ufeff", "\0", "</think>"),
    *("é", "e\u0301", "日本", "語", "🌊", "👩\u200d🚀", "\U0001f1f3", "\U0001f1f4", "{", "}]"),
)
_STRING = {"type": "string"}
_PARAMETERS = {"type": "object", "properties": {"a": _STRING, "b": _STRING}}
_TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": _PARAMETERS}}
    for name in ("look", "note")
]
_FLAT_TOOLS = [
    {"type": "function", "name": name, "parameters": _PARAMETERS, "strict": False}
    for name in ("look", "note")
]
_SUMMED = {"reasoning": {"summary": "auto"}}
_IN_JSON = [{"role": "user", "content": "Tell me in JSON."}]
_ITEM = {"type": "object", "properties": {"a": {"type": "integer"}, "b c": _STRING}}
_SCHEMA = {"name": "item", "schema": {**_ITEM, "required": ["a"]}}


def _chunks(rng: random.Random, words: tuple[str, ...], least: int = 0) -> tuple[str, ...]:
    return tuple(rng.choices(words, k=rng.randint(least, 14)))


def _hard_text(rng: random.Random) -> Kind:
    return Answer(chunks=_chunks(rng, _PLAIN + _HARD)), {}


def _text(rng: random.Random) -> Kind:
    chunks = _chunks(rng, _PLAIN)
    # Chunks of one character each would be taken for those of a proxy that cuts tokens anew, and
    # then nobody could say how many of `max_tokens` are used.
    if rng.random() < 0.3 and all(len(chunk.strip()) > 1 for chunk in chunks):
        return Answer(chunks=chunks), {"max_tokens": rng.randint(1, 15)}
    return Answer(chunks=chunks), {}


def _said(rng: random.Random, least: int = 0) -> str:
    words = _PLAIN + _HARD if rng.random() < 0.3 else _PLAIN
    return "".join(_chunks(rng, words, least))


def _reasoning(rng: random.Random) -> Kind:
    return Answer("Well. " + _said(rng), reasoning="Hm. " + _said(rng)), {}


def _call(rng: random.Random) -> ToolCall:
    given = {
        name: "".join(rng.choices('xy \n{}é"\\', k=rng.randint(0, 8)))
        for name in rng.sample(["a", "b"], rng.randint(0, 2))
    }
    return ToolCall(rng.choice(["look", "note"]), given)


def _tools(count: Callable[[random.Random], int]) -> Callable[[random.Random], Kind]:
    def made(rng: random.Random) -> Kind:
        choice = rng.choice([{}, {}, {"tool_choice": "required"}])
        text = "" if choice else rng.choice(["", "Let me see. ", _said(rng)])
        reasoning = rng.choice(["", "", "Hm. "])
        calls = [_call(rng) for _ in range(count(rng))]
        return Answer(text, reasoning=reasoning, tool_calls=calls), {"tools": _TOOLS, **choice}

    return made


def _value(rng: random.Random) -> str:
    value = {"a": rng.randint(-9, 10**6), "b c": "".join(rng.choices('x{"é, ', k=5))}
    return json.dumps(value, indent=rng.choice([None, 1]), ensure_ascii=rng.random() < 0.5)


def _json_object(rng: random.Random) -> Kind:
    return Answer(_value(rng)), {"messages": _IN_JSON, "response_format": {"type": "json_object"}}


def _json_schema(rng: random.Random) -> Kind:
    wanted = {"type": "json_schema", "json_schema": _SCHEMA}
    return Answer(_value(rng)), {"messages": _IN_JSON, "response_format": wanted}


def _several(rng: random.Random) -> Kind:
    return Answer("So. " + _said(rng)), {"n": 2}


def _logprobs(rng: random.Random) -> Kind:
    more = {"top_logprobs": 2} if rng.random() < 0.3 else {}
    return Answer(chunks=_chunks(rng, _PLAIN, 1)), {"logprobs": True, **more}


def _refusal(rng: random.Random) -> Kind:
    return Answer(refusal="I will not. " + "".join(_chunks(rng, _PLAIN))), {}


def _response_text(rng: random.Random) -> Kind:
    return Answer(chunks=_chunks(rng, _PLAIN + _HARD if rng.random() < 0.3 else _PLAIN)), {}


def _response_reasoning(rng: random.Random) -> Kind:
    # Empty lines would make several parts of it.
    thought = "".join(_chunks(rng, _PLAIN[:-1]))
    return Answer("Well. " + _said(rng), reasoning="Hm. " + thought), _SUMMED


def _response_tools(rng: random.Random) -> Kind:
    text = rng.choice(["", "Let me see. ", _said(rng)])
    reasoning = rng.choice(["", "", "Hm. "])
    calls = [_call(rng) for _ in range(rng.randint(1, 3))]
    body = {"tools": _FLAT_TOOLS, **(_SUMMED if reasoning else {})}
    return Answer(text, reasoning=reasoning, tool_calls=calls), body


def _response_json(rng: random.Random) -> Kind:
    form = {"type": "json_schema", "strict": False, **_SCHEMA}
    return Answer(_value(rng)), {"text": {"format": form}}


def _response_refusal(rng: random.Random) -> Kind:
    return _refusal(rng)[0], {}


KINDS: Mapping[str, Callable[[random.Random], Kind]] = {
    "text": _text,
    "hard text": _hard_text,
    "reasoning": _reasoning,
    "one tool": _tools(lambda _: 1),
    "parallel tools": _tools(lambda rng: rng.randint(2, 3)),
    "json_object": _json_object,
    "json_schema": _json_schema,
    "n=2": _several,
    "logprobs": _logprobs,
    "refusal": _refusal,
    "response": _response_text,
    "response, reasoning": _response_reasoning,
    "response, tools": _response_tools,
    "response, JSON": _response_json,
    "response, refusal": _response_refusal,
}


def is_told(kind: str, dialect: str) -> bool:
    """Say whether a server of this dialect has a way to tell such an answer."""
    if kind.startswith("response"):
        return "responses" in find(dialect).serves
    return kind != "refusal" or dialect != "sglang"


def truth(answer: Answer, body: Mapping[str, Any], dialect: str) -> dict[int, Part]:
    """Return what an answer says where nothing goes wrong, choice by choice."""
    text = answer.text
    if body.get("max_tokens") is not None and answer.chunks is not None:
        text = "".join(answer.chunks[: body["max_tokens"]])
    part = Part(
        text,
        answer.reasoning if find(dialect).reasoning or "reasoning" in body else "",
        answer.refusal,
        tuple((call.name, call.json) for call in answer.tool_calls),
    )
    return dict.fromkeys(range(body.get("n", 1)), part)
