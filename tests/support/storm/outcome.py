"""What came of a schedule, and how it is gathered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from steadystream import (
    Answer,
    Attempt,
    ResponseAnswer,
    ResponseTranscript,
    Seam,
    SyncAnswer,
    SyncResponseAnswer,
    Transcript,
    Verdict,
    fault_of,
    partial_of,
)
from steadystream.errors import StreamFault
from steadystream.events import Event, Restarted, WireEvent

from .hearing import Heard


@dataclass
class Outcome:
    """What came of a schedule.

    Attributes:
        heard: what was delivered.
        error: what was raised; None where the answer ended by itself, or was left.
        fault: the fault behind it, and `partial` the transcript that came with it.
        transcript: of the answer; None where there was no response to ask.
        verdict: of the answer, as are `attempts`, `seams` and `explained`.
        status: of a response that was handed on as a refusal.
        left: whether the consumer left, or was cancelled.
        began: on the clock of the loop, as is `ended`; in a thread both are 0.
        goes_on: responses that we put into the background and that are still being made.
        trace: what came, bytes or events, for who wants to see.
    """

    heard: Heard = field(default_factory=Heard)
    error: BaseException | None = None
    fault: StreamFault | None = None
    partial: Transcript | ResponseTranscript | None = None
    transcript: Transcript | ResponseTranscript | None = None
    verdict: Verdict | None = None
    attempts: tuple[Attempt, ...] = ()
    seams: tuple[Seam, ...] = ()
    explained: str = ""
    status: int = 0
    left: bool = False
    began: float = 0.0
    ended: float = 0.0
    goes_on: Sequence[str] = ()
    trace: list[Any] = field(default_factory=list)

    def ask(self, answer: Answer | ResponseAnswer | SyncAnswer | SyncResponseAnswer) -> None:
        """Take down what the answer tells of itself."""
        self.transcript, self.verdict = answer.transcript, answer.verdict
        self.attempts, self.seams = answer.attempts, answer.seams
        self.explained = answer.explain()

    def fail(self, error: BaseException) -> None:
        """Take down what was raised."""
        self.error, self.fault, self.partial = error, fault_of(error), partial_of(error)


class Ear:
    """Gathers the events of an answer."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._body = bytearray()

    def take(self, event: Event) -> None:
        trace = self._outcome.trace
        if isinstance(event, WireEvent):
            self._body += event.raw
            trace.append(event.raw)
            return
        trace.append(event)
        if isinstance(event, Restarted):
            self.close()
            self._outcome.heard.forget_reasoning()

    def close(self) -> None:
        self._outcome.heard.feed(bytes(self._body))
        self._body.clear()
