from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import (
    ConnectFailed,
    DeadlineExceeded,
    Disconnected,
    GaveUp,
    Rejected,
    SpliceMismatch,
    StreamFault,
)
from steadystream.policy.backoff import Backoff
from steadystream.policy.reconnection import NextStep, Over, Reconnection, Reopen, Reopening
from steadystream.policy.recovery import GiveUp
from steadystream.protocol.sse import ServerSentEvent

CUT = Disconnected(1, "cut")
NOBODY = ConnectFailed("h", "refused")


def after(core: Reconnection, fault: StreamFault | None, **known: Any) -> NextStep:
    return core.after(fault, **{"now": 0.0, "deadline": None, "dice": Random(1)} | known)


def event(id: str = "", data: str = "x") -> ServerSentEvent:
    return ServerSentEvent("message", data, id, f"id:{id}\ndata:{data}\n\n".encode())


def took(
    reopening: Reopening, *events: ServerSentEvent, retry: int | None = None, **settings: Any
) -> Reconnection:
    """Return the state once a connection has brought the events."""
    core = Reconnection(reopening=reopening, **settings)
    core.accept()
    core.take(events, events[-1].id if events else "", retry)
    return core


TABLE = [
    # what the request is, what came, a retry, how it ended, what follows
    (Reopening.ALWAYS, [], None, None, Reopen),
    (Reopening.ALWAYS, [event()], None, None, Reopen),
    (Reopening.ALWAYS, [event()], None, CUT, Reopen),
    (Reopening.ALWAYS, [event(data="[DONE]")], None, None, Reopen),
    (Reopening.UNSEEN, [], None, None, Over),
    (Reopening.UNSEEN, [], None, CUT, Reopen),
    (Reopening.UNSEEN, [event()], None, None, Over),
    (Reopening.UNSEEN, [event()], None, CUT, GaveUp.NOT_RESUMABLE),
    (Reopening.UNSEEN, [event("1")], None, CUT, GaveUp.NOT_RESUMABLE),
    (Reopening.UNSEEN, [event()], 0, CUT, GaveUp.NOT_RESUMABLE),
    (Reopening.UNSEEN, [event("1")], 0, CUT, Reopen),
    (Reopening.UNSEEN, [event("1")], 0, None, Over),
    (Reopening.UNSEEN, [event("1", "[DONE]")], 0, CUT, Over),
    (Reopening.NEVER, [], None, None, Over),
    (Reopening.NEVER, [], None, CUT, GaveUp.NOT_RESUMABLE),
    (Reopening.NEVER, [event("1")], 0, CUT, GaveUp.NOT_RESUMABLE),
    (Reopening.USED_UP, [], None, CUT, GaveUp.NOT_RESUMABLE),
    *(
        (reopening, [event("1")], 0, fault, why)
        for reopening in Reopening
        for fault, why in (
            (Rejected(404, "no"), GaveUp.NOT_TRANSIENT),
            (DeadlineExceeded(1), GaveUp.NO_TIME_LEFT),
            (SpliceMismatch("a", "b"), GaveUp.CONTINUATION_REFUSED),
        )
    ),
]


@pytest.mark.parametrize(("reopening", "events", "retry", "fault", "follows"), TABLE)
def test_what_follows_an_end(
    reopening: Reopening,
    events: list[ServerSentEvent],
    retry: int | None,
    fault: StreamFault | None,
    follows: Any,
) -> None:
    step = after(took(reopening, *events, retry=retry), fault)

    if isinstance(follows, GaveUp):
        assert step == GiveUp(follows)
    else:
        assert type(step) is follows


@pytest.mark.parametrize(
    ("reopening", "follows"),
    [
        (Reopening.ALWAYS, Reopen),
        (Reopening.UNSEEN, Reopen),
        (Reopening.NEVER, Reopen),
        (Reopening.USED_UP, GiveUp),
    ],
)
def test_what_follows_a_connection_that_does_not_come_about(
    reopening: Reopening, follows: Any
) -> None:
    assert type(after(Reconnection(reopening=reopening), NOBODY)) is follows


def test_after_an_event_the_wait_is_the_reconnection_time_exactly() -> None:
    assert after(took(Reopening.ALWAYS, event(), seconds=3.0), CUT) == Reopen(3.0)


