from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import Latency


@given(st.floats(0, 10), st.floats(0, 1), st.integers())
@settings(max_examples=50)
def test_a_wait_stays_within_its_jitter(between: float, jitter: float, seed: int) -> None:
    wait = Latency(between=between, jitter=jitter).next(random.Random(seed))

    assert between * (1 - jitter) - 1e-9 <= wait <= between * (1 + jitter) + 1e-9


def test_without_jitter_waits_are_exact() -> None:
    latency = Latency(first_token=2.0, between=0.5)

    assert (latency.first(random.Random(0)), latency.next(random.Random(0))) == (2.0, 0.5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"first_token": -1}, "first_token must be 0 s or more, got -1"),
        ({"between": -0.5}, "between must be 0 s or more, got -0.5"),
        ({"jitter": 2}, "jitter must be between 0 and 1, got 2"),
    ],
)
def test_impossible_times_are_refused(settings: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Latency(**settings)
