"""What was asked of the fake, and what became of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from . import checks

if TYPE_CHECKING:
    from .faults import Fault

Ended = Literal["", "whole", "fault", "client left", "server closed"]

_SECRET = ("authorization", "api-key", "x-api-key", "cookie", "proxy-authorization")
REMOVED = "(removed)"


@dataclass(slots=True, eq=False)
class Received:
    """One request, and how it was served.

    Attributes:
        method: HTTP method.
        path: path of the URL, without the query.
        headers: request headers, names in lower case, secrets replaced.
        raw_body: the body as it came.
        body: the body decoded, None if it is not JSON.
        endpoint: name of the endpoint that served it (`chat`, `models`, ...); empty if none did.
        attempt: which request of its conversation this is, from 1; 0 where there is none.
            Requests belong to one conversation when model and messages are the same, a trailing
            assistant message not counted.
        model: the model asked for.
        question: text of the last user message.
        prefix: text of the partial answer that it wants continued.
        conversation: name of the conversation.
        status: HTTP status of the response; 0 if none was sent.
        faults: what was put into the response to go wrong.
        bytes_sent: bytes of the body of the response, without those of the transfer encoding.
        chunks_sent: events with data among them, `[DONE]` included.
        ended: `whole` = the response went out as it should, `fault` = a fault ended it,
            `client left` = the client was gone first, `server closed`; empty while under way.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    raw_body: bytes = field(default=b"", repr=False)
    body: Any = field(default=None, repr=False)
    endpoint: str = ""
    attempt: int = 0
    model: str = ""
    question: str = field(default="", repr=False)
    prefix: str = field(default="", repr=False)
    conversation: str = field(default="", repr=False)
    status: int = 0
    faults: tuple[Fault, ...] = ()
    bytes_sent: int = 0
    chunks_sent: int = 0
    ended: Ended = ""

    @property
    def fault(self) -> Fault | None:
        """The first of `faults`, None if there is none."""
        return self.faults[0] if self.faults else None


def without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """Return `headers` with names in lower case and no keys or cookies in them."""
    return {
        name.lower(): REMOVED if name.lower() in _SECRET else value
        for name, value in headers.items()
    }


class Journal:
    """The latest requests, oldest first.

    Args:
        size: how many are kept.
    """

    def __init__(self, size: int) -> None:
        checks.whole_number("journal_size", size)
        checks.not_negative("journal_size", size)
        self._entries: deque[Received] = deque(maxlen=size)

    def add(self, received: Received) -> None:
        """Write down a request."""
        self._entries.append(received)

    def list(self) -> list[Received]:
        """Return the requests; the list is a copy, the entries are not."""
        return list(self._entries)

    def clear(self) -> None:
        """Forget all requests."""
        self._entries.clear()
