"""What one kind of server needs in order to go on with an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from steadystream.errors import InvalidRequest
from steadystream.events import Rung

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""Source: RFC 9110, section 5.6.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One kind of server.

    Attributes:
        name: as it is given in settings.
        rung: how it continues a partial answer; None = it cannot.
        mark: members added to the partial assistant message.
        switches: members added to the request body.
        path: (pattern, replacement) for the end of the URL path of a continuation, where it has
            one of its own.
        echoes: whether the reply may begin with the text that was handed in.
        models: pattern searched for in the names of models that take a continuation; None = all.
        reasoning: name under which a partial message takes the reasoning before it; None = it takes
            none.
        continues_json: whether an answer in JSON goes on like text; where a grammar is enforced,
            it would start anew.
        asks_usage: whether it takes `stream_options.include_usage`.
        ends_bare: whether it ends whole answers without a finish reason and without `[DONE]`.
        always_finishes: whether each whole answer has a finish reason, so that `[DONE]` without one
            hides an error.
        idempotency_header: header by which it knows a request that comes again; None = by none.
    """

    name: str
    rung: Rung | None = None
    mark: Mapping[str, Any] = field(default_factory=dict)
    switches: Mapping[str, Any] = field(default_factory=dict)
    path: tuple[str, str] | None = None
    echoes: bool = False
    models: str | None = None
    reasoning: str | None = None
    continues_json: bool = False
    asks_usage: bool = True
    ends_bare: bool = False
    always_finishes: bool = False
    idempotency_header: str | None = None

    def __post_init__(self) -> None:
        if self.rung is not None and self.rung not in {Rung.EXACT_PREFIX, Rung.PREFILL}:
            msg = f"dialect.rung must be exact_prefix, prefill or None, got {self.rung!r}"
            raise InvalidRequest(msg)
        for name in ("mark", "switches"):
            members = getattr(self, name)
            if not isinstance(members, Mapping) or not all(isinstance(m, str) for m in members):
                msg = f"dialect.{name} must be a mapping of members, got {members!r}"
                raise InvalidRequest(msg)
        header = self.idempotency_header
        if header is not None and (not isinstance(header, str) or not _TOKEN.fullmatch(header)):
            msg = f"dialect.idempotency_header must be the name of a header or None, got {header!r}"
            raise InvalidRequest(msg)
        for pattern in (self.models, self.path and self.path[0]):
            try:
                re.compile(pattern or "")
            except re.error as error:
                msg = f"dialect {self.name} needs a valid pattern, got {pattern!r}: {error}"
                raise InvalidRequest(msg) from None

    def rung_for(self, model: object) -> Rung | None:
        """Return how an answer of `model` is continued here; None = it cannot be."""
        if self.models is not None and not re.search(self.models, str(model), re.IGNORECASE):
            return None
        return self.rung

    def continuation_url(self, url: str) -> str:
        """Return where the continuation of an answer from `url` is asked for."""
        if self.path is None:
            return url
        parts = urlsplit(url)
        return parts._replace(path=re.sub(self.path[0] + "$", self.path[1], parts.path)).geturl()
