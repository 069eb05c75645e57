from __future__ import annotations

from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import InvalidRequest
from steadystream.policy.throughput import Flow, Throughput

SETTINGS = Throughput(pieces_per_second=1, seconds=10)


def flow(*times: float) -> Flow:
    flow = Flow(SETTINGS)
    for time in times:
        flow.arrived(time, 1)
        flow.resumed(time)
    return flow


def test_a_stream_that_has_not_begun_is_not_too_slow() -> None:
    assert Flow(SETTINGS).due() is None


def test_too_little_in_the_first_seconds_is_too_slow() -> None:
    assert flow(100, 105).due() == 110


def test_what_comes_fast_enough_puts_it_off() -> None:
    assert flow(*range(100, 115)).due() == 115  # ten pieces later than 105 are not there then


def test_the_time_of_the_consumer_does_not_count() -> None:
    slow = flow(100, 105)
    slow.arrived(106, 1)
    slow.resumed(206)

    assert slow.due() == 210


@given(st.lists(st.floats(0, 3), min_size=1, max_size=100))
def test_it_is_over_when_fewer_came_than_had_to(gaps: list[float]) -> None:
    times = list(accumulate(gaps))
    stream = flow(*times)
    now = stream.due()
    assert now is not None

    assert sum(now - 10 + 1e-9 < time <= now for time in times) < SETTINGS.least
    assert stream.is_over(now)
    assert stream.fault(now, 5).pieces < SETTINGS.least


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"pieces_per_second": 0}, r"throughput\.pieces_per_second must be a number from 0\.001"),
        ({"pieces_per_second": 1, "seconds": 0}, r"throughput\.seconds must be a positive number"),
    ],
)
def test_a_throughput_that_cannot_work_is_refused(setting: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        Throughput(**setting)
