"""One of several places where an answer may come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from steadystream.request import Request

from .dialect import Dialect

_USAGE = {"include_usage": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """A model at a host, and how one speaks with it.

    Attributes:
        name: which model at which host, for messages and as the name of what is shared.
        url: where it is asked.
        headers: that go there; they hold its key.
        dialect: what it speaks.
        model: its model; None = the one that was asked for.
        wants_usage: whether it is asked for usage although the first was not.
    """

    name: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    dialect: Dialect
    model: str | None = None
    wants_usage: bool = False

    def request(self, first: Request) -> Request:
        """Return what `first` asks for, asked here."""
        body = dict(first.body)
        if self.model is not None:
            body["model"] = self.model
        if not self.dialect.asks_usage and body.get("stream_options") == _USAGE:
            del body["stream_options"]
        elif self.dialect.asks_usage and self.wants_usage:
            body.setdefault("stream_options", _USAGE)
        return first.but(url=self.url, headers=self.headers, body=body, via=self)
