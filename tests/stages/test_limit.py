from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import Any

import pytest

from steadystream.errors import (
    BreakerOpen,
    ConnectFailed,
    DeadlineExceeded,
    GaveUp,
    RateLimited,
    Rejected,
)
from steadystream.events import Event, Finished, Waiting
from steadystream.policy.breaker import Breaker, BreakerState
from steadystream.policy.clock import Timeouts
from steadystream.policy.economy import Economy
from steadystream.policy.pace import Pace
from steadystream.request import Request
from support.economic import play, words
from support.scripted import DONE, STOP, Step, Upstream, text

GONE = ConnectFailed("upstream", "nobody there")
GOOD: list[Step] = [*text("one"), STOP, DONE]
NAME = "m at upstream"
EMPTY = {
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "1m0s",
}


def guarded(**settings: Any) -> Economy:
    return Economy(budget=None, pace=None, breaker=Breaker(**{"minimum": 2} | settings))


def paced(**settings: Any) -> Economy:
    return Economy(budget=None, breaker=None, pace=Pace(**settings))


def state(economy: Economy) -> BreakerState:
    return economy.breakers[NAME].state(asyncio.get_running_loop().time())


def slow_down(seconds: float) -> Rejected:
    return Rejected(429, "slow down", retry_after=seconds, transient=True)


async def trip(economy: Economy) -> None:
    with pytest.raises(ConnectFailed):
        await play(Upstream([GONE]), economy, attempts=2)


@pytest.mark.looptime
async def test_an_upstream_that_is_down_is_not_asked() -> None:
    economy, upstream = guarded(), Upstream(GOOD)
    await trip(economy)

    with pytest.raises(BreakerOpen, match="m at upstream failed too often of late") as caught:
        await play(upstream, economy, attempts=1)

    assert upstream.requests == []
    assert caught.value.retry_after == pytest.approx(5)
    assert caught.value.gave_up is GaveUp.ATTEMPTS_SPENT


@pytest.mark.looptime
async def test_an_answer_waits_until_the_breaker_lets_it_through() -> None:
    economy = guarded()
    await trip(economy)

    assert words(await play(Upstream(GOOD), economy)) == "one"
    assert state(economy) is BreakerState.CLOSED


@pytest.mark.looptime
async def test_a_probe_that_has_its_first_token_lets_others_pass() -> None:
    economy = guarded()
    await trip(economy)
    await asyncio.sleep(6)

    long = asyncio.create_task(play(Upstream([*text("one"), 50, *GOOD]), economy))
    await asyncio.sleep(1)

    assert words(await play(Upstream(GOOD), economy, attempts=1)) == "one"
    await long


@pytest.mark.looptime
async def test_a_probe_that_is_cancelled_makes_room_for_another() -> None:
    economy = guarded()
    await trip(economy)
    await asyncio.sleep(6)
    probe = asyncio.create_task(play(Upstream([50, *GOOD]), economy))
    await asyncio.sleep(1)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)

    assert words(await play(Upstream(GOOD), economy, attempts=1)) == "one"


class Asked(Upstream):
    """Notes when it was asked."""

    def __init__(self, *scripts: list[Step]) -> None:
        super().__init__(*scripts)
        self.times: list[float] = []

    def __call__(self, request: Request) -> Any:
        self.times.append(asyncio.get_running_loop().time())
        return super().__call__(request)


@pytest.mark.looptime
async def test_those_who_wait_for_a_breaker_do_not_come_all_at_once() -> None:
    economy, upstream = guarded(), Asked([2.0, *GOOD], GOOD)
    await trip(economy)
    answers = [
        asyncio.create_task(play(upstream, economy, dice=Random(seed), attempts=9))
        for seed in range(100)
    ]

    await asyncio.gather(*answers)

    probe, *others = upstream.times
    assert min(others) >= probe + 2  # nobody goes before the probe is good
    seconds = Counter(int(time * 10) for time in others)
    assert max(seconds.values()) < len(others) / 5


