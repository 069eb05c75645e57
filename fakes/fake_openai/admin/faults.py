"""Scripts of faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fake_openai import faults
from fake_openai.fault import Fault
from fake_openai.scripts import script_json
from fake_openai.scripts.rulebook import Rule

from .conditions import IN_BODY, match_of
from .replies import times
from .route import Call, Field, Refused, Route
from .schemas import listed, ref


def _row(value: Any) -> tuple[Fault, ...]:
    row = faults.several(value)
    if not row:
        raise ValueError("a request needs at least one fault")
    return row


def _rows(value: list[Any]) -> list[tuple[Fault, ...]]:
    if not value:
        raise ValueError("faults needs at least one fault")
    return [_row(one) for one in value]


FIELDS = (
    Field(
        "fault",
        ref("Faults"),
        "for one request: an object, text such as cut:after=3, or a list of them",
        _row,
    ),
    Field(
        "faults",
        {"type": "array", "items": ref("Faults"), "minItems": 1},
        "for one request after another",
        _rows,
    ),
    Field(
        "times",
        {"type": ["integer", "null"], "minimum": 1},
        "how often the whole row is dealt out; null = for ever; 1 if not given",
        times,
    ),
    *IN_BODY,
)


def _listing(call: Call) -> Any:
    return {"faults": [script_json.rule_to_json(rule) for rule in call.scope.desk.faults.list()]}


def rule(given: Mapping[str, Any]) -> Rule:
    """Return the script that the members of a body tell.

    Raises:
        Refused: it is none.
    """
    if ("fault" in given) == ("faults" in given):
        raise Refused(400, "the body needs exactly one of fault and faults", "fault")
    rows = [given["fault"]] if "fault" in given else given["faults"]
    often = given.get("times", 1)
    total = None if often is None else often * len(rows)
    return Rule(rows, total, match_of(given), cycle=True)


def _add(call: Call) -> Any:
    made = rule(call.body)
    call.scope.desk.spoil(made)
    return script_json.rule_to_json(made)


def _clear(call: Call) -> None:
    call.scope.desk.faults.clear()


def _kinds(_: Call) -> Any:
    return faults.schema()


ROUTES = (
    Route(
        "GET",
        "/_fake/faults",
        "List the scripts of faults, oldest first.",
        _listing,
        listed("faults", ref("Failure")),
        errors=(404,),
    ),
    Route(
        "POST",
        "/_fake/faults",
        "Let the next requests that meet all conditions fail.",
        _add,
        ref("Failure"),
        FIELDS,
        status=201,
        opens=True,
    ),
    Route(
        "DELETE",
        "/_fake/faults",
        "Forget the scripts of faults.",
        _clear,
        status=204,
        errors=(404,),
    ),
    Route(
        "GET",
        "/_fake/faults/schema",
        "Show the JSON schema of faults: all kinds with their arguments.",
        _kinds,
        {"type": "object"},
        scoped=False,
    ),
)
