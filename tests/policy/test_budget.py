from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import InvalidRequest
from steadystream.policy.budget import Budget


def test_the_minimum_of_a_whole_window_is_there_from_the_start() -> None:
    budget = Budget(share=0, window=10, minimum_per_second=2)

    assert [budget.spend(0) for _ in range(21)] == [True] * 20 + [False]


def test_a_share_of_the_answers_is_paid() -> None:
    budget = Budget(share=0.2, minimum_per_second=0)
    for _ in range(10):
        budget.earn(0)

    assert [budget.spend(1) for _ in range(3)] == [True, True, False]


def test_what_was_spent_is_there_again_a_window_later() -> None:
    budget = Budget(share=0, window=10, minimum_per_second=0.1)

    assert [budget.spend(now) for now in (0, 5, 12, 13)] == [True, False, True, False]


def test_what_was_earned_is_gone_a_window_later() -> None:
    budget = Budget(share=1, window=10, minimum_per_second=0)
    budget.earn(0)

    assert budget.left(5) == 1
    assert budget.left(12) == 0


def test_what_was_refused_is_counted() -> None:
    budget = Budget(share=0, minimum_per_second=0)
    budget.spend(0)
    budget.spend(0)

    assert budget.refused == 2


def test_a_lone_answer_of_a_new_client_may_try_as_often_as_its_settings_allow() -> None:
    budget = Budget()
    budget.earn(0)

    assert all(budget.spend(0) for _ in range(100))


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 5)), max_size=300),
    st.floats(0, 2),
    st.floats(0, 2),
)
def test_no_more_is_spent_than_was_earned_and_given(
    acts: list[tuple[bool, float]], share: float, minimum: float
) -> None:
    budget, now, earned, spent = (
        Budget(share=share, window=10, minimum_per_second=minimum),
        0.0,
        0,
        0,
    )
    for is_answer, pause in acts:
        now += pause
        if is_answer:
            budget.earn(now)
            earned += 1
        else:
            spent += budget.spend(now)
        windows = 1 + now / (10 * 0.9)

        assert spent <= share * earned + minimum * 10 * (windows + 1) + 1e-6
        assert budget.left(now) >= -share * earned - 1e-6


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "1", None, True])
@pytest.mark.parametrize("name", ["share", "minimum_per_second"])
def test_a_setting_that_is_no_number_from_zero_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidRequest, match=rf"budget\.{name} must be a number from 0, got"):
        Budget(**{name: value})


@pytest.mark.parametrize("value", [0, -1, None, float("inf"), "60"])
def test_a_window_that_is_no_time_is_refused(value: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"budget\.window must be a positive number of"):
        Budget(window=value)
