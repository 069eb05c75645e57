"""The form of a response: what stays the same when the model says something else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TOLD = ("type", "param", "code")
_ERRORS_FROM = 400


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it came.

    Attributes:
        status: HTTP status.
        headers: names in lower case.
        body: the bytes.
        broken: what broke it off; empty if it is whole.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    broken: str = ""


def form(response: Response) -> dict[str, Any]:
    """Return the form of a response by the names of its parts.

    Numbers and texts stand as their types, members in their order, runs of events of one form as
    one; of an error also the values that programs look at.
    """
    parts: dict[str, Any] = {
        "status": response.status,
        "content-type": response.headers.get("content-type", "(none)"),
    }
    limits = sorted(name for name in response.headers if name.startswith("x-ratelimit-"))
    parts["rate limit headers"] = ", ".join(limits) or "(none)"
    if response.broken:
        parts["end"] = response.broken
    if parts["content-type"].startswith("text/event-stream"):
        parts["events"] = _events(response.body)
        return parts
    try:
        value = json.loads(response.body)
    except ValueError:
        parts["body"] = "(not JSON)" if response.body else "(empty)"
        return parts
    parts["body"] = shape(value)
    if response.status >= _ERRORS_FROM:
        parts.update(_error(value))
    return parts


def shape(value: Any) -> Any:
    """Return `value` with types in place of texts and numbers; like items of a list count once."""
    match value:
        case dict():
            return {name: shape(member) for name, member in value.items()}
        case list():
            shapes: list[Any] = []
            for item in map(shape, value):
                if item not in shapes:
                    shapes.append(item)
            return shapes
        case None:
            return None
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case _:
            return "text"


def written(form: Any) -> str:
    """Return a form as one line; the order of members counts."""
    return form if isinstance(form, str) else json.dumps(form, ensure_ascii=False)


def _events(body: bytes) -> list[Any]:
    found: list[Any] = []
    for event in body.replace(b"\r\n", b"\n").split(b"\n\n"):
        told = _event(event)
        if told is not None and (not found or written(found[-1]) != written(told)):
            found.append(told)
    return found


def _event(event: bytes) -> Any:
    lines = event.split(b"\n")
    data = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
    name = next((line[6:].strip().decode() for line in lines if line.startswith(b"event:")), "")
    if not data:
        return None  # a comment; how many of them come is a matter of time
    joined = b"\n".join(data)
    if joined == b"[DONE]":
        return "[DONE]"
    try:
        told = shape(json.loads(joined))
    except ValueError:
        return "(not JSON)"
    return {"event": name, "data": told} if name else told


def _error(value: Any) -> dict[str, Any]:
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict):
        error = value if isinstance(value, dict) else {}
    return {f"error {name}": str(error[name]) for name in _TOLD if name in error}
