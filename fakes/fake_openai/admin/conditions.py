"""Conditions on requests as members of bodies and of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fake_openai.scripts.match import Match
from fake_openai.scripts.script_json import match_from_json

from .route import Field
from .schemas import TEXT, TEXTS


def _condition(name: str, schema: Mapping[str, Any], text: str) -> Field:
    def read(value: Any) -> Any:
        match_from_json({name: value})  # refused here, the refusal names it
        return value

    return Field(name, schema, text, read)


CONDITIONS = (
    _condition("model", TEXT, "the model asked for; * stands for anything"),
    _condition("contains", TEXT, "text in the last user message"),
    _condition("matching", TEXT, "regular expression that is found in the last user message"),
    _condition("tools", TEXTS, "names of tools that are all offered; none = none is offered"),
    _condition("role", TEXT, "role of the last message"),
    _condition("endpoint", TEXT, "name of the endpoint"),
)
# In a body `null` is no condition, as where there is nothing.
IN_BODY = tuple(
    replace(one, schema={**one.schema, "type": [one.schema["type"], "null"]}) for one in CONDITIONS
)
NAMES = tuple(one.name for one in CONDITIONS)


def match_of(given: Mapping[str, Any]) -> Match:
    """Return the conditions among the members of a body or a query, which were read."""
    return match_from_json({name: given[name] for name in NAMES if name in given})
