from __future__ import annotations

import asyncio

import pytest

from steadystream import Throughput, Timeouts
from steadystream.errors import Dripped, Stalled
from steadystream.policy.economy import Economy
from steadystream.stages.stage import compose
from steadystream.stages.timeouts import Silence
from support.economic import play, words
from support.scripted import DONE, REQUEST, STOP, Step, Upstream, text

SLOWEST = Timeouts(slowest=Throughput(pieces_per_second=1, seconds=10))
FREE = Economy(budget=None, breaker=None, pace=None)


def every(seconds: float, times: int) -> list[Step]:
    return [step for _ in range(times) for step in (seconds, *text("a"))]


@pytest.mark.looptime
async def test_a_stream_that_drips_counts_as_stalled_and_says_how_slow_it_was() -> None:
    begun = asyncio.get_running_loop().time()

    with pytest.raises(Stalled) as caught:
        await play(Upstream(every(4, 100)), FREE, timeouts=SLOWEST, attempts=1)

    assert isinstance(caught.value, Dripped)
    assert caught.value.transient
    assert str(caught.value) == (
        "expected at least 10 pieces of the answer in 10 s, got 2, after 3 events"
    )
    assert asyncio.get_running_loop().time() - begun == pytest.approx(14)


@pytest.mark.looptime
async def test_one_that_drips_is_continued_like_one_that_is_cut() -> None:
    upstream = Upstream(every(4, 100), [*text("b"), STOP, DONE])

    assert words(await play(upstream, FREE, timeouts=SLOWEST)) == "aaab"


@pytest.mark.looptime
async def test_one_that_is_fast_enough_is_left_alone() -> None:
    events = await play(Upstream([*every(0.9, 50), STOP, DONE]), FREE, timeouts=SLOWEST, attempts=1)

    assert words(events) == "a" * 50


@pytest.mark.looptime
async def test_a_late_first_token_is_no_drip() -> None:
    events = await play(Upstream([60, *text("a"), STOP, DONE]), FREE, timeouts=SLOWEST, attempts=1)

    assert words(events) == "a"


@pytest.mark.looptime
async def test_a_slow_consumer_is_no_slow_upstream() -> None:
    open = compose((Silence(SLOWEST),), Upstream([*every(0.5, 30), STOP, DONE]))
    async with open(REQUEST) as batches:
        async for _ in batches:
            await asyncio.sleep(20)
