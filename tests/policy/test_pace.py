from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import InvalidRequest
from steadystream.policy.pace import Lane, Pace

PACE = Pace(window=10, busy=10)


def limits(what: str, limit: int, remaining: int, reset: str) -> dict[str, str]:
    return {
        f"x-ratelimit-limit-{what}": str(limit),
        f"x-ratelimit-remaining-{what}": str(remaining),
        f"x-ratelimit-reset-{what}": reset,
    }


def sent(times: int, now: float = 0.0) -> Lane:
    lane = Lane(PACE)
    for _ in range(times):
        lane.take(now)
    return lane


def refuse(lane: Lane, times: int, now: float = 0.0, sent: float = 0.0) -> None:
    for _ in range(times):
        lane.rejected(now, sent, None)


def test_nobody_waits_while_nothing_was_said() -> None:
    assert sent(1000).due(0) == 0


def test_nobody_sends_before_the_time_that_a_429_asks_for() -> None:
    lane = sent(1)
    lane.rejected(0, 0, 20)

    assert lane.due(5) == 20
    assert lane.due(21) == 21


def test_a_lone_429_slows_down_nobody() -> None:
    lane = sent(9)
    lane.rejected(0, 0, None)

    assert lane.due(0) == 0


def test_an_attempt_that_is_accepted_meanwhile_ends_the_wait() -> None:
    lane = sent(1)
    lane.rejected(0, 0, 20)
    lane.accepted(5, {})

    assert lane.due(5) == 5


def test_a_busy_client_that_is_seldom_refused_is_not_slowed_down() -> None:
    lane = sent(100)
    refuse(lane, 19)

    lane.take(0)

    assert lane.due(0) == 0


def test_a_busy_client_that_is_often_refused_goes_on_at_half_its_rate() -> None:
    lane = sent(100)
    refuse(lane, 20)

    lane.take(0)

    assert lane.due(0) == pytest.approx(0.2)


def test_the_answers_of_one_burst_slow_down_once() -> None:
    lane = sent(100)
    refuse(lane, 50, now=1)
    lane.take(1)

    assert lane.due(1) == pytest.approx(1.2)


def test_a_429_to_what_was_sent_at_the_lower_rate_slows_down_again() -> None:
    lane = sent(100)
    refuse(lane, 20)
    lane.take(5)
    lane.rejected(20, 5, None)  # the burst has left the window, so there is little to halve
    lane.take(20)
    assert lane.due(20) < 20.1

    for _ in range(40):
        lane.take(21)
    refuse(lane, 9, now=21, sent=21)
    lane.take(21)
    assert lane.due(21) == pytest.approx(21 + 10 / 41 * 2, rel=0.1)


def test_the_rate_doubles_with_every_window_until_it_is_let_go() -> None:
    lane = sent(100)
    refuse(lane, 20)
    waits = []
    for now in (0, 10, 20, 29.9, 30):
        lane.take(now)
        waits.append(round(lane.due(now) - now, 3))

    assert waits == [0.2, 0.1, 0.05, 0.025, 0]


def test_while_nothing_is_left_attempts_go_as_it_refills() -> None:
    lane = sent(1)
    lane.accepted(0, limits("requests", 60, 0, "60s"))

    assert lane.due(0) == 1
    lane.take(1)
    assert lane.due(1) == 2


def test_what_is_left_is_used_up_at_once() -> None:
    lane = sent(1)
    lane.accepted(0, limits("requests", 60, 2, "58s"))
    lane.take(0)
    lane.take(0)

    assert lane.due(0) == 1


def test_an_allowance_that_is_not_short_is_not_looked_at() -> None:
    lane = sent(1)
    lane.accepted(0, limits("requests", 60, 0, "60s"))
    lane.accepted(0, limits("requests", 60, 59, "1s"))

    assert lane.due(0) == 0


def test_a_request_waits_until_its_tokens_are_there() -> None:
    lane = sent(1)
    lane.accepted(0, limits("tokens", 1000, 100, "9s"))

    assert lane.counts_tokens
    assert lane.due(0, tokens=100) == 0
    assert lane.due(0, tokens=400) == 3


def test_a_request_larger_than_the_limit_waits_until_all_of_it_is_there() -> None:
    lane = sent(1)
    lane.accepted(0, limits("tokens", 1000, 100, "9s"))

    assert lane.due(0, tokens=10**9) == 9


def test_those_who_stand_behind_others_expect_to_wait_longer() -> None:
    lane = sent(1)
    lane.accepted(0, limits("requests", 60, 0, "60s"))
    lane.waiting = 3

    assert lane.expected(0) == 4


@given(
    st.lists(st.tuples(st.sampled_from(["take", "429", "ok"]), st.floats(0, 3)), max_size=200),
    st.floats(0, 30),
)
def test_all_is_forgotten_some_time_after_the_last_429(
    acts: list[tuple[str, float]], asked: float
) -> None:
    lane, now = Lane(PACE), 0.0
    for act, pause in acts:
        now += pause
        if act == "take":
            assert lane.due(now) >= now
            lane.take(lane.due(now))
        elif act == "429":
            lane.rejected(now, now, asked)
        else:
            lane.accepted(now, {})

    later = max(now, lane._last) + asked + 10 * 3 + 1

    assert lane.due(later) == later


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"window": 0}, r"pace\.window must be a positive number of seconds"),
        ({"busy": 0}, r"pace\.busy must be an integer from 1"),
        ({"share": 2}, r"pace\.share must be a number from 0 to 1"),
        ({"longest_wait": None}, r"pace\.longest_wait must be a positive number"),
    ],
)
def test_a_pace_that_cannot_work_is_refused(setting: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        Pace(**setting)
