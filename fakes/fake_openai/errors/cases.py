"""Errors of one status that come for different reasons; `Status(..., case=...)` names the reason.

A provider that has words of its own for a case is quoted as recorded, or as it documents them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, Literal

from fake_openai.dialect import Dialect
from fake_openai.schemas.lengths import exceeded
from fake_openai.telling.ids import fill

from .errors import INVALID, ApiError, ErrorBody
from .refusals import Case as Limit
from .refusals import no_key, no_quota, over_limit, too_large, too_many_at_once

Case = Literal[
    "busy",
    "context",
    "filter",
    "format",
    "image",
    "large",
    "missing",
    "quota",
    "tokens",
    "tools",
    "upstream",
]
STATUSES: Mapping[str, int] = {
    "context": 400,
    "filter": 400,
    "format": 400,
    "image": 400,
    "tools": 400,
    "missing": 401,
    "busy": 429,
    "large": 429,
    "quota": 429,
    "tokens": 429,
    "upstream": 503,
}
_LIMIT = 30_000
_RESET = (
    "upstream connect error or disconnect/reset before headers. reset reason: connection"
    " termination"
)
_FILTERED = (
    "The response was filtered due to the prompt triggering Azure OpenAI's content management"
    " policy. Please modify your prompt and retry. To learn more about our content filtering"
    " policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766"
)
_MISUSED = "Your request was rejected as a result of our safety system."


def of_case(
    case: str, dialect: Dialect, model: str, wait: float, rng: random.Random
) -> ApiError | ErrorBody:
    """Return the error for a case among `STATUSES`; `wait` is for limits that time will lift."""
    if case == "missing":
        return no_key()
    if case == "upstream":
        headers = {"Server": "cloudflare", "CF-RAY": fill("{hex16}-EWR", rng)}
        return ErrorBody(503, "text/plain", _RESET.encode(), headers, bare=True)
    if case in _LIMITS:
        return _LIMITS[case](dialect, model, wait)
    return _REFUSED[case](dialect)


def _tokens(dialect: Dialect, model: str, wait: float) -> ApiError:
    error = over_limit(dialect, Limit(model, "tokens", _LIMIT, 29_000, 2_000, wait))
    error.headers.clear()  # the fault says whether there is a `retry-after`
    return error


def _large(dialect: Dialect, model: str, wait: float) -> ApiError:  # noqa: ARG001 (never helps)
    return too_large(dialect, model, _LIMIT, 2 * _LIMIT)


def _quota(dialect: Dialect, model: str, wait: float) -> ApiError:  # noqa: ARG001 (never helps)
    return no_quota(dialect)


def _busy(dialect: Dialect, model: str, wait: float) -> ApiError:  # noqa: ARG001 (nobody knows)
    if dialect.name == "kimi":
        told = "The engine is currently overloaded, please try again later"
        return ApiError(429, told, type="engine_overloaded_error")
    return too_many_at_once(dialect, 1)


_LIMITS: Mapping[str, Callable[[Dialect, str, float], ApiError]] = {
    "busy": _busy,
    "large": _large,
    "quota": _quota,
    "tokens": _tokens,
}


def _context(dialect: Dialect) -> ApiError:
    return exceeded(dialect, window=8192, prompt=9001, limit=0)


def _filter(dialect: Dialect) -> ApiError:
    if dialect.errors != "azure":
        return ApiError(400, _MISUSED, code="content_policy_violation")
    names = ("hate", "self_harm", "sexual", "violence")
    found: dict[str, Any] = {name: {"filtered": False, "severity": "safe"} for name in names}
    found["jailbreak"] = {"filtered": True, "detected": True}
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": found}
    extra = {"type": None, "status": 400, "innererror": inner}
    return ApiError(400, _FILTERED, param="prompt", code="content_filter", extra=extra)


def _format(dialect: Dialect) -> ApiError:  # noqa: ARG001 (the same for all)
    told = "You uploaded an unsupported image. Please make sure your image has of one the following"
    told += " formats: ['png', 'jpeg', 'gif', 'webp']."
    return ApiError(400, told, code="invalid_image_format")


def _image(dialect: Dialect) -> ApiError:  # noqa: ARG001 (the same for all)
    told = "Error while downloading https://example.com/picture.jpg."
    return ApiError(400, told, code="invalid_image_url")


def _tools(dialect: Dialect) -> ApiError:  # noqa: ARG001 (Groq has them; others may be asked)
    told = "Tool choice is required, but model did not call a tool"
    extra = {"failed_generation": "It depends."}
    return ApiError(400, told, type=INVALID, code="tool_use_failed", extra=extra)


_REFUSED: Mapping[str, Callable[[Dialect], ApiError]] = {
    "context": _context,
    "filter": _filter,
    "format": _format,
    "image": _image,
    "tools": _tools,
}
