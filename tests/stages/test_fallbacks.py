"""An answer over several upstreams, made of plain values: no sockets, virtual time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest

from steadystream import pipeline
from steadystream.errors import (
    ConnectFailed,
    Disconnected,
    GaveUp,
    RateLimited,
    Rejected,
    StreamFault,
)
from steadystream.events import Event, Interrupted, Message, Place, Resumed, Rung
from steadystream.policy.attempts import Attempt
from steadystream.policy.breaker import Breaker
from steadystream.policy.clock import Timeouts
from steadystream.policy.economy import Economy
from steadystream.policy.recovery import Retries
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.transcript import Transcript
from steadystream.protocol.upstream import Upstream as Place_
from steadystream.request import Request
from support.scripted import DONE, REQUEST, ROLE, STOP, Step, Upstream, chunk, text

CUT = Disconnected(0, "cut")
DOWN = Rejected(503, "down", transient=True)
Script = Sequence[Step] | Callable[[Request], Sequence[Step]]


def other(name: str, dialect: str = "openai") -> Place_:
    return Place_(
        name=f"{name} at {name}",
        url=f"http://{name}/v1/chat/completions",
        headers={"Authorization": f"Bearer {name}"},
        dialect=DIALECTS[dialect],
        model=name,
    )


class Played:
    """What came of an answer: its events, its attempts, and what was asked."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.attempts: list[Attempt] = []
        self.requests: list[Request] = []

    @property
    def words(self) -> str:
        messages = [e for e in self.events if isinstance(e, Message)]
        return "".join(e.text for e in messages)

    @property
    def asked(self) -> list[str]:
        return [attempt.upstream for attempt in self.attempts]


async def play(
    scripts: Sequence[Script], others: Sequence[Place_], dialect: str = "openai", **settings: Any
) -> Played:
    played, upstream = Played(), Upstream(*scripts)
    open = pipeline.standard(
        upstream,
        transcript=Transcript(),
        dialect=DIALECTS[dialect],
        timeouts=settings.pop("timeouts", Timeouts()),
        economy=settings.pop("economy", None),
        retries=Retries(**settings),
        dice=Random(1),
        attempts=played.attempts,
        others=others,
    )
    played.requests = upstream.requests
    async with open(REQUEST) as batches:
        async for batch in batches:
            played.events.extend(batch)
    assert upstream.open == 0
    return played


@pytest.mark.looptime
async def test_a_switch_before_the_first_token_is_invisible_but_for_the_account() -> None:
    whole = [ROLE, *text("one", " two"), STOP, DONE]

    played = await play([[DOWN], [DOWN], whole], [other("a")])

    assert played.words == "one two"
    assert not any(isinstance(event, Resumed) for event in played.events)
    assert played.asked == ["m at upstream", "m at upstream", "a at a"]
    assert [a.fault for a in played.attempts] == [DOWN, DOWN, None]


@pytest.mark.looptime
async def test_where_the_first_goes_on_after_another_failed_the_seam_is_within_one_model() -> None:
    played = await play(
        [[ROLE, *text("one"), CUT], [DOWN], [ROLE, *text(" two"), STOP, DONE]],
        [other("a", "vllm")],
        rungs={"exact_prefix"},
        attempts_each=1,
        dialect="vllm",
    )

    assert played.asked == ["m at upstream", "a at a", "m at upstream"]
    (seam,) = [event.seam for event in played.events if isinstance(event, Resumed)]
    assert seam.rung is Rung.EXACT_PREFIX
    assert seam.before == seam.after == Place("m at upstream", "m")
    assert not seam.changes_model


@pytest.mark.looptime
async def test_what_was_delivered_by_one_is_handed_in_to_the_other_in_its_own_dialect() -> None:
    played = await play(
        [[ROLE, *text("one"), CUT], [ROLE, *text(" two"), STOP, DONE]],
        [other("a", "deepseek")],
        rungs={"exact_prefix"},
    )

    assert played.words == "one two"
    assert played.requests[1].url == "http://a/beta/chat/completions"
    assert played.requests[1].headers == {"Authorization": "Bearer a"}
    assert played.requests[1].body["messages"][-1] == {
        "role": "assistant",
        "content": "one",
        "prefix": True,
    }
    (seam,) = [event.seam for event in played.events if isinstance(event, Resumed)]
    assert (seam.before, seam.after) == (Place("m at upstream", "m"), Place("a at a", "a"))
    assert seam.changes_model
    assert seam.changes_upstream


