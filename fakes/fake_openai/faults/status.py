"""An error status instead of an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from fake_openai import checks
from fake_openai.errors.cases import STATUSES, Case
from fake_openai.errors.outages import outage

from .base import BeforeHeaders, Exchange


@dataclass(frozen=True, slots=True, repr=False)
class Status(BeforeHeaders):
    """The request gets an error status, with a body in the form of the provider.

    Attributes:
        status: HTTP status, 400 or more.
        retry_after: value of `retry-after`: seconds, or text that is sent as it is, for instance a
            date; None = no such header.
        retry_after_ms: value of `retry-after-ms`, in milliseconds; None = no such header.
        should_retry: value of `x-should-retry`, which tells OpenAI's SDKs to try again or not,
            whatever the status; None = no such header.
        body: body instead of the provider's; a mapping is sent as JSON.
        headers: further headers.
        case: why, where a status has several reasons: 400 `context` (too long), `filter`, `format`
            and `image` (of a picture), `tools`; 401 `missing` (no key); 429 `tokens`, `large`,
            `quota`, `busy`; 503 `upstream` (a proxy got no answer). None = the usual one.

    Raises:
        TypeError: a value is of the wrong kind.
        ValueError: the status is no error, a time is negative, a header has a line break, or the
            case is none of the status.
    """

    status: int
    retry_after: float | str | None = field(default=None, kw_only=True)
    retry_after_ms: float | None = field(default=None, kw_only=True)
    should_retry: bool | None = field(default=None, kw_only=True)
    body: str | bytes | Mapping[str, Any] | None = field(default=None, kw_only=True)
    headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    case: Case | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        checks.whole_number("status of Status", self.status)
        if not 400 <= self.status <= 599:  # noqa: PLR2004 (RFC 9110, 15: the classes of errors)
            raise ValueError(f"status must be an error, 400 to 599, got {self.status}")
        if isinstance(self.retry_after, str):
            checks.one_line("retry_after of Status", self.retry_after)
        elif self.retry_after is not None:
            checks.finite("retry_after of Status", self.retry_after)
        if self.retry_after_ms is not None:
            checks.finite("retry_after_ms of Status", self.retry_after_ms)
        if self.should_retry is not None:
            checks.boolean("should_retry of Status", self.should_retry)
        checks.headers("headers of Status", self.headers)
        if self.body is not None and not isinstance(self.body, (str, bytes, Mapping)):
            came = checks.shown(self.body)
            raise TypeError(f"body of Status must be text, bytes or a mapping, got {came}")
        if self.case is not None:
            known = [case for case, status in STATUSES.items() if status == self.status]
            if not known:
                raise ValueError(f"status {self.status} has no cases, got {self.case!r}")
            checks.one_of(f"case of Status({self.status})", self.case, known)

    async def strike(self, exchange: Exchange) -> web.StreamResponse | None:
        """Answer with the status."""
        error = outage(
            self.status,
            exchange.dialect,
            exchange.model,
            self._wait,
            exchange.rng,
            case=self.case,
            endpoint=exchange.endpoint,
        )
        if self.body is not None:
            error = replace(error, **_body(self.body))
        return await exchange.refuse(replace(error, headers={**error.headers, **self._told()}))

    @property
    def _wait(self) -> float:
        if isinstance(self.retry_after, (int, float)):
            return self.retry_after
        return 1.0 if self.retry_after_ms is None else self.retry_after_ms / 1000

    def _told(self) -> dict[str, str]:
        told = dict(self.headers)
        if self.retry_after is not None:
            said = self.retry_after
            told["retry-after"] = said if isinstance(said, str) else f"{said:g}"
        if self.retry_after_ms is not None:
            told["retry-after-ms"] = f"{self.retry_after_ms:g}"
        if self.should_retry is not None:
            told["x-should-retry"] = "true" if self.should_retry else "false"
        return told


def _body(body: str | bytes | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(body, Mapping):
        return {"body": json.dumps(body).encode(), "content_type": "application/json"}
    if isinstance(body, str):
        return {"body": body.encode(), "content_type": "text/plain; charset=utf-8"}
    return {"body": body, "content_type": "application/octet-stream"}
