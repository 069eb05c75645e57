from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from steadystream.policy.tally import SLOTS, Tally

STEPS = st.lists(st.floats(0, 30), min_size=1, max_size=200)


@given(STEPS, st.floats(0, 30))
def test_what_happened_within_the_window_is_counted_to_a_tenth(
    steps: list[float], later: float
) -> None:
    tally, window = Tally(10), 10.0
    times = list(accumulate(steps))
    for time in times:
        tally.add(time)
    now = times[-1] + later

    counted = tally.total(now)

    # A hair's breadth apart, since a slot begins where a division says it does.
    surely = sum(now - time < window * (SLOTS - 1) / SLOTS - 1e-6 for time in times)
    perhaps = sum(now - time <= window + 1e-6 for time in times)
    assert surely <= counted <= perhaps


@given(STEPS)
def test_it_holds_no_more_than_one_number_for_each_tenth(steps: list[float]) -> None:
    tally = Tally(10)
    for time in accumulate(steps):
        tally.add(time)

        assert len(tally._slots) <= SLOTS


def test_a_time_that_goes_back_counts_as_the_latest() -> None:
    tally = Tally(10)
    tally.add(100)
    tally.add(1)

    assert tally.total(105) == 2


def test_what_is_cleared_is_forgotten() -> None:
    tally = Tally(10)
    tally.add(1)
    tally.clear()

    assert tally.total(1) == 0
