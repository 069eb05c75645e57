from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_openai.clocks.timeline import split_at_time
from fake_openai.delivery.steps import Pace, Send, Step, Stop, Wait

STEPS = st.lists(
    st.builds(Send, st.binary(min_size=1, max_size=9), st.integers(0, 1), st.integers(1, 3))
    | st.builds(Wait, st.integers(0, 5).map(float))
    | st.builds(Wait, st.integers(0, 5).map(float), st.just(b"c"), st.sampled_from([1.0, 2.0])),
    max_size=8,
).map(lambda steps: [*steps, Stop("end")])


def data(steps: list[Step]) -> bytes:
    return b"".join(step.data * step.times for step in steps if isinstance(step, Send))


def seconds(steps: list[Step]) -> float:
    return sum(step.seconds for step in steps if isinstance(step, Wait))


def comments(steps: list[Step]) -> list[float]:
    """Return when comments come."""
    now, told = 0.0, []
    for step in steps:
        if isinstance(step, Wait):
            if step.comment:
                told += [now + n * step.every for n in range(math.ceil(step.seconds / step.every))]
            now += step.seconds
    return told


@given(STEPS, st.floats(0, 30))
def test_what_comes_before_a_time_lasts_as_long_and_nothing_is_lost(
    steps: list[Step], at: float
) -> None:
    parts = split_at_time(steps, at)

    if parts is None:
        assert seconds(steps) < at
    else:
        before, after = parts
        assert seconds(before) == pytest.approx(at, abs=1e-9)
        assert seconds(after) == pytest.approx(seconds(steps) - at, abs=1e-9)
        assert data(before) + data(after) == data(steps)


@given(STEPS, st.integers(0, 30).map(lambda quarters: quarters / 4))
def test_comments_keep_their_times(steps: list[Step], at: float) -> None:
    parts = split_at_time(steps, at)

    if parts is not None:
        assert comments([*parts[0], *parts[1]]) == comments(steps)


def test_a_time_inside_an_endless_wait_is_reached() -> None:
    before, after = split_at_time([Wait(math.inf), Stop("end")], 3.0) or ([], [])

    assert (before, after) == ([Wait(3.0)], [Wait(math.inf), Stop("end")])


def test_bytes_that_trickle_take_time() -> None:
    steps: list[Step] = [Send(b"abc"), Pace(2, 1.0), Send(b"defgh", 1), Stop("end")]

    def sent(at: float) -> bytes:
        return data((split_at_time(steps, at) or ([], []))[0])

    # Each write is out at the beginning of its second: 0 s "de", 1 s "fg", 2 s "h".
    assert [sent(at) for at in (0.5, 1.0, 1.5, 2.5)] == [
        b"abcde",
        b"abcde",
        b"abcdefg",
        b"abcdefgh",
    ]


def test_a_bandwidth_takes_time_by_the_byte() -> None:
    steps: list[Step] = [Pace(2, 0.0, 0.5), Send(b"abcdef"), Stop("end")]

    before, _ = split_at_time(steps, 1.5) or ([], [])
    assert data(before) == b"abcd"
    assert split_at_time(steps, 3.1) is None


def test_no_time_is_before_the_first_step() -> None:
    steps: list[Step] = [Send(b"a"), Stop("end")]

    assert split_at_time(steps, 0.0) == ([], steps)
