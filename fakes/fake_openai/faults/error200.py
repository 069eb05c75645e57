"""An error that says all is well."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from aiohttp import web

from fake_openai import checks
from fake_openai.errors.outages import outage

from .base import BeforeHeaders, Exchange


@dataclass(frozen=True, slots=True, repr=False)
class Error200(BeforeHeaders):
    """The request gets status 200 and the JSON body of an error, where a stream was due, too.

    Attributes:
        error: the status whose error it is, 400 or more.
        body: another body, sent as it is, as JSON.
    """

    error: int = 500
    body: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        checks.whole_number("error of Error200", self.error)
        if not 400 <= self.error <= 599:  # noqa: PLR2004 (RFC 9110, 15: the classes of errors)
            raise ValueError(f"error of Error200 must be an error, 400 to 599, got {self.error}")
        checks.text("body of Error200", self.body, optional=True)

    async def strike(self, exchange: Exchange) -> web.StreamResponse | None:
        """Answer with the error."""
        dialect = exchange.dialect
        error = outage(self.error, dialect, exchange.model, 1.0, exchange.rng, page=False)
        # Who writes white space while nothing is ready has told the status by then.
        error = replace(error, body=2 * dialect.body_padding.encode() + error.body)
        if self.body is not None:
            type, body = "application/json", self.body.encode("utf-8", "replace")
            error = replace(error, body=body, content_type=type)
        return await exchange.refuse(replace(error, status=200))
