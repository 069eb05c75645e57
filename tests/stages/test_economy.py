from __future__ import annotations

import pytest

from steadystream.errors import Disconnected, GaveUp
from steadystream.policy.budget import Budget
from steadystream.policy.economy import Economy
from support.economic import play
from support.scripted import DONE, STOP, Upstream, text

CUT = Disconnected(0, "cut")
NOTHING = Budget(share=0, minimum_per_second=0)


@pytest.mark.looptime
async def test_a_spent_budget_gives_up_before_anything_is_sent() -> None:
    upstream = Upstream([CUT], [*text("one"), STOP, DONE])

    with pytest.raises(Disconnected) as caught:
        await play(upstream, Economy(budget=NOTHING))

    assert caught.value.gave_up is GaveUp.BUDGET_SPENT
    assert len(upstream.requests) == 1


@pytest.mark.looptime
async def test_a_continuation_is_paid_for_too() -> None:
    with pytest.raises(Disconnected) as caught:
        await play(Upstream([*text("one"), CUT]), Economy(budget=NOTHING))

    assert caught.value.gave_up is GaveUp.BUDGET_SPENT


@pytest.mark.looptime
async def test_an_answer_that_needs_no_other_attempt_costs_nothing() -> None:
    economy = Economy(budget=Budget(share=0, window=10, minimum_per_second=0.1))
    await play(Upstream([*text("one"), STOP, DONE]), economy)

    assert economy.budget is not None
    assert economy.budget.left(0) == 1


@pytest.mark.looptime
async def test_what_one_answer_spent_is_not_there_for_another() -> None:
    economy = Economy(budget=Budget(share=0, window=100, minimum_per_second=0.01))
    await play(Upstream([CUT], [*text("one"), STOP, DONE]), economy)

    with pytest.raises(Disconnected, match="cut"):
        await play(Upstream([CUT], [*text("one"), STOP, DONE]), economy)


@pytest.mark.looptime
async def test_answers_that_begin_earn_what_others_spend() -> None:
    economy = Economy(budget=Budget(share=0.5, minimum_per_second=0))
    for _ in range(2):
        await play(Upstream([*text("one"), STOP, DONE]), economy)

    await play(Upstream([CUT], [*text("one"), STOP, DONE]), economy)
