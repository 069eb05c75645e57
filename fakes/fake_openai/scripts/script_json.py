"""Scripts as JSON: answers, tool calls, conditions, and the settings that scopes have.

Where one answer is due, text is one, and so is a list of tool calls:

    "It is sunny."
    {"text": "It is sunny.", "reasoning": "Let me see."}
    [{"name": "get_weather", "arguments": {"city": "Oslo"}}]

Members are those of `Answer`, `ToolCall`, `Match`, `Writes` and `Limits`; unknown ones are refused
with the nearest right one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

from fake_openai import nearest
from fake_openai.checks import shown
from fake_openai.delivery.writes import Writes
from fake_openai.keeping.limits import Limits

from .match import Match
from .rulebook import Rule
from .script import Answer, Citation, ToolCall, as_answer

_T = TypeVar("_T")


def answer_from_json(value: Any) -> Answer:
    """Return the answer that `value` tells.

    Raises:
        TypeError: `value` tells none, or a member is of the wrong kind.
        ValueError: there is no such member, or it cannot be.
    """
    if isinstance(value, list):
        return as_answer("an answer", [call_from_json(one) for one in value])
    if not isinstance(value, Mapping):
        return as_answer("an answer", value)
    if "name" in value and "text" not in value:
        return as_answer("an answer", call_from_json(value))
    given = members(Answer, "an answer", value)
    calls = given.get("tool_calls")
    if isinstance(calls, list):
        given["tool_calls"] = [call_from_json(one) for one in calls]
    cited = given.get("citations")
    if isinstance(cited, list):
        given["citations"] = [made(Citation, "a citation", one) for one in cited]
    return Answer(**given)


def call_from_json(value: Any) -> ToolCall:
    """Return the tool call that `value` tells.

    Raises:
        TypeError: `value` tells none, or a member is of the wrong kind.
        ValueError: there is no such member.
    """
    return made(ToolCall, "a tool call", value)


def match_from_json(value: Any) -> Match:
    """Return the conditions that `value` tells.

    Raises:
        TypeError: `value` tells none, or a condition is of the wrong kind.
        ValueError: there is no such condition, or it cannot be.
    """
    given = members(Match, "the conditions", value)
    if "when" in given:
        raise ValueError("when is a function, and JSON has none: use another condition")
    return Match(**given)


def made(kind: type[_T], what: str, value: Any) -> _T:
    """Return the `kind`, a dataclass, whose members are in `value`.

    Raises:
        TypeError: `value` is no object, a member is missing or of the wrong kind.
        ValueError: there is no such member, or it cannot be.
    """
    given = members(kind, what, value)
    for one in fields(kind):  # type: ignore[arg-type]  # a dataclass
        required = one.default is MISSING and one.default_factory is MISSING
        if required and one.name not in given:
            raise TypeError(f"{what} needs {one.name}, got {shown(value)}")
    return kind(**given)


def members(kind: type, what: str, value: Any) -> dict[str, Any]:
    """Return the members of `value`, all of which `kind`, a dataclass, knows.

    Raises:
        TypeError: `value` is no object.
        ValueError: there is no such member.
    """
    if not isinstance(value, Mapping):
        raise TypeError(f"{what} must be an object, got {shown(value)}")
    known = [one.name for one in fields(kind)]
    for name in value:
        if name not in known:
            raise nearest.unknown(f"member of {what}", name, known)
    return dict(value)


def to_json(value: Answer | Citation | ToolCall | Writes | Limits) -> dict[str, Any]:
    """Return `value` as JSON: the members that differ from their defaults."""
    told: dict[str, Any] = {}
    for one in fields(value):
        member = getattr(value, one.name)
        if member == _default(one):
            continue
        if isinstance(member, tuple):
            member = [to_json(p) if isinstance(p, (Citation, ToolCall)) else p for p in member]
        told[one.name] = member
    return told


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """Return a script in force as JSON."""
    told: dict[str, Any] = {}
    if isinstance(rule.items[0], tuple):
        told["faults"] = [[fault.to_json() for fault in row] for row in rule.items]
    else:
        told["answers"] = [to_json(answer) for answer in rule.items]
    told |= {"match": rule.match.to_json(), "times": rule.times, "used": rule.used}
    if rule.in_order:
        told["in_order"] = True
    return {**told, "text": str(rule)}


def schema_of(kind: type, described: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of the members of `kind`, a dataclass, where `described` says what."""
    known = [one.name for one in fields(kind) if one.name in described]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: described[name] for name in known},
    }


def _default(one: Field[Any]) -> Any:
    return one.default if one.default_factory is MISSING else one.default_factory()
