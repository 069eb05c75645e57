"""What travels through the pipeline: the events of one answer.

`Message`, `Comment` and `Done` are what stood on the wire. The others say what happened to the
stream; metrics, logs and the transcript are folds over all of them. Stages hand on events in
batches, a list for each network read: the cost of a stage is paid once a read, not once an event.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import msgspec

from .errors import StreamFault

if TYPE_CHECKING:
    from .protocol.chat import Chunk
    from .protocol.responses.events import ResponseEvent


class Message(msgspec.Struct, gc=False):
    """One event of the stream that carries data.

    Attributes:
        raw: the bytes of the event as they stood on the wire, comments and blank line included.
        carries: whether it holds something of the answer: text, reasoning, a refusal, a tool call,
            a finish reason. Role chunks, empty deltas and usage do not.
        plain_text: the text, of an event that adds text to the first choice and nothing else; None
            where there is more to it, or less.
        said: the decoded event, of the Responses API; None of a chat.
    """

    raw: bytes
    carries: bool
    plain_text: str | None
    _chunk: Chunk | Callable[[bytes], Chunk | None] | None
    said: ResponseEvent | None = None

    @property
    def chunk(self) -> Chunk | None:
        """The decoded `chat.completion.chunk`; None where the data is of another kind.

        It is decoded when it is asked for; most consumers only want the text.
        """
        if callable(self._chunk):
            self._chunk = self._chunk(self.raw)
        return self._chunk

    @property
    def text(self) -> str:
        """What the event adds to the text of the first choice."""
        if self.plain_text is not None:
            return self.plain_text
        chunk = self.chunk if self.carries else None
        return chunk.text if chunk is not None else ""


class Comment(msgspec.Struct, frozen=True, gc=False):
    """Bytes that dispatch no event: comments such as `: keep-alive`, lone `retry:` lines."""

    carries: ClassVar[bool] = False

    raw: bytes


class Done(msgspec.Struct, frozen=True, gc=False):
    """The terminator `data: [DONE]`."""

    carries: ClassVar[bool] = False

    raw: bytes


class Verdict(StrEnum):
    """What is known of the end of an answer."""

    COMPLETE = "complete"
    """Every choice has its finish reason."""
    TRUNCATED = "truncated"
    """The answer ended before its end; what came is in the transcript."""
    UNKNOWN = "unknown"
    """The server ended as it does when all is well, but named no finish reason."""


class Rung(StrEnum):
    """How an attempt goes on from what was delivered."""

    CURSOR = "cursor"
    """The server keeps the response and tells it again from any event on (Responses API)."""
    EXACT_PREFIX = "exact_prefix"
    """The server continues the last assistant message exactly."""
    PREFILL = "prefill"
    """The model takes a last assistant message as the beginning of its answer."""
    REGENERATE = "regenerate"
    """The same request once more; what was delivered is dropped while it comes again."""
    INSTRUCT = "instruct"
    """The model is asked in words to go on; its reply repeats the last words that were delivered.

    Only where the caller allows it.
    """
    LENGTH = "length"
    """Nothing was asked for: the token limit was already reached, only the end was missing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of an answer came from.

    Attributes:
        upstream: which model at which host.
        model: the model that was asked for there.
    """

    upstream: str = ""
    model: str = ""


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Seam:
    """The place in the answer where one attempt ends and the next goes on.

    Attributes:
        position: characters of text delivered before it (first choice).
        rung: how the answer was continued.
        verified: whether the server repeated what was delivered and it matched.
        attempt: number of the attempt that goes on here, the first attempt being 1.
        cause: what ended the attempt before.
        before: where the text before it came from, and `after`: where it goes on.
    """

    position: int
    rung: Rung
    verified: bool
    attempt: int
    cause: StreamFault
    before: Place = NOWHERE
    after: Place = NOWHERE

    @property
    def changes_upstream(self) -> bool:
        """Whether it goes on at another upstream."""
        return self.before.upstream != self.after.upstream

    @property
    def changes_model(self) -> bool:
        """Whether it goes on with another model, as far as their names tell."""
        return self.before.model != self.after.model


@dataclass(frozen=True, slots=True)
class Opened:
    """An attempt was accepted: status and headers are here.

    Attributes:
        attempt: its number, from 1.
        status: HTTP status.
        headers: response headers, names in lower case.
        request_id: the server's id of the request, if it gave one.
    """

    carries: ClassVar[bool] = False

    attempt: int
    status: int
    headers: Mapping[str, str]
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An attempt failed. Another follows; the answer is not over.

    Attributes:
        attempt: number of the attempt that failed.
        fault: why.
    """

    carries: ClassVar[bool] = False

    attempt: int
    fault: StreamFault


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pause before the next attempt.

    Attributes:
        seconds: how long it will be.
    """

    carries: ClassVar[bool] = False

    seconds: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """The answer goes on after an interruption: text that follows is of a new attempt.

    Attributes:
        seam: where and how.
    """

    carries: ClassVar[bool] = False

    seam: Seam


@dataclass(frozen=True, slots=True)
class Restarted:
    """An answer that was cut while the model reasoned begins anew: its reasoning comes again.

    Only for callers who ask for it; the reasoning before it is void.

    Attributes:
        attempt: number of the attempt that begins here.
        cause: what ended the attempt before.
    """

    carries: ClassVar[bool] = False

    attempt: int
    cause: StreamFault


@dataclass(frozen=True, slots=True)
class HedgeStarted:
    """The first token is late, and a second attempt races the first for it.

    Attributes:
        attempt: number of the attempt that is late.
        seconds: how long it was waited for.
    """

    carries: ClassVar[bool] = False

    attempt: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is over; nothing follows.

    Attributes:
        verdict: what is known of its end.
        attempts: how many exchanges it took.
    """

    carries: ClassVar[bool] = False

    verdict: Verdict
    attempts: int


WireEvent: TypeAlias = Message | Comment | Done
Event: TypeAlias = (
    WireEvent | Opened | Interrupted | Waiting | Resumed | Restarted | HedgeStarted | Finished
)
Batch: TypeAlias = list[Event]
Events: TypeAlias = AsyncIterator[Batch]
