from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import DeadlineExceeded, NoFirstToken, Stalled
from steadystream.policy.clock import TAIL_SECONDS, Clock, Timeouts

seconds = st.floats(0.001, 1e6)
limits = st.none() | seconds


def test_the_first_token_is_waited_for_from_the_start_of_the_attempt() -> None:
    assert Clock(Timeouts(first_token=30), 100.0).due() == 130.0


def test_after_something_of_the_answer_the_wait_starts_anew() -> None:
    clock = Clock(Timeouts(first_token=30, idle=5), 100.0)

    clock.feed(120.0, 3)

    assert clock.due() == 125.0


@pytest.mark.parametrize(
    ("idle", "due"), [(60.0, 100 + TAIL_SECONDS), (2.0, 102.0), (None, 100 + TAIL_SECONDS)]
)
def test_a_finished_answer_waits_a_little_for_its_usage(idle: float | None, due: float) -> None:
    clock = Clock(Timeouts(idle=idle), 0.0)

    clock.feed(100.0, 9)

    assert clock.due(finished=True) == due


def test_silence_before_the_first_token_says_so() -> None:
    fault = Clock(Timeouts(first_token=30), 0.0).fault(30.0)

    assert isinstance(fault, NoFirstToken)
    assert str(fault) == "no first token within 30 s"


def test_silence_afterwards_says_how_far_the_answer_got() -> None:
    clock = Clock(Timeouts(idle=5), 0.0)
    clock.feed(1.0, 3)

    fault = clock.fault(6.0)

    assert isinstance(fault, Stalled)
    assert str(fault) == "nothing of the answer for 5 s after 3 events"


@given(limits, limits, st.lists(seconds, max_size=5))
def test_without_a_limit_nothing_is_ever_due(
    first: float | None, idle: float | None, feeds: list[float]
) -> None:
    clock = Clock(Timeouts(first_token=first, idle=idle), 0.0)
    for now in sorted(feeds):
        clock.feed(now, 1)

    assert (clock.due() is None) is ((idle if feeds else first) is None)


@given(seconds, seconds, st.lists(seconds, min_size=1, max_size=5))
def test_what_is_due_only_ever_moves_on_while_the_answer_comes(
    first: float, idle: float, feeds: list[float]
) -> None:
    clock = Clock(Timeouts(first_token=first, idle=idle), 0.0)
    dues = []
    for now in sorted(feeds):
        clock.feed(now, 1)
        dues.append(clock.due())
        assert dues[-1] == now + idle

    assert dues == sorted(dues, key=lambda due: due or 0.0)


def test_the_deadline_comes_before_a_longer_patience() -> None:
    clock = Clock(Timeouts(first_token=30), 0.0, deadline=9.0, total=9)

    assert clock.due() == 9.0
    assert isinstance(clock.fault(9.0), DeadlineExceeded)


def test_a_shorter_patience_comes_before_the_deadline() -> None:
    clock = Clock(Timeouts(first_token=3), 0.0, deadline=9.0, total=9)

    assert clock.due() == 3.0
    assert isinstance(clock.fault(3.0), NoFirstToken)


def test_the_deadline_holds_where_patience_has_no_limit() -> None:
    assert Clock(Timeouts(first_token=None), 0.0, deadline=9.0).due() == 9.0
