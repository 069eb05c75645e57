"""What follows a fault of a response that the server keeps."""

from __future__ import annotations

import random

import pytest

from steadystream.errors import (
    Disconnected,
    GaveUp,
    NotAnEventStream,
    Rejected,
    SpliceMismatch,
    StreamFault,
    UpstreamError,
)
from steadystream.events import Rung
from steadystream.policy.recovery import Continue, GiveUp, Recovery, Retries, Retry
from steadystream.protocol.api import RESPONSES
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.responses.transcript import ResponseTranscript
from steadystream.request import Request
from support.response_events import Spoken, transcript_of

REQUEST = Request("http://h/v1/responses", {"model": "m", "input": "hi", "background": True})
CUT = Disconnected(3, "reset")
SAID = transcript_of(Spoken(background=True).message("Once ", "upon").events[:6])


def recovery(**settings: object) -> Recovery:
    retries = Retries(attempts=9, **settings)  # type: ignore[arg-type]
    return Recovery(REQUEST, DIALECTS["openai"], retries, api=RESPONSES)


def after(
    decides: Recovery, fault: StreamFault, so_far: ResponseTranscript = SAID
) -> Rung | GaveUp | None:
    decision = decides.after(fault, so_far, now=0.0, dice=random.Random(1))
    match decision:
        case Continue(continuation=rest):
            return rest.rung
        case GiveUp(why):
            return why
        case _:
            assert isinstance(decision, Retry)
            return None


def test_it_is_followed_again_and_again() -> None:
    decides = recovery()

    assert [after(decides, CUT) for _ in range(4)] == [Rung.CURSOR] * 4


def test_a_beginning_that_nobody_has_seen_is_asked_for_anew() -> None:
    assert after(recovery(), CUT, ResponseTranscript()) is None


PAGE = NotAnEventStream("application/json", "{}")
PAGE.transient = False
REFUSALS: dict[str, StreamFault] = {
    "gone": Rejected(404, "not found"),
    "expired": Rejected(410, "gone"),
    "forbidden": Rejected(403, "the key may not read"),
    "not streamed": Rejected(400, "was not created with stream"),
    "no stream": PAGE,
    "a gap": SpliceMismatch("goes on with event 7", "event 9"),
    "failed": UpstreamError("Oh.", "server_error"),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_one_that_cannot_be_followed_is_asked_for_again_and_never_followed_more(
    refusal: str,
) -> None:
    decides = recovery()
    assert after(decides, CUT) is Rung.CURSOR

    assert after(decides, REFUSALS[refusal]) is Rung.REGENERATE
    assert after(decides, CUT) is Rung.REGENERATE


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_busy_is_asked_to_tell_it_once_more(status: int) -> None:
    decides = recovery()
    after(decides, CUT)

    assert after(decides, Rejected(status, "later", transient=True)) is Rung.CURSOR


def test_a_failure_of_the_response_itself_is_not_followed() -> None:
    assert after(recovery(), UpstreamError("Oh.", "server_error")) is Rung.REGENERATE


def test_a_response_is_followed_only_where_that_is_allowed() -> None:
    assert after(recovery(rungs={"regenerate"}), CUT) is Rung.REGENERATE
    assert after(recovery(rungs=frozenset()), CUT) is GaveUp.CANNOT_CONTINUE
