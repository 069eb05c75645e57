from __future__ import annotations

import asyncio

import pytest

from steadystream.errors import Disconnected, Rejected
from steadystream.events import HedgeStarted, Interrupted, Opened
from steadystream.policy.budget import Budget
from steadystream.policy.economy import Economy
from steadystream.policy.hedge import Hedge
from support.economic import play, words
from support.scripted import DONE, ROLE, STOP, Step, Upstream, text

CUT = Disconnected(0, "cut")


def hedged(budget: Budget | None = None) -> Economy:
    return Economy(budget=budget, hedge=Hedge(after=2))


def after(seconds: float, word: str) -> list[Step]:
    return [ROLE, seconds, *text(word), STOP, DONE]


@pytest.mark.looptime
async def test_a_second_attempt_overtakes_one_that_is_late() -> None:
    upstream, begun = (
        Upstream(after(60, "slow"), after(1, "quick")),
        asyncio.get_running_loop().time(),
    )

    events = await play(upstream, hedged())

    assert words(events) == "quick"
    assert asyncio.get_running_loop().time() - begun == pytest.approx(3)
    assert [e for e in events if isinstance(e, HedgeStarted)] == [HedgeStarted(1, 2)]
    assert upstream.open == 0


@pytest.mark.looptime
async def test_the_first_may_still_win() -> None:
    upstream = Upstream(after(3, "first"), after(60, "second"))

    assert words(await play(upstream, hedged())) == "first"
    assert [request.hedge for request in upstream.requests] == [False, True]
    assert upstream.open == 0


@pytest.mark.looptime
async def test_what_came_of_one_that_fails_is_told_before_its_fault() -> None:
    upstream = Upstream([ROLE, CUT], after(1, "one"))

    events = await play(upstream, hedged())

    assert words(events) == "one"
    told = [type(e) for e in events if isinstance(e, (Opened, Interrupted))]
    assert told == [Opened, Interrupted, Opened]


@pytest.mark.looptime
async def test_one_that_is_in_time_races_nobody() -> None:
    upstream = Upstream(after(1, "one"))

    events = await play(upstream, hedged())

    assert len(upstream.requests) == 1
    assert not any(isinstance(event, HedgeStarted) for event in events)


@pytest.mark.looptime
async def test_nobody_races_once_there_is_a_token() -> None:
    upstream = Upstream([*text("one"), 50, *text(" two"), STOP, DONE])

    assert words(await play(upstream, hedged())) == "one two"
    assert len(upstream.requests) == 1


@pytest.mark.looptime
async def test_the_loser_is_closed_before_the_winners_token_is_delivered() -> None:
    upstream = Upstream(after(60, "slow"), [1, *text("quick"), 50, STOP, DONE])
    task = asyncio.create_task(play(upstream, hedged()))

    await asyncio.sleep(2.5)
    both = upstream.open
    await asyncio.sleep(1)

    assert (both, upstream.open) == (2, 1)
    await task


@pytest.mark.looptime
async def test_only_the_winner_is_seen() -> None:
    events = await play(Upstream(after(60, "slow"), after(1, "quick")), hedged())

    assert len([event for event in events if isinstance(event, Opened)]) == 1


@pytest.mark.looptime
async def test_a_spent_budget_lets_nobody_race() -> None:
    upstream = Upstream(after(5, "slow"), after(1, "quick"))

    assert words(await play(upstream, hedged(Budget(share=0, minimum_per_second=0)))) == "slow"
    assert len(upstream.requests) == 1


@pytest.mark.looptime
async def test_the_budget_pays_for_a_race() -> None:
    budget = Budget(share=0, window=100, minimum_per_second=0.01)
    await play(Upstream(after(60, "slow"), after(1, "quick")), hedged(budget))

    assert budget.left(asyncio.get_running_loop().time()) == 0


@pytest.mark.looptime
async def test_one_that_fails_leaves_the_race_to_the_other() -> None:
    upstream = Upstream([3, CUT], after(5, "two"))

    events = await play(upstream, hedged())

    assert words(events) == "two"
    assert not any(isinstance(event, Interrupted) for event in events)


@pytest.mark.looptime
async def test_where_both_fail_the_fault_is_that_of_the_first() -> None:
    with pytest.raises(Disconnected, match="cut"):
        await play(
            Upstream([3, CUT], [Rejected(503, "busy", transient=True)]), hedged(), attempts=1
        )


@pytest.mark.looptime
async def test_a_winner_that_is_cut_later_is_continued() -> None:
    upstream = Upstream(after(60, "slow"), [*text("one"), CUT], [*text(" two"), STOP, DONE])

    assert words(await play(upstream, hedged())) == "one two"


@pytest.mark.looptime
@pytest.mark.parametrize("seconds", [1, 2.5, 3.5])
async def test_a_consumer_that_is_cancelled_leaves_no_attempt_open(seconds: float) -> None:
    upstream = Upstream(after(60, "slow"), [1, *text("quick"), 50, STOP, DONE])
    task = asyncio.create_task(play(upstream, hedged()))
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert task.cancelled()
    assert upstream.open == 0
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.looptime
async def test_the_percentile_of_first_tokens_says_when_to_race() -> None:
    economy = Economy(budget=None, hedge=Hedge(percentile=0.9, samples=10))
    for _ in range(10):
        await play(Upstream(after(1, "one")), economy)

    events = await play(Upstream(after(60, "slow"), after(0.5, "quick")), economy)

    assert words(events) == "quick"
    assert [e.seconds for e in events if isinstance(e, HedgeStarted)] == [pytest.approx(1)]
