"""The two APIs whose answers are mended, each as one bundle of functions.

The stages and the shells are the same for both; what differs is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from steadystream.errors import GaveUp, StreamFault, UpstreamError
from steadystream.events import NOWHERE, Batch, Event, Message, Place, Restarted, Rung, Seam
from steadystream.request import Request

from . import continuation, splice
from .head import Head
from .hold import Hold
from .reading import Reader
from .responses import continuation as of_responses
from .responses.cursor import CursorJoint
from .responses.head import ResponseHead
from .responses.hold import ResponseHold
from .responses.match import ResponseMatch
from .responses.reading import ResponseReader
from .responses.transcript import ResponseTranscript
from .responses.words import WordsJoint
from .responses.writing import Writer
from .transcript import Transcript

AnyTranscript: TypeAlias = Transcript | ResponseTranscript


class Joint(Protocol):
    """What the stream of an attempt has to pass to become part of the answer."""

    @property
    def is_open(self) -> bool:
        """Whether all passes from here on."""
        ...

    def feed(self, batch: Batch) -> Batch:
        """Return what of `batch` belongs to the answer."""
        ...

    def close(self) -> Batch:
        """Return what was held, at the end of the attempt."""
        ...


class Holds(Protocol):
    """Lets everything of one attempt pass but calls that are not whole."""

    def feed(self, batch: Batch) -> Batch:
        """Return what may be handed on now."""
        ...

    def close(self) -> Batch:
        """Return what is held, at the end of the attempt."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What is particular to the answers of one API.

    Attributes:
        name: for messages.
        path: the end of its URLs.
        reader: reads the body of one attempt.
        transcript: makes what an answer is kept in.
        keep: adds events to such a transcript.
        is_whole: says whether all that was asked for is there.
        continuation: says how to go on.
        head: makes what the stream of a first attempt has to pass.
        hold: makes what holds torn calls back.
        joint: makes what the stream of a continuation has to pass.
        ending: returns the end of an answer that had come to its limit when it was cut.
        terminator: returns what stands behind an answer that is whole, where a fault took it.
        parting: returns what is told of an attempt whose error ends the answer.
    """

    name: str
    path: str
    reader: type[Reader]
    transcript: Callable[[], Any]
    keep: Callable[[Any, Iterable[Event]], None]
    is_whole: Callable[[Request, Any], bool]
    continuation: Callable[..., continuation.Continuation | GaveUp]
    head: Callable[[], Joint]
    hold: Callable[[], Holds]
    joint: Callable[..., Joint]
    ending: Callable[..., Batch]
    terminator: Callable[[], Batch]
    parting: Callable[[Joint, Any, StreamFault], Batch]


def _keep_chat(transcript: Transcript, batch: Iterable[Event]) -> None:
    for event in batch:
        if type(event) is Message:
            if event.plain_text is not None:
                transcript.feed_text(event.plain_text)
            elif event.chunk is not None:
                transcript.feed(event.chunk)
        elif type(event) is Restarted:
            transcript.forget_reasoning()


def _keep_response(transcript: ResponseTranscript, batch: Iterable[Event]) -> None:
    for event in batch:
        if type(event) is Message:
            if event.said is not None:
                transcript.feed(event.said)
        elif type(event) is Restarted:
            transcript.forget_reasoning()


def _joint(
    rest: continuation.Continuation,
    so_far: ResponseTranscript,
    attempt: int,
    cause: StreamFault,
    between: tuple[Place, Place] = (NOWHERE, NOWHERE),
) -> Joint:
    seam = Seam(len(so_far.text), rest.rung, False, attempt, cause, *between)
    if rest.rung is Rung.CURSOR:
        return CursorJoint(so_far, seam)
    if rest.rung is Rung.REGENERATE:
        return ResponseMatch(so_far, seam, anew=rest.anew)
    return WordsJoint(rest, so_far, seam)


def _parting(joint: Joint, so_far: ResponseTranscript, fault: StreamFault) -> Batch:
    """Let an error that the server reports follow upon what was delivered, as the last event.

    Where that is nothing, it follows upon the beginning that was held back: SDKs want one.
    """
    if not isinstance(fault, UpstreamError) or not fault.raw:
        return []
    before = [] if so_far.started else joint.close()
    told = so_far.copy()
    _keep_response(told, before)
    fault.raw = Writer(told).parting(fault.raw)
    return before


def _nothing(*_: object) -> Batch:
    return []


CHAT = Api(
    name="chat",
    path="/chat/completions",
    reader=Reader,
    transcript=Transcript,
    keep=_keep_chat,
    is_whole=continuation.is_whole,
    continuation=continuation.continuation,
    head=Head,
    hold=Hold,
    joint=splice.joint,
    ending=splice.ending,
    terminator=lambda: [splice.done()],
    parting=_nothing,
)

RESPONSES = Api(
    name="responses",
    path="/responses",
    reader=ResponseReader,
    transcript=ResponseTranscript,
    keep=_keep_response,
    is_whole=of_responses.is_whole,
    continuation=of_responses.continuation,
    head=ResponseHead,
    hold=ResponseHold,
    joint=_joint,
    ending=_nothing,  # no limit is concluded from what was delivered
    terminator=_nothing,  # the last event of a response is its terminator
    parting=_parting,
)
