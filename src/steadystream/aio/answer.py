"""What the consumer holds while an answer arrives."""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar

from steadystream.errors import GaveUp, SteadyStreamError, StreamFault
from steadystream.events import (
    Batch,
    Event,
    Finished,
    Interrupted,
    Message,
    Opened,
    Resumed,
    Rung,
    Seam,
    Verdict,
)
from steadystream.policy.attempts import Attempt
from steadystream.policy.cost import Cost, cost_of
from steadystream.policy.explain import explain
from steadystream.protocol.api import CHAT, RESPONSES, Api
from steadystream.protocol.pieces import whole_characters
from steadystream.protocol.responses.transcript import ResponseTranscript
from steadystream.protocol.tokens import prompt_tokens
from steadystream.protocol.transcript import Transcript
from steadystream.protocol.usage import Usage, usage_of
from steadystream.request import Request
from steadystream.stages.leaving import left_by_us
from steadystream.stages.stage import Open

Kept = TypeVar("Kept", Transcript, ResponseTranscript)


class AnswerIn(Generic[Kept]):
    """One answer, kept in a transcript of one of the two kinds.

    Attributes:
        api: what kind of answers they are.
        on_whole: is told of the transcript once it is whole; for the shells.
        transcript: what has arrived so far; whole once the iteration has ended.
        verdict: `complete`, `truncated` or `unknown`; None while it arrives.
        seams: where one attempt ended and the next went on.
        attempt_count: exchanges so far, hedges not counted.
        headers: response headers of the last attempt that was accepted, names in lower case.
        request_id: the server's id of that attempt, if it gave one.
    """

    api: ClassVar[Api]
    on_whole: Callable[[Any], None] | None = None

    def __init__(
        self,
        open: Open,
        request: Request,
        transcript: Kept,
        abort: Callable[[], None],
        attempts: Sequence[Attempt] = (),
    ) -> None:
        self.transcript: Kept = transcript
        self.verdict: Verdict | None = None
        self.attempt_count = 1
        self.headers: Mapping[str, str] = {}
        self.request_id: str | None = None
        self._request = request
        self._attempts = attempts
        self._seams: list[Seam] = []
        self._cuts: list[tuple[int, int]] = []
        self._stream = open(request)
        self._events: AsyncIterator[Batch] = _unentered()
        self._rest: Iterator[Event] = iter(())  # of the last batch: what nobody was given yet
        self._abort = abort
        self._fault: StreamFault | None = None

    @property
    def seams(self) -> tuple[Seam, ...]:
        """The seams so far, in order."""
        return tuple(self._seams)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The attempts so far, in order: where, when, and what came of each."""
        return tuple(self._attempts)

    @property
    def cost(self) -> Cost:
        """Tokens by what became of them: delivered, discarded, or perhaps billed."""
        return cost_of(self._attempts, self.usage, self._seams, prompt_tokens(self._request.body))

    def explain(self) -> str:
        """Say in words what happened, attempt by attempt, and what it cost."""
        return explain(self._attempts, self._seams, self.verdict, self.cost)

    @property
    def usage(self) -> Usage:
        """Token counts over all attempts; estimated where a server did not report them."""
        return usage_of(self.transcript, self._cuts, self.attempt_count)

    async def __aenter__(self) -> Self:
        self._events = await self._stream.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection; what has arrived stays in the transcript.

        Whoever is reading the answer just then gets a `Disconnected`.
        """
        try:
            await self._stream.__aexit__(None, None, None)
        except RuntimeError:  # another task is reading: its attempt ends under its hands
            self._abort()
        self._tell_whole()
        if self.verdict is None:
            whole = self.api.is_whole(self._request, self.transcript)
            self.verdict = Verdict.COMPLETE if whole else Verdict.TRUNCATED

    def __aiter__(self) -> AsyncIterator[Event]:
        return self._each()

    async def text(self) -> AsyncGenerator[str, None]:
        """Yield the text, piece by piece as it arrives; of a chat, that of the first choice."""
        # Not over `batches`: another generator between would cost as much as decoding an event.
        half = ""
        try:
            while True:
                for event in self._rest:
                    if type(event) is not Message:
                        self._note(event)
                    elif text := event.plain_text or event.text:
                        if half or not text.isascii():
                            text, half = whole_characters(half + text)
                        if text:
                            yield text
                self._rest = iter(await anext(self._events))
        except StopAsyncIteration:
            self._ended()
        except StreamFault as fault:
            self._broke(fault)
            raise

    async def finish(self) -> dict[str, Any]:
        """Read what is left and return the whole answer as the API gives it without streaming.

        Raises:
            StreamFault: the answer broke or was left before its end, now or before.
        """
        if self._fault is not None:
            raise self._fault
        async with aclosing(self.batches()) as batches:
            async for _ in batches:
                pass
        if self.verdict is Verdict.TRUNCATED:
            raise self._left()
        return self.transcript.response()

    async def _each(self) -> AsyncGenerator[Event, None]:
        try:
            while True:
                for event in self._rest:
                    if type(event) is not Message:
                        self._note(event)
                    yield event
                self._rest = iter(await anext(self._events))
                if self._seams:
                    self._tell_whole()
        except StopAsyncIteration:
            self._ended()
        except StreamFault as fault:
            self._broke(fault)
            raise

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Yield the events in batches, one for each network read."""
        try:
            batch = list(self._rest)
            while True:
                for event in batch:
                    if type(event) is not Message:
                        self._note(event)
                if self._seams:  # before the consumer knows, who may leave, that it is over
                    self._tell_whole()
                if batch:
                    yield batch
                batch = await anext(self._events)
        except StopAsyncIteration:
            self._ended()
        except StreamFault as fault:
            self._broke(fault)
            raise

    def _tell_whole(self) -> None:
        if self.on_whole is not None and self.transcript.is_finished:
            self.on_whole(self.transcript)

    def _ended(self) -> None:
        """Let nobody take what came for the whole: a reading before may have been broken off."""
        if self._fault is not None:
            raise self._fault
        if self.verdict is None:
            raise self._left()

    def _left(self) -> StreamFault:
        received = self._attempts[-1].received if self._attempts else 0
        self._fault = left_by_us(self._request, received).give_up(GaveUp.NOT_TRANSIENT)
        self._fault.partial = self.transcript
        return self._fault

    def _broke(self, fault: StreamFault) -> None:
        self._fault = fault
        self.verdict = Verdict.TRUNCATED

    def _note(self, event: Event) -> None:
        match event:
            case Opened():
                self.attempt_count = event.attempt
                self.headers = event.headers
                self.request_id = event.request_id
            case Interrupted():
                self._cuts.append((event.attempt, self.transcript.text_chunks))
                self.attempt_count = event.attempt + 1
            case Resumed():
                self._seams.append(event.seam)
                if event.seam.rung is Rung.CURSOR:  # nothing is generated twice, or paid twice
                    self._cuts.clear()
            case Finished():
                self.verdict = event.verdict
                self._tell_whole()
            case _:
                pass


class Answer(AnswerIn[Transcript]):
    """One answer, while it arrives and afterwards.

    Use it as a context manager, and iterate over it once: over its events, or over `text()`. The
    request is sent when the first of them is asked for. Leaving the context early closes the
    connection at once, so that the server stops generating.

    Attributes:
        transcript: what has arrived so far; whole once the iteration has ended.
        verdict: `complete`, `truncated` or `unknown`; None while it arrives.
        seams: where one attempt ended and the next went on.
        attempt_count: exchanges so far, hedges not counted.
        headers: response headers of the last attempt that was accepted, names in lower case.
        request_id: the server's id of that attempt, if it gave one.
    """

    api = CHAT


class ResponseAnswer(AnswerIn[ResponseTranscript]):
    """One answer of the Responses API, while it arrives and afterwards.

    It is used as an `Answer` is, and tells the same; its `transcript` is a `ResponseTranscript`,
    and the events that came over the wire are decoded in `Message.said`.
    """

    api = RESPONSES


async def _unentered() -> AsyncGenerator[Batch, None]:
    msg = "expected `async with` around the answer, got an iteration without it"
    raise SteadyStreamError(msg)
    yield []  # makes it a generator
