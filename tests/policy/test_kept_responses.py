"""What follows when a response that its server keeps brings nothing more."""

from __future__ import annotations

from random import Random

from steadystream.errors import Disconnected, Truncated
from steadystream.events import Rung
from steadystream.policy.recovery import Continue, Recovery, Retries
from steadystream.protocol.api import RESPONSES
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.responses.events import decode
from steadystream.protocol.responses.transcript import ResponseTranscript
from steadystream.request import Request
from support.response_events import Spoken

REQUEST = Request("http://upstream/v1/responses", {"model": "m", "input": "hi", "stream": True})
EMPTY = Truncated(0, "the end of the response")


def so_far() -> ResponseTranscript:
    transcript = ResponseTranscript()
    for raw in Spoken(background=True).message("Once ", "upon").raws:
        transcript.feed(decode(raw.partition(b"data: ")[2].decode()))
    return transcript


def rungs_after(*faults: Truncated | Disconnected) -> list[Rung]:
    recovery = Recovery(REQUEST, DIALECTS["openai"], Retries(attempts=9), api=RESPONSES)
    delivered, rungs = so_far(), []
    for fault in faults:
        decision = recovery.after(fault, delivered, now=0.0, dice=Random(1))
        assert isinstance(decision, Continue)
        rungs.append(decision.continuation.rung)
    return rungs


def test_one_that_ends_twice_without_a_word_is_asked_for_anew() -> None:
    rungs = rungs_after(Disconnected(8, "reset"), EMPTY, EMPTY)

    assert rungs == [Rung.CURSOR, Rung.CURSOR, Rung.REGENERATE]


def test_one_that_ends_once_without_a_word_is_followed_further() -> None:
    rungs = rungs_after(Disconnected(8, "reset"), EMPTY, Disconnected(0, "reset"), EMPTY)

    assert set(rungs) == {Rung.CURSOR}
