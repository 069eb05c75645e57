"""What a request wants of the answer: tools to call, a form to keep to, how much to think."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from fake_openai.inventing import catalogue
from fake_openai.inventing.schema_merge import mapped

from .offered import Tool, dumped, function, tool_of

# Parameters that change an answer nobody scripted.
_TELLING = frozenset(
    {
        "tools",
        "functions",
        "response_format",
        "seed",
        "reasoning_effort",
        "verbosity",
        "prediction",
    }
)


@dataclass(frozen=True, slots=True)
class Demands:
    """What a request wants.

    Attributes:
        tools: those that may be called.
        choice: whether none is to be called, or as the question asks for it, or one in any case.
        named: whether the request itself names the one tool to call.
        parallel: whether several calls are welcome.
        schema: JSON Schema of the answer, as JSON text; empty = any text will do.
        json: whether the answer must be a JSON object.
        results: what tools answered, at the end of the conversation.
        caller: name of the tool that answered last.
        effort: how much to think; empty or `none` = not at all.
        verbosity: how much to say: `low`, `medium` or `high`.
        predicted: what the answer is expected to be.
        seed: the seed of the request; empty = it has none.
    """

    tools: tuple[Tool, ...] = ()
    choice: Literal["none", "auto", "required"] = "auto"
    named: bool = False
    parallel: bool = True
    schema: str = ""
    json: bool = False
    results: tuple[str, ...] = ()
    caller: str = ""
    effort: str = ""
    verbosity: str = "medium"
    predicted: str = ""
    seed: str = ""

    @property
    def digest(self) -> str:
        """The same for the same demands; empty if there are none."""
        if self == NOTHING:
            return ""
        return hashlib.sha256(repr(self).encode("utf-8", "replace")).hexdigest()[:16]


NOTHING = Demands()


def of_chat(body: Mapping[str, Any]) -> Demands:
    """Return what the body of a chat completion wants."""
    effort = catalogue.find(body["model"]).effort
    messages = body["messages"]
    if messages[-1]["role"] == "assistant":
        messages = messages[:-1]  # a partial answer: what it continues is what was asked before
    answered = bool(messages) and messages[-1]["role"] in ("tool", "function")
    if not effort and not answered and _TELLING.isdisjoint(body):
        return NOTHING
    found = replace(
        _tools(body),
        effort=catalogue.find(body["model"]).effort_of(body.get("reasoning_effort")),
        verbosity=body.get("verbosity") or "medium",
        seed="" if body.get("seed") is None else str(body["seed"]),
        predicted=text_of(mapped(body.get("prediction")).get("content")),
    )
    results, caller = _results(messages)
    return _formed(replace(found, results=results, caller=caller), body.get("response_format"))


def text_of(content: Any) -> str:
    """Return the text of a content: a text, or parts with text in them."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    texts = (part.get("text") for part in parts if isinstance(part, Mapping))
    return "".join(text for text in texts if isinstance(text, str))


def _formed(demands: Demands, form: Any) -> Demands:
    kind = form.get("type") if isinstance(form, Mapping) else None
    if kind == "json_object":
        return replace(demands, json=True)
    if kind == "json_schema" and isinstance(form.get("json_schema"), Mapping):
        return replace(demands, schema=dumped(form["json_schema"].get("schema") or {}))
    return demands


def _tools(body: Mapping[str, Any]) -> Demands:
    functions = body.get("functions")
    if functions:
        tools = tuple(function(one) for one in functions)
        return chosen(Demands(tools, parallel=False), _old_choice(body.get("function_call")))
    # Tools that the provider runs by itself have no name.
    tools = tuple(tool for one in body.get("tools") or () if (tool := tool_of(one)).name)
    parallel = body.get("parallel_tool_calls") is not False
    return chosen(Demands(tools, parallel=parallel), body.get("tool_choice"))


def chosen(demands: Demands, choice: Any) -> Demands:
    """Return `demands` with the tools that `choice`, a `tool_choice` of a chat, leaves."""
    match choice:
        case "none" | "auto" | "required":
            return replace(demands, choice=choice)
        case "any":  # Mistral's word
            return replace(demands, choice="required")
        case {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": list(allowed)}}:
            kept = _among(demands.tools, [_name(one) for one in allowed])
            return replace(demands, tools=kept, choice="required" if mode == "required" else "auto")
        case {"type": str()}:
            kept = _among(demands.tools, [_name(choice)])
            return replace(demands, tools=kept, choice="required", named=True, parallel=False)
        case _:
            return demands


def _among(tools: Sequence[Tool], names: Sequence[Any]) -> tuple[Tool, ...]:
    return tuple(tool for tool in tools if tool.name in names)


def _name(choice: Mapping[str, Any]) -> Any:
    inner = choice.get(str(choice.get("type")))
    return (inner if isinstance(inner, Mapping) else choice).get("name")


def _old_choice(call: Any) -> Any:
    return {"type": "function", "function": call} if isinstance(call, Mapping) else call


def _results(messages: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], str]:
    results: list[str] = []
    caller = ""
    for message in reversed(messages):
        if message["role"] in ("tool", "function"):
            results.append(text_of(message.get("content")))
            caller = caller or str(message.get("name") or "")
            continue
        calls = message.get("tool_calls") if results else None
        for call in calls or ():
            inner = mapped(call.get(str(call.get("type", "function"))))
            caller = caller or str(inner.get("name") or "")
        break
    return tuple(reversed(results)), caller
