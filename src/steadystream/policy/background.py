"""Which responses go on at a server by themselves for our sake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from steadystream.events import Event, Message
from steadystream.protocol.responses.cursor import cancel_url, is_id
from steadystream.request import Request


class Background:
    """Knows the responses that one answer has put into the background and that are not over.

    Nobody but us knows of them, and they are generated, and billed, whoever listens. Does no I/O.
    """

    def __init__(self) -> None:
        self._open: dict[str, Request] = {}

    @property
    def goes_on(self) -> bool:
        """Whether any of them is not over."""
        return bool(self._open)

    def note(self, request: Request, events: Iterable[Event]) -> None:
        """Look for responses that begin or end among the events that came for `request`."""
        for event in events:
            said = event.said if type(event) is Message else None
            if said is None or said.response is None:
                continue
            id = said.response.get("id")
            if not is_id(id):
                continue
            if said.ends:
                self._open.pop(id, None)
            elif said.in_background and request.method == "POST":
                self._open.setdefault(id, request)

    def take(self) -> list[Request]:
        """Return what cancels those that are not over, and forget them."""
        return self._take(list(self._open))

    def take_of(self, asked: Request) -> list[Request]:
        """Return what cancels what the attempt `asked` has begun: another was faster."""
        return self._take([id for id, request in self._open.items() if request is asked])

    def take_before(self, attempt: int) -> list[Request]:
        """Return what cancels what attempts before this one have begun, once it has begun anew."""
        return self._take([id for id, known in self._open.items() if known.attempt < attempt])

    def begins(self, attempt: int) -> bool:
        """Say whether the attempt of this number has begun a response that is not over."""
        return any(known.attempt == attempt for known in self._open.values())

    def _take(self, ids: list[str]) -> list[Request]:
        taken = [(id, self._open.pop(id)) for id in ids]
        return [known.but(url=cancel_url(known.url, id), body={}) for id, known in taken]


def put_in_background(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the body of a request for a response that goes on by itself.

    None where the caller has said himself how it shall be, or wants nothing to be kept.
    """
    if body.get("background") is not None or body.get("store") is False:
        return None
    return {**body, "background": True, "store": True}
