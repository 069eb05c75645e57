"""Tools that a request offers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fake_openai.inventing.schema_merge import mapped


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that may be called.

    Attributes:
        name: its name.
        description: what it is for.
        schema: JSON Schema of its arguments, as JSON text; empty = it has none.
        custom: whether it takes free text instead.
        pattern: a regular expression for that text; empty = any.
    """

    name: str
    description: str = ""
    schema: str = ""
    custom: bool = False
    pattern: str = ""


def tool_of(tool: Mapping[str, Any]) -> Tool:
    """Return a tool as a chat offers it."""
    if tool.get("type") != "custom":
        inner = tool.get("function")
        return function(inner if isinstance(inner, Mapping) else tool)
    inner = mapped(tool.get("custom"))
    grammar = mapped(mapped(inner.get("format")).get("grammar"))
    pattern = str(grammar.get("definition", "")) if grammar.get("syntax") == "regex" else ""
    told = str(inner.get("description") or "")
    return Tool(str(inner.get("name", "")), told, custom=True, pattern=pattern)


def function(told: Mapping[str, Any]) -> Tool:
    """Return a function as a chat offers it."""
    schema, description = told.get("parameters"), told.get("description")
    purpose = description if isinstance(description, str) else ""
    return Tool(str(told.get("name", "")), purpose, dumped(schema) if schema else "")


def dumped(schema: Any) -> str:
    """Return a schema as text; the order of its members is that of the answer."""
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=False)
