from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from steadystream.errors import ConnectFailed, Disconnected, GaveUp, Rejected
from steadystream.policy.breaker import Breaker
from steadystream.policy.economy import Economy
from steadystream.policy.pace import Pace
from steadystream.stages.leaving import Leave
from support.economic import play
from support.scripted import DONE, STOP, Step, Upstream, text

GOOD: list[Step] = [*text("one"), STOP, DONE]
GONE = ConnectFailed("upstream", "nobody there")
CUT = Disconnected(1, "cut")
OURS = "the answer from upstream was closed by its own side"


def plain() -> Economy:
    return Economy(budget=None, breaker=None, pace=None)


def later(seconds: float) -> Rejected:
    return Rejected(503, "later", retry_after=seconds, transient=True)


async def left(upstream: Upstream, economy: Economy, leave: Leave) -> Disconnected:
    """Return what the reader gets of an answer that is left after a second; it must not wait."""
    begun = asyncio.get_running_loop().time()
    asyncio.get_running_loop().call_later(1, leave.end)
    with pytest.raises(Disconnected, match=OURS) as caught:
        await play(upstream, economy, leave)

    assert asyncio.get_running_loop().time() - begun == pytest.approx(1)
    assert upstream.open == 0
    return caught.value


@pytest.mark.looptime
async def test_an_answer_that_is_left_between_two_attempts_ends_at_once() -> None:
    upstream = Upstream([*text("one"), CUT], [later(30)], GOOD)

    fault = await left(upstream, plain(), Leave())

    assert fault.gave_up is GaveUp.NOT_TRANSIENT
    assert fault.partial is not None
    assert fault.partial.text == "one"
    assert len(upstream.requests) == 2


@pytest.mark.looptime
async def test_an_answer_that_is_left_in_line_ends_at_once() -> None:
    economy = Economy(budget=None, breaker=None, pace=Pace())
    with pytest.raises(Rejected):
        await play(
            Upstream([Rejected(429, "slow down", retry_after=30, transient=True)]),
            economy,
            attempts=1,
        )
    upstream = Upstream(GOOD)

    await left(upstream, economy, Leave())

    assert upstream.requests == []


@pytest.mark.looptime
async def test_who_leaves_the_middle_of_the_line_lets_the_others_pass() -> None:
    economy = Economy(budget=None, breaker=None, pace=Pace())
    with pytest.raises(Rejected):
        await play(
            Upstream([Rejected(429, "slow down", retry_after=5, transient=True)]),
            economy,
            attempts=1,
        )
    last = asyncio.create_task(play(Upstream(GOOD), economy))

    await left(Upstream(GOOD), economy, Leave())

    await asyncio.wait_for(last, 10)


@pytest.mark.looptime
async def test_an_answer_that_is_left_while_its_upstream_is_not_asked_ends_at_once() -> None:
    economy = Economy(budget=None, pace=None, breaker=Breaker(minimum=2, pause=30))
    with pytest.raises(ConnectFailed):
        await play(Upstream([GONE]), economy, attempts=2)
    upstream = Upstream(GOOD)

    await left(upstream, economy, Leave())

    assert upstream.requests == []


@pytest.mark.looptime
async def test_what_breaks_once_an_answer_is_left_is_not_tried_again() -> None:
    upstream = Upstream([*text("one"), 1.5, CUT], GOOD)
    leave = Leave()
    asyncio.get_running_loop().call_later(1, leave.end)

    with pytest.raises(Disconnected, match=f"ended after 1 events: {OURS}") as caught:
        await play(upstream, plain(), leave)

    assert caught.value.gave_up is GaveUp.NOT_TRANSIENT
    assert len(upstream.requests) == 1


@pytest.mark.looptime
async def test_a_wait_that_begins_when_the_answer_was_left_ends_at_once() -> None:
    leave = Leave()
    leave.end()

    with pytest.raises(Disconnected, match=OURS):
        await play(Upstream([later(30)], GOOD), plain(), leave)

    assert asyncio.get_running_loop().time() < 1


@pytest.mark.looptime
async def test_an_upstream_is_not_blamed_for_what_our_side_closed() -> None:
    economy = Economy(budget=None, pace=None, breaker=Breaker(minimum=1, share=0.01))
    leave = Leave()
    asyncio.get_running_loop().call_later(1, leave.end)

    with pytest.raises(Disconnected, match=OURS):
        await play(Upstream([1.5, CUT]), economy, leave)

    (circuit,) = economy.breakers.values()
    assert circuit.failures(asyncio.get_running_loop().time()) == (0, 0)


def test_an_answer_may_be_left_when_its_loop_is_over() -> None:
    leave = Leave()

    async def wait() -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(None) as limit:
                with leave.ends(limit):
                    await asyncio.sleep(3600)

    loop = asyncio.new_event_loop()
    waiting = loop.create_task(wait())
    loop.run_until_complete(asyncio.sleep(0))

    leave.end()

    assert leave.left
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(waiting)
    loop.close()