@pytest.mark.looptime
async def test_one_model_may_fail_while_another_at_the_host_is_asked() -> None:
    economy = guarded()
    await trip(economy)

    assert state(economy) is BreakerState.OPEN
    assert economy.circuit("n at upstream") is not economy.circuit(NAME)


@pytest.mark.looptime
async def test_what_the_caller_did_wrong_does_not_open_it() -> None:
    economy = guarded()
    for _ in range(5):
        with pytest.raises(Rejected):
            await play(Upstream([Rejected(400, "no such parameter")]), economy)

    assert state(economy) is BreakerState.CLOSED


@pytest.mark.looptime
async def test_after_a_429_all_answers_wait_for_the_time_it_asks_for() -> None:
    economy, loop = paced(), asyncio.get_running_loop()
    with pytest.raises(Rejected):
        await play(Upstream([slow_down(20)]), economy, attempts=1)
    begun = loop.time()

    events = await play(Upstream(GOOD), economy)

    assert loop.time() - begun == pytest.approx(20)
    assert [e.seconds for e in events if isinstance(e, Waiting)] == [pytest.approx(20)]
    assert words(events) == "one"


@pytest.mark.looptime
async def test_who_came_first_is_served_first_and_nobody_waits_in_vain() -> None:
    economy, loop = paced(), asyncio.get_running_loop()
    upstream = Upstream(GOOD)
    upstream.headers = EMPTY
    await play(upstream, economy)
    begun, served = loop.time(), list[tuple[int, float]]()

    async def ask(number: int) -> None:
        await play(upstream, economy)
        served.append((number, round(loop.time() - begun, 3)))

    tasks = [asyncio.create_task(ask(number)) for number in range(4)]
    await asyncio.sleep(0.5)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert served == [(0, 1.0), (2, 2.0), (3, 3.0)]


@pytest.mark.looptime
async def test_a_turn_that_would_come_past_the_deadline_is_not_waited_for() -> None:
    economy, loop = paced(), asyncio.get_running_loop()
    with pytest.raises(Rejected):
        await play(Upstream([slow_down(20)]), economy, attempts=1)
    begun = loop.time()

    with pytest.raises(DeadlineExceeded, match="within 10 s"):
        await play(Upstream(GOOD), economy, timeouts=Timeouts(total=10))

    assert loop.time() == begun


@pytest.mark.looptime
async def test_a_turn_that_is_too_far_away_is_an_error_that_says_so() -> None:
    economy, upstream = paced(longest_wait=30), Upstream(GOOD)
    with pytest.raises(Rejected):
        await play(Upstream([slow_down(100)]), economy, attempts=1)

    with pytest.raises(RateLimited, match="within 30 s, got one in 100 s") as caught:
        await play(upstream, economy)

    assert caught.value.gave_up is GaveUp.RETRY_AFTER_TOO_LONG
    assert upstream.requests == []


@pytest.mark.looptime
async def test_the_clocks_of_an_attempt_begin_with_its_turn() -> None:
    economy = paced()
    with pytest.raises(Rejected):
        await play(Upstream([slow_down(20)]), economy, attempts=1)

    events = await play(
        Upstream([5, *GOOD]), economy, attempts=1, timeouts=Timeouts(first_token=10)
    )

    assert isinstance(events[-1], Finished)


@pytest.mark.looptime
async def test_who_leaves_while_waiting_for_a_turn_leaves_nothing_behind() -> None:
    economy, upstream = paced(), Upstream(GOOD)
    with pytest.raises(Rejected):
        await play(Upstream([slow_down(20)]), economy, attempts=1)
    task: asyncio.Task[list[Event]] = asyncio.create_task(play(upstream, economy))
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    (lane,) = economy._lanes.values()
    assert lane.waiting == 0
    assert upstream.requests == []


@pytest.mark.looptime
async def test_keys_have_limits_of_their_own_and_none_is_kept() -> None:
    economy = paced()
    one = economy.lane(NAME, {"Authorization": "Bearer sk-secret-one"})
    other = economy.lane(NAME, {"Authorization": "Bearer sk-secret-two"})

    assert one is not other
    assert "sk-secret" not in f"{economy!r}{economy._lanes!r}"
