"""Scripts of answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fake_openai.scripts import script_json
from fake_openai.scripts.rulebook import Rule
from fake_openai.scripts.script import Answer

from .conditions import IN_BODY, match_of
from .route import Call, Field, Refused, Route
from .schemas import listed, ref


def _answers(value: list[Any]) -> list[Answer]:
    if not value:
        raise ValueError("answers needs at least one answer")
    return [script_json.answer_from_json(one) for one in value]


def times(value: int | None) -> int | None:
    """Return how often a script is used; None = without end.

    Raises:
        ValueError: less than once.
    """
    if value is not None and value < 1:
        raise ValueError(f"times must be 1 or more, or null, got {value}")
    return value


FIELDS = (
    Field(
        "answer",
        ref("AnswerOrText"),
        "one answer, for all requests that are meant",
        script_json.answer_from_json,
    ),
    Field(
        "answers",
        {"type": "array", "items": ref("AnswerOrText"), "minItems": 1},
        "answers for one request after another; the last repeats",
        _answers,
    ),
    Field(
        "times",
        {"type": ["integer", "null"], "minimum": 1},
        "for how many requests; null = without end",
        times,
    ),
    Field("in_order", {"type": "boolean"}, "not before all scripts in order given earlier"),
    *IN_BODY,
)


def _listing(call: Call) -> Any:
    return {"replies": [script_json.rule_to_json(rule) for rule in call.scope.desk.answers.list()]}


def rule(given: Mapping[str, Any]) -> Rule:
    """Return the script that the members of a body tell.

    Raises:
        Refused: it is none.
    """
    if ("answer" in given) == ("answers" in given):
        raise Refused(400, "the body needs exactly one of answer and answers", "answer")
    items = [given["answer"]] if "answer" in given else given["answers"]
    in_order = given.get("in_order", False)
    limit = given.get("times", len(items) if in_order else None)
    return Rule(items, limit, match_of(given), in_order=in_order)


def _add(call: Call) -> Any:
    made = rule(call.body)
    call.scope.desk.script(made)
    return script_json.rule_to_json(made)


def _clear(call: Call) -> None:
    call.scope.desk.answers.clear()


ROUTES = (
    Route(
        "GET",
        "/_fake/replies",
        "List the scripts of answers, oldest first.",
        _listing,
        listed("replies", ref("Reply")),
        errors=(404,),
    ),
    Route(
        "POST",
        "/_fake/replies",
        "Script answers to the requests that meet all conditions.",
        _add,
        ref("Reply"),
        FIELDS,
        status=201,
        opens=True,
    ),
    Route(
        "DELETE",
        "/_fake/replies",
        "Forget the scripts of answers.",
        _clear,
        status=204,
        errors=(404,),
    ),
)
