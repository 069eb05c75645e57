from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from steadystream import pipeline
from steadystream.errors import DeadlineExceeded, NoFirstToken, Stalled
from steadystream.events import Event, Finished, Verdict
from steadystream.policy.clock import TAIL_SECONDS, Timeouts
from steadystream.policy.recovery import Retries
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.transcript import Transcript
from steadystream.stages.stage import Open, compose
from steadystream.stages.timeouts import Silence
from support.scripted import DONE, REQUEST, ROLE, STOP, Step, Upstream, chunk, text

COMMENT = b": keep-alive\n\n"
EMPTY = chunk({"content": ""})
FOREVER = 10_000.0


async def read(open: Open, pause: float = 0) -> list[Event]:
    events: list[Event] = []
    async with open(REQUEST) as batches:
        async for batch in batches:
            events.extend(batch)
            await asyncio.sleep(pause)
    return events


def limited(*script: Step, **timeouts: Any) -> Open:
    return compose((Silence(Timeouts(**timeouts)),), Upstream(script))


def answer(upstream: Upstream, timeouts: Timeouts, transcript: Transcript | None = None) -> Open:
    return pipeline.standard(
        upstream,
        transcript=transcript if transcript is not None else Transcript(),
        dialect=DIALECTS["openai"],
        timeouts=timeouts,
        retries=Retries(attempts=1),
        dice=Random(1),
    )


def every(seconds: float, what: bytes, times: int) -> Sequence[Step]:
    return [step for _ in range(times) for step in (seconds, what)]


@pytest.mark.looptime
async def test_a_silent_upstream_has_no_first_token() -> None:
    with pytest.raises(NoFirstToken, match="no first token within 7 s"):
        await read(limited(FOREVER, first_token=7, idle=3))


@pytest.mark.looptime
@pytest.mark.parametrize("feed", [COMMENT, EMPTY, ROLE], ids=["comments", "empty deltas", "roles"])
async def test_what_carries_nothing_does_not_feed_first_token(feed: bytes) -> None:
    began = asyncio.get_running_loop().time()

    with pytest.raises(NoFirstToken):
        await read(limited(*every(2, feed, 100), first_token=7))

    assert asyncio.get_running_loop().time() - began == pytest.approx(7)


@pytest.mark.looptime
@pytest.mark.parametrize("feed", [COMMENT, EMPTY, ROLE], ids=["comments", "empty deltas", "roles"])
async def test_what_carries_nothing_does_not_feed_idle(feed: bytes) -> None:
    began = asyncio.get_running_loop().time()

    with pytest.raises(Stalled, match="nothing of the answer for 3 s after 1 events"):
        await read(limited(*text("one"), *every(1, feed, 100), idle=3))

    assert asyncio.get_running_loop().time() - began == pytest.approx(3)


@pytest.mark.looptime
async def test_text_reasoning_and_tool_calls_feed_idle() -> None:
    call = chunk({"tool_calls": [{"index": 0, "function": {"arguments": "{"}}]})
    steps = [s for what in (*text("a"), chunk({"reasoning": "b"}), call) for s in (2.0, what)]

    events = await read(limited(*steps, 2.0, STOP, DONE, first_token=3, idle=3))

    assert len(events) == 6


@pytest.mark.looptime
async def test_none_is_no_limit() -> None:
    events = await read(
        limited(FOREVER, *text("a"), FOREVER, STOP, DONE, first_token=None, idle=None)
    )

    assert len(events) == 4


@pytest.mark.looptime
async def test_a_finished_answer_waits_only_a_little_for_its_tail() -> None:
    began = asyncio.get_running_loop().time()

    events = await read(answer(Upstream([*text("a"), STOP, FOREVER, DONE]), Timeouts(idle=60)))

    assert asyncio.get_running_loop().time() - began == pytest.approx(TAIL_SECONDS)
    assert events[-1] == Finished(Verdict.COMPLETE, 1)


@pytest.mark.looptime
async def test_a_consumer_that_takes_its_time_is_no_silence() -> None:
    open = limited(*text("a", "b", "c"), STOP, DONE, first_token=3, idle=3)

    async with open(REQUEST) as batches:
        count = 0
        async for batch in batches:
            count += len(batch)
            await asyncio.sleep(100)

    assert count == 6


@pytest.mark.looptime
async def test_the_deadline_covers_everything_and_carries_the_partial() -> None:
    upstream = Upstream([*every(2, *text("a"), 100)])
    open = answer(upstream, Timeouts(first_token=None, idle=None, total=9))

    with pytest.raises(DeadlineExceeded, match="not whole within 9 s") as caught:
        await read(open)

    assert caught.value.partial is not None
    assert caught.value.partial.text == "aaaa"
    assert upstream.open == 0


@pytest.mark.looptime
async def test_cancelling_closes_the_attempt_and_keeps_the_partial() -> None:
    transcript = Transcript()
    upstream = Upstream([*text("a"), FOREVER])
    open = answer(upstream, Timeouts(idle=None), transcript)
    task = asyncio.create_task(read(open))
    await asyncio.sleep(5)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert upstream.open == 0
    assert transcript.text == "a"


@pytest.mark.looptime
async def test_a_cancellation_at_the_moment_of_a_timeout_is_not_swallowed() -> None:
    task = asyncio.create_task(read(limited(FOREVER, first_token=5)))
    asyncio.get_running_loop().call_later(5, task.cancel)

    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.looptime
async def test_many_events_share_one_timer() -> None:
    loop = asyncio.get_running_loop()
    made = 0
    call_at = loop.call_at

    def counting(*args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        nonlocal made
        made += 1
        return call_at(*args, **kwargs)

    loop.call_at = counting  # type: ignore[method-assign]
    await read(limited(*text(*"x" * 500), STOP, DONE, idle=60))

    assert made <= 2  # one for the first token, one for the rest


@pytest.mark.looptime
async def test_comments_do_not_feed_idle_however_slow_the_consumer_is() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()

    with pytest.raises(Stalled):
        await read(limited(*text("one"), *[COMMENT] * 2000, idle=3), pause=0.5)

    assert loop.time() - began < 5


@pytest.mark.looptime
async def test_the_deadline_holds_however_slow_the_consumer_is() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    upstream = Upstream([*text(*"x" * 1000), STOP, DONE])

    with pytest.raises(DeadlineExceeded):
        await read(answer(upstream, Timeouts(total=5)), pause=1)

    assert loop.time() - began < 7
