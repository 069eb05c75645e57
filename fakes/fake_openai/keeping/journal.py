"""What was asked of the fake, and what became of it."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fake_openai import checks
from fake_openai.asking import asked

from .tape import Sent, Tape

if TYPE_CHECKING:
    from fake_openai.faults import Fault

Ended = Literal["", "whole", "fault", "client left", "server closed"]


@dataclass(slots=True, eq=False, weakref_slot=True)
class Received:
    """One request, and how it was served.

    Attributes:
        method: HTTP method.
        path: path of the URL, without the query.
        query: query of the URL as it came, secrets replaced.
        headers: request headers, names in lower case, secrets replaced.
        raw_body: the body as it came.
        body: the body decoded, None if it is not JSON.
        body_kept: whether `raw_body` and `body` are kept still: beyond 128 MiB of all requests
            together those of the oldest are not.
        endpoint: name of the endpoint that served it (`chat`, `models`, ...); empty if none did.
        attempt: which request of its conversation this is, from 1; 0 where there is none.
            Requests belong to one conversation when model and messages are the same, a trailing
            assistant message not counted.
        model: the model asked for.
        tokenizer: what counted its tokens, `own` or a vocabulary of tiktoken; empty if nothing did.
        question: text of the last user message.
        prefix: text of the partial answer that it wants continued.
        conversation: name of the conversation.
        status: HTTP status of the response; 0 if none was sent.
        faults: what was put into the response to go wrong.
        dealt: what was dealt out to it to go wrong, whether it came to that or not.
        bytes_sent: bytes of the body of the response, without those of the transfer encoding.
        chunks_sent: events with data among them, `[DONE]` included.
        number: counts the requests to a server, from 1.
        scope: name of the scope that it belongs to.
        time: when it came, in seconds since the server was started.
        began: when status and headers of the response were sent, None if they were not.
        ended_at: when it ended, None while under way.
        retry_after: seconds after which the response allows another try, None if it says nothing.
        tape: the body of the response, write by write; see `sent`.
        ended: `whole` = the response went out as it should, `fault` = a fault ended it,
            `client left` = the client was gone first, `server closed`; empty while under way.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    raw_body: bytes = field(default=b"", repr=False)
    body: Any = field(default=None, repr=False)
    endpoint: str = ""
    attempt: int = 0
    model: str = ""
    tokenizer: str = ""
    question: str = field(default="", repr=False)
    prefix: str = field(default="", repr=False)
    conversation: str = field(default="", repr=False)
    status: int = 0
    faults: tuple[Fault, ...] = ()
    dealt: tuple[Fault, ...] = ()
    bytes_sent: int = 0
    chunks_sent: int = 0
    ended: Ended = ""
    number: int = 0
    scope: str = ""
    time: float = 0.0
    began: float | None = None
    ended_at: float | None = None
    retry_after: float | None = None
    body_kept: bool = True
    tape: Tape = field(default_factory=lambda: Tape(None), repr=False)

    @property
    def missed(self) -> tuple[Fault, ...]:
        """What was dealt out to it and did not strike, now that it has ended.

        Its place is behind the end, or it only makes sense in a stream.
        """
        if not self.ended:
            return ()
        return tuple(fault for fault in self.dealt if fault not in self.faults)

    @property
    def fault(self) -> Fault | None:
        """The first of `faults`, None if there is none."""
        return self.faults[0] if self.faults else None

    @property
    def tools(self) -> tuple[str, ...]:
        """Names of the tools that are offered."""
        return asked.tools(self.body)

    @property
    def role(self) -> str:
        """Role of the last message; `tool` for the output of a tool."""
        return asked.role(self.body)

    @property
    def sent(self) -> list[Sent]:
        """The body of the response, write by write, each with its time.

        Kept are at most 1 MiB and 20,000 writes of a response, and 32 MiB of all together, the
        latest; `tape.missed` counts what was not.
        """
        return list(self.tape.since(0))

    def end(self, how: Ended, now: float) -> None:
        """Take down how and when it ended, unless that is known."""
        if not self.ended:
            self.ended = how
        if self.ended_at is None:
            self.ended_at = now


class Journal:
    """The latest requests, oldest first.

    Args:
        size: how many are kept.
    """

    def __init__(self, size: int) -> None:
        checks.whole_number("journal_size", size)
        checks.not_negative("journal_size", size)
        self._size = size
        self._entries: deque[Received] = deque()

    def add(self, received: Received) -> None:
        """Write down a request."""
        self._entries.append(received)
        if len(self._entries) > self._size:
            self._drop_oldest()

    def list(self) -> list[Received]:
        """Return the requests; the list is a copy, the entries are not."""
        return list(self._entries)

    def clear(self) -> None:
        """Forget all requests."""
        while self._entries:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        with contextlib.suppress(IndexError):  # another thread was faster
            self._entries.popleft().tape.drop()
