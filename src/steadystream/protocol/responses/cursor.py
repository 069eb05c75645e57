"""Goes on with a response that the server keeps, from the event behind the last one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from steadystream.errors import SpliceMismatch
from steadystream.events import Batch, Message, Resumed, Seam

from .transcript import ResponseTranscript


class CursorJoint:
    """Lets each event pass that follows the last one delivered, as it came.

    What was delivered already is dropped, should it come again. A gap is refused.

    Args:
        so_far: what was delivered before.
        seam: where and how it goes on.

    Attributes:
        is_open: never; every event is looked at.
    """

    is_open = False

    def __init__(self, so_far: ResponseTranscript, seam: Seam) -> None:
        self._last = so_far.sequence_number if so_far.sequence_number is not None else -1
        self._next = so_far.next_number
        self._seam = replace(seam, verified=True)
        self._resumed = False

    def feed(self, batch: Batch) -> Batch:
        """Return what of `batch` is new.

        Raises:
            SpliceMismatch: an event is missing.
        """
        passed: Batch = []
        for event in batch:
            if not isinstance(event, Message):
                passed.append(event)
                continue
            said = event.said
            number = said.sequence_number if said is not None else None
            if said is None or number is None or number > self._next:
                raise SpliceMismatch(f"goes on with event {self._next}", f"event {number}")
            if number <= self._last or (not said.is_response and number < self._next):
                continue
            self._next = max(self._next, number + 1)
            if said.is_response:
                self._last = number
            if not self._resumed:
                self._resumed = True
                passed.append(Resumed(self._seam))
            passed.append(event)
        return passed

    def close(self) -> Batch:
        """Return nothing: nothing is held back."""
        return []


def cursor_url(url: str, id: str | None, after: int, body: Mapping[str, Any]) -> str:
    """Return where the events behind number `after` are told.

    Args:
        url: of the request that was cut.
        id: of the response; None = the URL names it.
        after: number of the last event that is there.
        body: of the request that made the response; what it includes, its events shall include.
    """
    includes = body.get("include")
    more = [("include[]", str(name)) for name in includes] if isinstance(includes, list) else []
    more += [("stream", "true"), ("starting_after", str(after))]
    return _beside(url, "" if id is None else f"/{quote(id, safe='')}", more)


def cancel_url(url: str, id: str) -> str:
    """Return where the response `id` is cancelled that a request to `url` has made."""
    return _beside(url, f"/{quote(id, safe='')}/cancel", [])


def is_id(value: object) -> TypeGuard[str]:
    """Say whether a value can be the last part of a path, which dots alone cannot."""
    return isinstance(value, str) and value.strip(".") != ""


def _beside(url: str, tail: str, more: list[tuple[str, str]]) -> str:
    parts = urlsplit(url)
    path = parts.path.rstrip("/") + tail
    changed = {name for name, _ in more if name != "include[]"}
    query = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in changed
    ]
    return urlunsplit(parts._replace(path=path, query=urlencode(query + more)))
