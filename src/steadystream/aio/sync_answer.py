"""What a consumer without an event loop holds while an answer arrives."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from steadystream.errors import SteadyStreamError
from steadystream.events import Batch, Event, Message, Seam, Verdict
from steadystream.policy.attempts import Attempt
from steadystream.policy.cost import Cost
from steadystream.protocol.pieces import whole_characters
from steadystream.protocol.responses.transcript import ResponseTranscript
from steadystream.protocol.transcript import Transcript
from steadystream.protocol.usage import Usage

from .answer import Answer, AnswerIn, Kept
from .loop_thread import LoopThread, Work

_Got = TypeVar("_Got")


class SyncAnswerIn(Generic[Kept]):
    """One answer that blocks, kept in a transcript of one of the two kinds."""

    def __init__(self, answer: AnswerIn[Kept], loop: LoopThread, client: object) -> None:
        self._answer: AnswerIn[Kept] = answer
        self._loop = loop
        self._client = client  # stays open as long as an answer of it is held
        self._batches: AsyncGenerator[Batch, None] | None = None
        self._events: deque[Event] = deque()
        self._half = ""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Return what else an `Answer` tells; what has to be awaited is none of it."""
            told = None if name.startswith("_") else getattr(self._answer, name, None)
            awaited = inspect.iscoroutinefunction(told) or inspect.isasyncgenfunction(told)
            if awaited or (told is None and not hasattr(Answer, name)):
                msg = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(msg)
            return told

    @property
    def transcript(self) -> Kept:
        """What has arrived so far; whole once the iteration has ended."""
        return self._answer.transcript

    @property
    def verdict(self) -> Verdict | None:
        """`complete`, `truncated` or `unknown`; None while it arrives."""
        return self._answer.verdict

    @property
    def seams(self) -> tuple[Seam, ...]:
        """Where one attempt ended and the next went on."""
        return self._answer.seams

    @property
    def usage(self) -> Usage:
        """Token counts over all attempts; estimated where a server did not report them."""
        return self._answer.usage

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The attempts so far, in order: where, when, and what came of each."""
        return self._answer.attempts

    @property
    def attempt_count(self) -> int:
        """Exchanges so far, hedges not counted."""
        return self._answer.attempt_count

    @property
    def cost(self) -> Cost:
        """Tokens by what became of them: delivered, discarded, or perhaps billed."""
        return self._answer.cost

    def explain(self) -> str:
        """Say in words what happened, attempt by attempt, and what it cost."""
        return self._answer.explain()

    @property
    def headers(self) -> Mapping[str, str]:
        """Response headers of the last attempt that was accepted, names in lower case."""
        return self._answer.headers

    @property
    def request_id(self) -> str | None:
        """The server's id of that attempt, if it gave one."""
        return self._answer.request_id

    def __enter__(self) -> Self:
        self._run(self._answer.__aenter__)
        self._batches = self._answer.batches()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; what has arrived stays in the transcript.

        Another thread that is reading the answer just then gets a `Disconnected`.
        """
        self._events.clear()
        if self._loop.is_open:  # else it was closed with the client
            self._run(self._answer.close)

    def __iter__(self) -> Iterator[Event]:
        while (event := self._next()) is not None:
            yield event

    def text(self) -> Iterator[str]:
        """Yield the text, piece by piece as it arrives; of a chat, that of the first choice."""
        for event in self:
            text = event.plain_text or event.text if type(event) is Message else ""
            if text and (self._half or not text.isascii()):
                text, self._half = whole_characters(self._half + text)
            if text:
                yield text

    def finish(self) -> dict[str, Any]:
        """Read what is left and return the whole answer as the API gives it without streaming.

        Raises:
            StreamFault: the answer broke or was left before its end, now or before.
        """
        self._events.clear()
        return self._run(self._answer.finish)

    def _next(self) -> Event | None:
        while not self._events:
            batch = self._run(self._batch)
            if batch is None:
                return None
            self._events.extend(batch)
        return self._events.popleft()

    async def _batch(self) -> Batch | None:
        if self._batches is None:
            msg = "expected `with` around the answer, got an iteration without it"
            raise SteadyStreamError(msg)
        batch = await anext(self._batches, None)
        # One that was broken off has ended for good; a new one says so, where that was no end.
        return await anext(self._answer.batches(), None) if batch is None else batch

    def _run(self, work: Work[_Got]) -> _Got:
        try:
            return self._loop.run(work)
        except BaseException as error:
            # Ctrl-C, or a client that was closed; what went wrong has it already.
            if not isinstance(error, Exception) or getattr(error, "partial", self) is None:
                error.partial = self.transcript  # type: ignore[attr-defined]
            raise


class SyncAnswer(SyncAnswerIn[Transcript]):
    """One answer, while it arrives and afterwards; an `Answer` that blocks.

    Use it as a context manager, and iterate over it, or over `text()`. Leaving the context early
    closes the connection at once, so that the server stops generating; so does whatever interrupts
    a wait. An interrupt carries what was received in `partial`, as faults do.
    """


class SyncResponseAnswer(SyncAnswerIn[ResponseTranscript]):
    """One answer of the Responses API; a `ResponseAnswer` that blocks, used like a `SyncAnswer`."""