def test_the_server_sets_the_wait() -> None:
    core = took(Reopening.ALWAYS, event(), retry=1500, seconds=3.0)

    assert after(core, None) == Reopen(1.5)


def test_while_nothing_comes_the_wait_grows_at_random_up_to_a_ceiling() -> None:
    core = Reconnection(seconds=2.0, retries=None, backoff=Backoff(base=1, cap=4))

    class Highest:
        def uniform(self, a: float, b: float) -> float:
            return max(a, b)

    waits = [after(core, NOBODY, dice=Highest()) for _ in range(5)]

    assert waits == [Reopen(3.0), Reopen(4.0), Reopen(6.0), Reopen(6.0), Reopen(6.0)]


def test_a_stream_that_closes_at_once_is_asked_ever_slower() -> None:
    core = Reconnection(seconds=0.0, backoff=Backoff(base=1, cap=64))
    ceilings: list[float] = []

    class Notes:
        def uniform(self, a: float, b: float) -> float:
            ceilings.append(b)
            return a

    for _ in range(4):
        core.accept()
        after(core, None, dice=Notes())

    assert ceilings == [1, 2, 4, 8]


def test_a_longer_wait_that_the_server_asks_for_counts() -> None:
    busy = Rejected(503, "busy", retry_after=9.0, transient=True)

    assert after(Reconnection(seconds=0.0, backoff=Backoff(base=0)), busy) == Reopen(9.0)


def test_no_wait_begins_that_would_pass_the_deadline() -> None:
    core = took(Reopening.ALWAYS, event(), seconds=3.0)

    assert after(core, CUT, now=10.0, deadline=13.0) == GiveUp(GaveUp.NO_TIME_LEFT)
    assert after(core, CUT, now=10.0, deadline=14.0) != GiveUp(GaveUp.NO_TIME_LEFT)


def test_failures_in_a_row_are_counted() -> None:
    core = Reconnection(retries=2)

    steps = [type(after(core, NOBODY)) for _ in range(3)]

    assert steps == [Reopen, Reopen, GiveUp]


def test_a_feed_may_end_any_number_of_times() -> None:
    core = Reconnection(retries=0)

    for _ in range(10):
        core.accept()
        assert type(after(core, CUT)) is Reopen


def test_a_request_that_may_be_paid_for_is_counted_although_it_was_accepted() -> None:
    core = Reconnection(reopening=Reopening.UNSEEN, retries=1)
    core.accept()
    assert type(after(core, CUT)) is Reopen
    core.accept()

    assert after(core, CUT) == GiveUp(GaveUp.ATTEMPTS_SPENT)


def test_the_first_event_again_is_no_continuation() -> None:
    core = took(Reopening.UNSEEN, event("1"), event("2"), retry=0)
    after(core, CUT)
    core.accept()

    with pytest.raises(SpliceMismatch, match="the first event again, with id '1'"):
        core.take([event("1")], "1", None)
    assert core.received == 2


def test_an_event_without_an_id_of_its_own_is_no_second_beginning() -> None:
    core = took(Reopening.UNSEEN, event("1"), retry=0)
    after(core, CUT)
    core.accept()

    core.take([ServerSentEvent("message", "b", "1", b"data: b\n\n")], "1", None)

    assert core.received == 2


ENDS = st.sampled_from([None, CUT, NOBODY, Rejected(503, "busy", transient=True)])
COURSES = st.lists(st.tuples(st.integers(0, 3), st.booleans(), ENDS), max_size=12)


@given(course=COURSES, ids=st.booleans())
def test_what_may_be_paid_for_is_never_sent_again_past_its_end(
    course: list[tuple[int, bool, StreamFault | None]], ids: bool
) -> None:
    core = Reconnection(reopening=Reopening.UNSEEN, retries=None)
    offered, received = False, 0
    for number, retry, fault in course:
        accepted = fault is None or fault is CUT
        if accepted:
            core.accept()
            events = [event(str(received + n) if ids else "") for n in range(1, number + 1)]
            core.take(events, events[-1].id if events else core.last_event_id, retry or None)
            offered, received = offered or retry, received + number

        step = after(core, fault)

        if isinstance(step, Reopen):
            assert fault is not None
            assert received == 0 or (ids and offered)
        else:
            break
