"""What servers call the responses that the consumer knows by other ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steadystream.protocol.responses.transcript import ResponseTranscript

_MOST = 10_000


class Aliases:
    """Remembers, for one client, the ids of responses that were asked for again.

    Such a response keeps the ids of the first attempt, of which the server knows nothing any more.
    Who refers to them in a later request means what the server has under the others. The oldest of
    ten thousand is forgotten. Does no I/O.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._known)

    def note(self, transcript: ResponseTranscript) -> None:
        """Remember what a response that is whole is called."""
        self._known |= transcript.upstream_ids
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]

    def applied(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the body of a request with the ids that its server knows; None = as it is."""
        changed: dict[str, Any] = {}
        previous = body.get("previous_response_id")
        if isinstance(previous, str) and previous in self._known:
            changed["previous_response_id"] = self._known[previous]
        items = body.get("input")
        if isinstance(items, list):
            named = [self._named(item) for item in items]
            if named != items:
                changed["input"] = named
        return {**body, **changed} if changed else None

    def _named(self, item: Any) -> Any:
        if not isinstance(item, Mapping):
            return item
        ids = {name: item[name] for name in ("id", "call_id") if isinstance(item.get(name), str)}
        return {**item, **{name: self._known.get(id, id) for name, id in ids.items()}}