@pytest.mark.looptime
async def test_the_identity_of_the_first_is_kept_when_another_model_goes_on() -> None:
    later = [chunk({"content": " two"}, id="other", model="other-model"), STOP, DONE]

    played = await play(
        [[ROLE, *text("one"), CUT], later], [other("a", "vllm")], rungs={"prefill", "exact_prefix"}
    )

    chunks = [e.chunk for e in played.events if isinstance(e, Message) and e.chunk is not None]
    assert {(chunk.id, chunk.model) for chunk in chunks} == {("chatcmpl-1", "m-1")}


@pytest.mark.looptime
async def test_reasoning_that_broke_is_followed_by_the_whole_answer_of_another_model() -> None:
    thought = chunk({"reasoning_content": "let me"})
    other_thought = chunk({"reasoning_content": "we shall"})

    played = await play(
        [[ROLE, thought, CUT], [DOWN], [ROLE, other_thought, *text("so", " it"), STOP, DONE]],
        [other("a")],
    )

    assert played.words == "so it"
    assert played.asked == ["m at upstream", "m at upstream", "a at a"]


@pytest.mark.looptime
async def test_what_another_model_says_anew_is_delivered_only_if_it_begins_the_same() -> None:
    scripts = [[ROLE, *text("one"), CUT], [DOWN], [ROLE, *text("two"), STOP, DONE]]

    with pytest.raises(StreamFault) as caught:
        await play(scripts, [other("a")])

    assert caught.value.partial is not None
    assert caught.value.partial.text == "one"
    assert caught.value.gave_up is GaveUp.CONTINUATION_REFUSED


@pytest.mark.looptime
async def test_an_open_breaker_leads_on_at_once_and_each_upstream_has_its_own() -> None:
    economy = Economy(breaker=Breaker(minimum=2, share=0.5))
    whole = [ROLE, *text("one"), STOP, DONE]
    await play([[DOWN], [DOWN], whole], [other("a")], economy=economy)

    played = await play([whole], [other("a")], economy=economy)

    assert played.words == "one"
    assert played.asked == ["m at upstream", "a at a"]
    assert [type(a.fault).__name__ for a in played.attempts] == ["BreakerOpen", "NoneType"]
    assert len(played.requests) == 1
    assert sorted(economy.breakers) == ["a at a", "m at upstream"]


@pytest.mark.looptime
async def test_nobody_stands_in_a_long_line_while_another_could_answer() -> None:
    economy = Economy()
    whole = [ROLE, *text("one"), STOP, DONE]
    busy = Rejected(429, "busy", retry_after=30.0, transient=True)
    await play([[busy], whole], [other("a")], economy=economy)

    played = await play([whole], [other("a")], economy=economy)

    assert played.asked == ["m at upstream", "a at a"]
    assert isinstance(played.attempts[0].fault, RateLimited)
    assert played.attempts[1].started_at - played.attempts[0].started_at == 0.0


@pytest.mark.looptime
async def test_the_last_fault_leaves_with_those_before_it_as_its_causes() -> None:
    gone = ConnectFailed("a:1", "refused")

    with pytest.raises(StreamFault) as caught:
        await play([[Rejected(401, "key")], [gone], [gone]], [other("a")], attempts=2)

    assert caught.value is gone
    assert isinstance(gone.__cause__, Rejected)
    assert gone.gave_up is GaveUp.ATTEMPTS_SPENT


@pytest.mark.looptime
async def test_the_deadline_is_one_over_all_upstreams() -> None:
    slow = [ROLE, 3.0, *text("one"), STOP, DONE]

    with pytest.raises(StreamFault) as caught:
        await play(
            [[DOWN], [DOWN], slow],
            [other("a")],
            timeouts=Timeouts(total=2.0),
        )

    assert caught.value.gave_up is GaveUp.NO_TIME_LEFT


@pytest.mark.looptime
async def test_each_fault_that_leads_on_is_told_as_an_interruption() -> None:
    whole = [ROLE, *text("one"), STOP, DONE]

    played = await play([[Rejected(404, "no model")], whole], [other("a")])

    assert [e.attempt for e in played.events if isinstance(e, Interrupted)] == [1]
