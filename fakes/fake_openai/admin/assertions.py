"""Claims about the requests, checked by the server for tests in any language."""

from __future__ import annotations

from typing import Any

from fake_openai.claiming import assertions

from .conditions import IN_BODY, match_of
from .route import Call, Field, Route
from .schemas import COUNT, TEXT, closed


def _called(call: Call) -> Any:
    meant, requests = match_of(call.body), call.scope.journal.list()
    wrong = assertions.called_wrong(requests, meant, call.body.get("times"))
    found = [request.number for request in requests if meant.matches(request)]
    return {"ok": not wrong, "message": wrong, "requests": found}


def _times(value: int | None) -> int | None:
    if value is not None and value < 0:
        raise ValueError(f"times must be 0 or more, got {value}")
    return value


def _used(call: Call) -> Any:
    desk = call.scope.desk
    rules = desk.answers.list() + desk.faults.list()
    wrong = assertions.unused(rules, call.scope.journal.list())
    return {"ok": not wrong, "message": wrong}


_RESULT = {"ok": {"type": "boolean"}, "message": TEXT}

ROUTES = (
    Route(
        "POST",
        "/_fake/assert/called",
        "Check that requests that meet all conditions came; 0 times = none.",
        _called,
        closed({**_RESULT, "requests": {"type": "array", "items": COUNT}}),
        (
            Field(
                "times",
                {**COUNT, "type": ["integer", "null"]},
                "how many exactly; at least one if not given or null",
                _times,
            ),
            *IN_BODY,
        ),
        opens=True,
    ),
    Route(
        "POST",
        "/_fake/assert/all_used",
        "Check that all scripts and faults were used.",
        _used,
        closed(_RESULT),
        (),
        opens=True,
    ),
)
