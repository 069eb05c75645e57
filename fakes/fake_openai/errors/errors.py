"""Errors before the stream, with the bodies of the providers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

INVALID = "invalid_request_error"


class ApiError(Exception):
    """A request that is refused.

    Attributes:
        status: HTTP status.
        message: for people.
        type: kind of error, in OpenAI's words.
        param: the offending part of the request.
        code: for programs.
        headers: further headers.
        kind: what happened, for dialects that have other words for it: `no_key`, `bad_key`,
            `bad_json`, `bad_type`, `invalid`, `unknown`, `no_url`, `no_model`, `rate_limit`,
            `provider`, or empty.
        given: what stood in the offending part; None = nothing, or it does not matter.
        extra: further members of the body.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = INVALID,
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        kind: str = "",
        given: Any = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.headers = dict(headers or {})
        self.kind = kind
        self.given = given
        self.extra = dict(extra or {})

    def __str__(self) -> str:
        return f"{self.status}: {self.message}"


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """An error answer as it goes over the wire.

    Attributes:
        status: HTTP status.
        content_type: of the body.
        body: the bytes.
        headers: further headers.
        bare: whether the API never saw the request, so that none of its headers are there.
    """

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    bare: bool = False


def compact_json(
    status: int, value: Any, *, end: str = "", type: str = "application/json"
) -> ErrorBody:
    """Return an error with `value` as its body."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return ErrorBody(status, type, (text + end).encode("utf-8", "replace"))


def nested(error: ApiError) -> dict[str, Any]:
    """Return what OpenAI tells of an error, in its order."""
    return {
        "message": error.message,
        "type": error.type,
        "param": error.param,
        "code": error.code,
        **error.extra,
    }


def masked(key: str) -> str:
    """Return `key` as error messages show it: eight characters, stars, the last four."""
    return key if len(key) <= 12 else f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}"  # noqa: PLR2004 (8 + 4)
