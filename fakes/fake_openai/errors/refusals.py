"""What providers say when a key is missing or a limit is reached, with the numbers of the case.

Which words are whose: OpenAI, Groq, Azure and Mistral are quoted as recorded; others get OpenAI's
structure in the form of their errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from fake_openai.dialect import Dialect

from .errors import ApiError

_MORE = "Visit https://platform.openai.com/account/rate-limits to learn more."
_NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header"
    " using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank"
    " username) if you're accessing the API from your browser and are prompted for a username and"
    " password. You can obtain an API key from https://platform.openai.com/account/api-keys."
)
_SHORT = {"requests": "requests per min (RPM)", "tokens": "tokens per min (TPM)"}
_ORGANISATION = "org-AbCdEfGhIjKlMnOpQrStUvWx"


@dataclass(frozen=True, slots=True)
class Case:
    """A limit that was reached.

    Attributes:
        model: the model asked for.
        kind: `requests` or `tokens`.
        limit: what is allowed a minute.
        used: what was used of it.
        wanted: what this request wants.
        wait: seconds until it would be allowed.
    """

    model: str
    kind: str
    limit: int
    used: int
    wanted: int
    wait: float


def no_key() -> ApiError:
    """Return the error for a request without a key."""
    return ApiError(401, _NO_KEY, kind="no_key")


def over_limit(dialect: Dialect, case: Case) -> ApiError:
    """Return the error for a limit that time will lift, in the words of `dialect`."""
    model, kind, wait = case.model, case.kind, case.wait
    headers = _retry(dialect, wait)
    if dialect.errors == "mistral":
        told = "Rate limit exceeded"
        return ApiError(429, told, type="rate_limited", code="1300", headers=headers)
    if dialect.errors == "azure":
        what = "call rate" if kind == "requests" else "token rate"
        told = (
            "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version"
            f" 2024-10-21 have exceeded {what} limit of your current OpenAI S0 pricing tier."
            f" Please retry after {math.ceil(wait)} seconds."
        )
        return ApiError(429, told, headers=headers, kind="rate_limit")
    numbers = f"Limit {case.limit}, Used {case.used}, Requested {case.wanted}."
    numbers += f" Please try again in {_span(wait)}."
    if dialect.errors == "groq":
        told = (
            f"Rate limit reached for model `{model}` in organization `{_ORGANISATION}` service tier"
            f" `on_demand` on {_SHORT[kind].replace('min', 'minute')}: {numbers}"
        )
        return ApiError(429, told, type=kind, code="rate_limit_exceeded", headers=headers)
    told = (
        f"Rate limit reached for {model} in organization {_ORGANISATION} on {_SHORT[kind]}:"
        f" {numbers} {_MORE}"
    )
    return ApiError(
        429, told, type=kind, code="rate_limit_exceeded", headers=headers, kind="rate_limit"
    )


def too_large(dialect: Dialect, model: str, limit: int, wanted: int) -> ApiError:
    """Return the error for a request that no waiting will let through; it names no time."""
    told = (
        f"Request too large for {model} in organization {_ORGANISATION} on {_SHORT['tokens']}:"
        f" Limit {limit}, Requested {wanted}. The input or output tokens must be reduced in order"
        f" to run successfully. {_MORE}"
    )
    return _plain(dialect, told, "tokens", "rate_limit_exceeded")


def no_quota(dialect: Dialect) -> ApiError:
    """Return the error for an account that is used up; it names no time, and time does not help."""
    told = (
        "You exceeded your current quota, please check your plan and billing details. For more"
        " information on this error, read the docs:"
        " https://platform.openai.com/docs/guides/error-codes/api-errors."
    )
    return _plain(dialect, told, "insufficient_quota", "insufficient_quota")


def too_many_at_once(dialect: Dialect, limit: int) -> ApiError:
    """Return the error for more requests at once than are allowed."""
    told = f"Too many concurrent requests: at most {limit} may be under way."
    return _plain(dialect, told, "requests", "rate_limit_exceeded")


def _plain(dialect: Dialect, told: str, type: str, code: str) -> ApiError:
    kind = "rate_limit" if dialect.errors in ("azure", "openrouter") else ""
    return ApiError(429, told, type=type, code=code, kind=kind)


def _retry(dialect: Dialect, wait: float) -> dict[str, str]:
    seconds = {"retry-after": str(max(1, math.ceil(wait)))}
    if dialect.errors == "openai":
        return {**seconds, "retry-after-ms": str(max(1, math.ceil(wait * 1000)))}
    return seconds


def _span(seconds: float) -> str:
    milliseconds = math.ceil(seconds * 1000)
    return f"{milliseconds}ms" if milliseconds < 1000 else f"{milliseconds / 1000:g}s"  # noqa: PLR2004 (a second)
