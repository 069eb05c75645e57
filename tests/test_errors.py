from __future__ import annotations

import pickle

import pytest

from steadystream import errors
from steadystream.errors import GaveUp, StreamFault

FAULTS = [
    (errors.ConnectFailed("h:1", "refused"), "expected a connection to h:1, got refused"),
    (errors.ConnectTimedOut("h:1", 3), "expected a connection to h:1, got none within 3 s"),
    (errors.ConnectTimedOut("h:1", None), "expected a connection to h:1, got none in time"),
    (errors.Disconnected(4, "reset"), "the connection ended after 4 events: reset"),
    (errors.Truncated(2), "expected a finish_reason, got the end of the body after 2 events"),
    (errors.NoFirstToken(5), "no first token within 5 s"),
    (errors.Stalled(5, 7), "nothing of the answer for 5 s after 7 events"),
    (
        errors.Dripped(2, 10, 5, 7),
        "expected at least 10 pieces of the answer in 5 s, got 2, after 7 events",
    ),
    (errors.BreakerOpen("m at h", 4.25), "m at h failed too often of late; not asked for 4.2 s"),
    (
        errors.RateLimited("m at h", 90, 60),
        "expected a turn at m at h within 60 s, got one in 90 s: its rate limit is used up",
    ),
    (errors.DeadlineExceeded(9), "the answer was not whole within 9 s"),
    (errors.DeadlineExceeded(None), "the answer was not whole in the session's time"),
    (errors.Rejected(503, "busy"), "expected an answer, got status 503: busy"),
    (
        errors.UpstreamError("boom", 500, "server_error"),
        "the server reported an error after 0 events: server_error 500: boom",
    ),
    (errors.Malformed("JSON", "<p>", 1), "expected JSON, got '<p>' after 1 events"),
    (
        errors.NotAnEventStream("text/html", "<p>"),
        "expected a body of type text/event-stream, got text/html: '<p>'",
    ),
    (
        errors.EventTooLarge(11, 10),
        "expected an event of at most 10 bytes, got 'at least 11 bytes' after 0 events",
    ),
    (
        errors.SpliceMismatch("goes on", "no"),
        "expected a continuation that goes on, got 'no'",
    ),
]


@pytest.mark.parametrize(("fault", "says"), FAULTS, ids=lambda case: type(case).__name__)
def test_a_fault_says_what_was_expected_what_came_and_how_far_we_got(
    fault: StreamFault, says: str
) -> None:
    assert str(fault) == says


@pytest.mark.parametrize("fault", [fault for fault, _ in FAULTS], ids=lambda f: type(f).__name__)
def test_a_fault_survives_pickling_with_the_reason_it_was_given_up(fault: StreamFault) -> None:
    fault.give_up(GaveUp.CANNOT_CONTINUE)

    copy = pickle.loads(pickle.dumps(fault))  # noqa: S301  # our own bytes

    assert type(copy) is type(fault)
    assert str(copy) == str(fault)
    assert copy.gave_up is GaveUp.CANNOT_CONTINUE
    assert copy.transient is fault.transient


def test_every_fault_has_a_sentence_that_is_tested() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    faults = {kind for kind in kinds if issubclass(kind, StreamFault)} - {StreamFault}

    assert {type(fault) for fault, _ in FAULTS} == faults


@pytest.mark.parametrize(
    ("code", "type", "transient"),
    [
        (None, "server_error", True),
        (500, None, True),
        (429, None, True),
        (400, None, False),
        ("401", None, False),
        ("insufficient_quota", None, False),
        (None, "invalid_request_error", False),
        (None, "authentication_error", False),
        ("context_length_exceeded", None, False),
        (None, "model_error", True),
    ],
)
def test_which_errors_in_a_stream_are_worth_another_try(
    code: str | int | None, type: str | None, transient: bool
) -> None:
    assert errors.UpstreamError("x", code, type).transient is transient
