from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import Disconnected, StreamFault, UpstreamError
from steadystream.events import (
    Comment,
    Done,
    Event,
    Finished,
    HedgeStarted,
    Interrupted,
    Message,
    Restarted,
    Resumed,
    Rung,
    Seam,
    Verdict,
    Waiting,
)
from steadystream.protocol.forwarding import event_bytes
from steadystream.protocol.sse import SSEDecoder

CUT = Disconnected(3, "cut")


def seam(cause: StreamFault = CUT, rung: Rung = Rung.EXACT_PREFIX) -> Resumed:
    return Resumed(Seam(1234, rung, verified=False, attempt=2, cause=cause))


@pytest.mark.parametrize(
    "event",
    [Message(b"data: {}\n\n", False, None, None), Comment(b": hi\n\n"), Done(b"data: [DONE]\n\n")],
)
@pytest.mark.parametrize("seam_comments", [False, True])
def test_what_stood_on_the_wire_is_handed_on_as_it_stood(event: Event, seam_comments: bool) -> None:
    raw = getattr(event, "raw")  # noqa: B009

    assert event_bytes(event, seam_comments=seam_comments) == raw


def test_a_seam_is_a_comment_where_it_is_asked_for() -> None:
    expected = (
        b": steadystream resumed rung=exact_prefix attempt=2 position=1234 cause=Disconnected\n\n"
    )

    assert event_bytes(seam(), seam_comments=True) == expected
    assert event_bytes(seam()) == b""


def test_a_new_beginning_is_a_comment_too() -> None:
    event = Restarted(2, CUT)

    expected = b": steadystream restarted attempt=2 cause=Disconnected\n\n"
    assert event_bytes(event, seam_comments=True) == expected


@pytest.mark.parametrize(
    "event",
    [Waiting(1.0), Interrupted(1, CUT), HedgeStarted(1, 2.0), Finished(Verdict.COMPLETE, 1)],
)
def test_what_joins_nothing_says_nothing(event: Event) -> None:
    assert event_bytes(event, seam_comments=True) == b""


@given(st.text(), st.sampled_from(Rung))
def test_no_word_of_a_server_can_get_out_of_a_comment(said: str, rung: Rung) -> None:
    """A reader that follows the standard dispatches nothing and keeps no field."""
    decoder = SSEDecoder()
    raw = event_bytes(seam(UpstreamError(said, code=said), rung), seam_comments=True)

    assert decoder.feed(raw + b"data: x\n\n")[0].data == "x"
    assert decoder.retry is None
    assert raw.count(b"\n") == 2
    assert raw.endswith(b"cause=UpstreamError\n\n")
