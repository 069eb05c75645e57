"""The input file of a batch, line by line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

_MOST_LINES = 50_000


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a batch.

    Attributes:
        custom_id: by which the client knows it.
        body: of the request.
    """

    custom_id: str
    body: dict[str, Any]


def checked(data: bytes, endpoint: str) -> tuple[list[Line], list[dict[str, Any]]]:
    """Return the lines of an input file, and what is wrong with them."""
    lines: list[Line] = []
    errors: list[dict[str, Any]] = []
    seen: set[str] = set()
    texts = [text for text in data.split(b"\n") if text.strip()]
    if not texts:
        errors.append(_error("empty_file", "The batch file has no requests in it.", None, None))
    if len(texts) > _MOST_LINES:
        told = f"The batch file has {len(texts)} requests, at most {_MOST_LINES} are allowed."
        errors.append(_error("too_many_requests", told, None, None))
    for number, text in enumerate(texts, 1):
        try:
            lines.append(_line(text, endpoint, seen))
        except _Wrong as wrong:
            errors.append(_error(wrong.code, wrong.told, wrong.param, number))
    return lines, errors


class _Wrong(Exception):
    def __init__(self, code: str, told: str, param: str | None = None) -> None:
        super().__init__(told)
        self.code, self.told, self.param = code, told, param


def _line(text: bytes, endpoint: str, seen: set[str]) -> Line:
    try:
        request = json.loads(text)
    except (ValueError, RecursionError):
        told = "This line is not parseable as valid JSON."
        raise _Wrong("invalid_json_line", told) from None
    if not isinstance(request, dict):
        raise _Wrong("invalid_json_line", "This line is not a JSON object.")
    for name in ("custom_id", "method", "url", "body"):
        if name not in request:
            raise _Wrong(
                "missing_required_parameter", f"Missing required parameter: '{name}'.", name
            )
    if not isinstance(request["custom_id"], str) or request["custom_id"] in seen:
        told = f"The custom_id for this request is a duplicate or no text: {request['custom_id']!r}"
        raise _Wrong("duplicate_custom_id", told, "custom_id")
    if request["method"] != "POST":
        raise _Wrong("invalid_method", "The method must be 'POST'.", "method")
    if request["url"] != endpoint:
        told = f"The URL provided for this request does not match the batch endpoint, {endpoint}."
        raise _Wrong("mismatched_endpoint", told, "url")
    if not isinstance(request["body"], dict):
        raise _Wrong("invalid_type", "The body must be an object.", "body")
    if request["body"].get("stream"):
        raise _Wrong("invalid_value", "Streaming is not supported in a batch.", "body.stream")
    seen.add(request["custom_id"])
    return Line(request["custom_id"], request["body"])


def _error(code: str, told: str, param: str | None, line: int | None) -> dict[str, Any]:
    return {"code": code, "message": told, "param": param, "line": line}
