from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import InvalidRequest
from steadystream.policy.hedge import REMEMBERED, FirstTokens, Hedge

SECONDS = st.lists(st.floats(0, 100), min_size=20, max_size=REMEMBERED)


def known(settings: Hedge, times: list[float]) -> FirstTokens:
    tokens = FirstTokens(settings)
    for seconds in times:
        tokens.add(seconds)
    return tokens


def test_a_given_time_needs_no_samples() -> None:
    assert FirstTokens(Hedge(after=2)).delay() == 2


def test_a_percentile_says_nothing_before_it_knows_enough() -> None:
    assert known(Hedge(samples=20), [1.0] * 19).delay() is None
    assert known(Hedge(samples=20), [1.0] * 20).delay() == 1


@given(SECONDS, st.floats(0.5, 1))
def test_no_more_than_the_rest_of_the_first_tokens_were_later(
    times: list[float], percentile: float
) -> None:
    delay = known(Hedge(percentile=percentile), times).delay()

    assert delay is not None
    assert sum(seconds > delay for seconds in times) <= (1 - percentile) * len(times) + 1e-9


@given(SECONDS)
def test_only_the_latest_are_remembered(times: list[float]) -> None:
    tokens = known(Hedge(percentile=1), [1000.0] * REMEMBERED)
    for seconds in (times * REMEMBERED)[:REMEMBERED]:
        tokens.add(seconds)

    assert tokens.delay() == max((times * REMEMBERED)[:REMEMBERED])


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"after": 0}, r"hedge\.after must be a positive number of seconds or None"),
        ({"percentile": 0.4}, r"hedge\.percentile must be a number from 0\.5 to 1"),
        ({"percentile": 95}, r"hedge\.percentile must be a number from 0\.5 to 1"),
        ({"samples": 0}, r"hedge\.samples must be an integer from 1"),
    ],
)
def test_a_hedge_that_cannot_work_is_refused(setting: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        Hedge(**setting)
