"""What a request for a response wants of the answer, in the words that chats use for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fake_openai.asking.demands import NOTHING, Demands, chosen, text_of
from fake_openai.asking.offered import Tool, dumped
from fake_openai.inventing import catalogue

_OUTPUTS = ("function_call_output", "custom_tool_call_output")
_TELLING = frozenset({"tools", "text", "reasoning"})


def demands(body: Mapping[str, Any], context: Sequence[Mapping[str, Any]]) -> Demands:
    """Return what `body` wants, given all that is read."""
    model = catalogue.find(body.get("model") or "")
    results, caller = _results(context)
    if not model.effort and not results and _TELLING.isdisjoint(body):
        return NOTHING
    text = body.get("text") or {}
    form = text.get("format") or {}
    wanted = Demands(
        tools=tuple(_tool(t) for t in body.get("tools") or () if t["type"] in _KINDS),
        parallel=body.get("parallel_tool_calls") is not False,
        schema=dumped(form.get("schema") or {}) if form.get("type") == "json_schema" else "",
        json=form.get("type") == "json_object",
        results=results,
        caller=caller,
        effort=model.effort_of((body.get("reasoning") or {}).get("effort")),
        verbosity=text.get("verbosity") or "medium",
    )
    return chosen(wanted, _choice(body.get("tool_choice")))


_KINDS = ("function", "custom")


def _tool(tool: Mapping[str, Any]) -> Tool:
    name, told = tool["name"], tool.get("description") or ""
    if tool["type"] == "function":
        schema = tool.get("parameters")
        return Tool(name, told, dumped(schema) if schema else "")
    form = tool.get("format") or {}
    pattern = form.get("definition", "") if form.get("syntax") == "regex" else ""
    return Tool(name, told, "", custom=True, pattern=pattern)


def _choice(choice: Any) -> Any:
    if isinstance(choice, Mapping) and choice["type"] == "allowed_tools":
        return {"type": "allowed_tools", "allowed_tools": choice}
    return choice


def _results(context: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], str]:
    results: list[str] = []
    called: set[str] = set()
    for item in reversed(context):
        if item["type"] in _OUTPUTS:
            results.append(text_of(item["output"]))
            called.add(item["call_id"])
        else:
            break
    names = [i["name"] for i in context if "name" in i and i.get("call_id") in called]
    return tuple(reversed(results)), names[-1] if names else ""
