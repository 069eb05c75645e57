from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import SpliceMismatch
from steadystream.events import Batch, Message, Resumed, Rung
from steadystream.protocol.responses.cursor import CursorJoint, cancel_url, cursor_url
from steadystream.protocol.responses.transcript import ResponseTranscript
from support.response_events import Spoken, events_in, seam, transcript_of

WHOLE = Spoken(background=True).message("Once ", "upon ", "a time.").end().events


def joint(delivered: int) -> CursorJoint:
    so_far = transcript_of(WHOLE[:delivered])
    return CursorJoint(so_far, seam(so_far, Rung.CURSOR))


@given(delivered=st.integers(1, len(WHOLE) - 1), overlap=st.integers(0, len(WHOLE)))
def test_each_event_is_delivered_once_whatever_is_told_again(delivered: int, overlap: int) -> None:
    again = WHOLE[max(0, delivered - overlap) :]

    resumed, *rest = joint(delivered).feed(again)

    assert isinstance(resumed, Resumed)
    assert resumed.seam.verified
    assert rest == WHOLE[delivered:]


@given(delivered=st.integers(1, len(WHOLE) - 3), missing=st.integers(1, 2))
def test_nothing_is_delivered_behind_a_gap(delivered: int, missing: int) -> None:
    expected = f"goes on with event {delivered}, got 'event {delivered + missing}'"

    with pytest.raises(SpliceMismatch, match=expected):
        joint(delivered).feed(WHOLE[delivered + missing :])


def test_an_event_without_a_number_is_a_gap() -> None:
    with pytest.raises(SpliceMismatch, match="got 'event None'"):
        joint(4).feed(Spoken(numbered=False).events)


def with_keepalive(*, counted: bool) -> Batch:
    """Return the events of a response with a keepalive as the third.

    Args:
        counted: whether it has a number of its own, as at the API; else that of the event behind.
    """
    spoken = Spoken(background=True)
    alive = spoken.event("keepalive").raws[-1]
    if not counted:
        spoken.raws.pop()
    raws = spoken.message("Once ", "upon").end().raws
    return events_in(b"".join(raws if counted else [*raws[:2], alive, *raws[2:]]))


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("replayed", [True, False])
@given(delivered=st.integers(1, 9))
def test_what_only_keeps_a_connection_alive_hides_no_event(
    counted: bool, replayed: bool, delivered: int
) -> None:
    events = with_keepalive(counted=counted)
    so_far = transcript_of(events[:delivered])
    told = [event for event in _of_response(events) if _number(event) > _last(so_far)]
    alive = [events[2]] if replayed or delivered < 3 else []
    whole = [event for event in events if event in [*told, *alive]]

    passed = CursorJoint(so_far, seam(so_far, Rung.CURSOR)).feed(whole)

    assert so_far.is_numbered
    assert _of_response(passed) == told


def _of_response(events: Batch) -> list[Message]:
    return [e for e in events if isinstance(e, Message) and e.said and e.said.is_response]


def _last(so_far: ResponseTranscript) -> int:
    return -1 if so_far.sequence_number is None else so_far.sequence_number


def _number(event: Message) -> int:
    assert event.said is not None
    assert event.said.sequence_number is not None
    return event.said.sequence_number


def test_comments_pass() -> None:
    comment = events_in(b": keep-alive\n\n")

    assert joint(4).feed(comment) == comment
    assert not any(isinstance(event, Message) for event in joint(4).feed(comment))


@pytest.mark.parametrize(
    ("url", "after"),
    [
        ("https://h/v1/responses", "https://h/v1/responses/resp_1?stream=true&starting_after=7"),
        (
            "https://h/openai/responses?api-version=2025-04-01",
            "https://h/openai/responses/resp_1?api-version=2025-04-01&stream=true&starting_after=7",
        ),
        ("https://h/v1/responses/", "https://h/v1/responses/resp_1?stream=true&starting_after=7"),
    ],
)
def test_the_rest_is_asked_for_beside_where_the_response_was_made(url: str, after: str) -> None:
    assert cursor_url(url, "resp_1", 7, {}) == after


def test_what_the_response_includes_is_asked_for_again() -> None:
    url = cursor_url("https://h/v1/responses", "r", 0, {"include": ["reasoning.encrypted_content"]})

    assert "include%5B%5D=reasoning.encrypted_content" in url


def test_a_response_that_is_followed_is_followed_further() -> None:
    url = "https://h/v1/responses/r?stream=true&starting_after=2&include[]=x"

    assert cursor_url(url, None, 9, {}) == (
        "https://h/v1/responses/r?include%5B%5D=x&stream=true&starting_after=9"
    )


def test_an_id_cannot_lead_elsewhere() -> None:
    assert cursor_url("https://h/v1/responses", "../models?x=", 0, {}).startswith(
        "https://h/v1/responses/..%2Fmodels%3Fx%3D?"
    )
    assert cancel_url("https://h/v1/responses?v=1", "a/b") == (
        "https://h/v1/responses/a%2Fb/cancel?v=1"
    )
