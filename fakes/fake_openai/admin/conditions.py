"""Conditions on requests as members of bodies and of queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fake_openai.match import Match
from fake_openai.script_json import match_from_json

from .route import Field, Refused
from .schemas import TEXT, TEXTS

CONDITIONS = (
    Field("model", TEXT, "the model asked for; * stands for anything"),
    Field("contains", TEXT, "text in the last user message"),
    Field("matching", TEXT, "regular expression that is found in the last user message"),
    Field("tools", TEXTS, "names of tools that are all offered; none = none is offered"),
    Field("role", TEXT, "role of the last message"),
    Field("endpoint", TEXT, "name of the endpoint"),
)
NAMES = tuple(one.name for one in CONDITIONS)


def match_of(given: Mapping[str, Any]) -> Match:
    """Return the conditions among the members of a body or a query.

    Raises:
        Refused: one of them cannot be.
    """
    try:
        return match_from_json({name: given[name] for name in NAMES if name in given})
    except (TypeError, ValueError) as error:
        raise Refused(400, str(error)) from None
