from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from steadystream import pipeline
from steadystream.errors import Disconnected, GaveUp, Rejected, StreamFault, Truncated
from steadystream.events import (
    Done,
    Event,
    Finished,
    Interrupted,
    Message,
    Opened,
    Resumed,
    Rung,
    Verdict,
    Waiting,
)
from steadystream.policy.clock import Timeouts
from steadystream.policy.recovery import Retries
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.transcript import Transcript
from support.scripted import DONE, REQUEST, ROLE, STOP, USAGE, Upstream, chunk, text

CUT = Disconnected(0, "cut")
PREFIX = frozenset({Rung.EXACT_PREFIX, Rung.PREFILL})


async def play(upstream: Upstream, dialect: str = "vllm", **settings: Any) -> list[Event]:
    transcript = Transcript()
    request = settings.pop("request", REQUEST)
    open = pipeline.standard(
        upstream,
        transcript=transcript,
        dialect=DIALECTS[dialect],
        timeouts=settings.pop("timeouts", Timeouts()),
        refused=settings.pop("refused", None),
        retries=Retries(**settings),
        dice=Random(1),
    )
    events: list[Event] = []
    async with open(request) as batches:
        async for batch in batches:
            events.extend(batch)
    assert upstream.open == 0
    return events


def words(events: list[Event]) -> str:
    return "".join(e.chunk.text for e in events if isinstance(e, Message) and e.chunk is not None)


def finished(events: list[Event]) -> Verdict:
    assert isinstance(events[-1], Finished)
    return events[-1].verdict


@pytest.mark.looptime
async def test_a_whole_answer_passes_as_it_came() -> None:
    script = [ROLE, *text("one", " two"), STOP, USAGE, DONE]

    events = await play(Upstream(script))

    raw = b"".join(e.raw for e in events if isinstance(e, (Message, Done)))
    assert raw == b"".join(s for s in script if isinstance(s, bytes))
    assert finished(events) is Verdict.COMPLETE


@pytest.mark.looptime
async def test_a_cut_before_the_first_token_is_invisible() -> None:
    upstream = Upstream([ROLE, CUT], [ROLE, *text("one"), STOP, DONE])

    events = await play(upstream)

    assert [type(e) for e in events] == [
        Opened, Interrupted, Waiting, Opened, Message, Message, Message, Done, Finished
    ]  # fmt: skip
    assert words(events) == "one"
    assert upstream.requests[1].body == REQUEST.body


@pytest.mark.looptime
async def test_a_cut_answer_is_continued_where_it_ended() -> None:
    upstream = Upstream(
        [ROLE, *text("one", " two"), CUT],
        [ROLE.replace(b"chatcmpl-1", b"chatcmpl-2"), *text(" three"), STOP, DONE],
    )

    events = await play(upstream)

    assert words(events) == "one two three"
    assert finished(events) is Verdict.COMPLETE
    assert upstream.requests[1].body["continue_final_message"] is True
    assert upstream.requests[1].body["messages"][-1] == {"role": "assistant", "content": "one two"}
    (seam,) = [e.seam for e in events if isinstance(e, Resumed)]
    assert (seam.position, seam.rung, seam.attempt) == (7, Rung.EXACT_PREFIX, 2)


@pytest.mark.looptime
async def test_all_chunks_of_one_answer_have_one_id_and_one_role() -> None:
    second = [ROLE, *text(" two"), STOP, DONE]
    upstream = Upstream(
        [ROLE, *text("one"), CUT],
        [s.replace(b"chatcmpl-1", b"chatcmpl-2") for s in second if isinstance(s, bytes)],
    )

    events = await play(upstream)

    chunks = [e.chunk for e in events if isinstance(e, Message) and e.chunk is not None]
    assert {c.id for c in chunks} == {"chatcmpl-1"}
    assert sum(b'"role"' in e.raw for e in events if isinstance(e, Message)) == 1


@pytest.mark.looptime
async def test_two_cuts_in_a_row_are_continued_from_all_that_was_delivered() -> None:
    upstream = Upstream(
        [*text("a", "b"), CUT], [*text("c"), CUT], [ROLE, CUT], [*text("d"), STOP, DONE]
    )

    events = await play(upstream)

    assert words(events) == "abcd"
    assert [r.body["messages"][-1]["content"] for r in upstream.requests[1:]] == [
        "ab",
        "abc",
        "abc",
    ]


@pytest.mark.looptime
async def test_a_server_that_cannot_continue_gives_a_partial() -> None:
    with pytest.raises(Disconnected) as caught:
        await play(Upstream([*text("one"), CUT]), dialect="openai", rungs=PREFIX)

    assert caught.value.gave_up is GaveUp.CANNOT_CONTINUE
    assert caught.value.partial is not None
    assert caught.value.partial.text == "one"


@pytest.mark.looptime
@pytest.mark.parametrize(
    ("script", "why"),
    [
        ([chunk({"reasoning_content": "hm"}), CUT], GaveUp.TORN_REASONING),
        ([chunk({"refusal": "I can"}), CUT], GaveUp.REFUSAL),
    ],
)
async def test_what_is_no_text_ends_in_a_partial_that_says_why(script: Any, why: GaveUp) -> None:
    with pytest.raises(Disconnected) as caught:
        await play(Upstream(script), rungs=PREFIX)

    assert caught.value.gave_up is why
    assert caught.value.partial


@pytest.mark.looptime
async def test_a_cut_after_the_finish_reason_is_a_success() -> None:
    upstream = Upstream([*text("one"), STOP, CUT])

    events = await play(upstream)

    assert len(upstream.requests) == 1
    assert isinstance(events[-2], Done)
    assert finished(events) is Verdict.COMPLETE


@pytest.mark.looptime
async def test_a_clean_end_without_finish_reason_is_continued() -> None:
    events = await play(Upstream(text("one"), [*text(" two"), STOP, DONE]))

    assert words(events) == "one two"


@pytest.mark.looptime
async def test_a_terminator_without_finish_reason_is_unknown() -> None:
    events = await play(Upstream([*text("one"), DONE]))

    assert finished(events) is Verdict.UNKNOWN


@pytest.mark.looptime
async def test_a_terminator_and_nothing_else_is_asked_for_again() -> None:
    events = await play(Upstream([ROLE, DONE], [ROLE, *text("one"), STOP, DONE]))

    assert words(events) == "one"
    assert [event for event in events if isinstance(event, (Done, Finished))] == [
        Done(DONE),
        Finished(Verdict.COMPLETE, 2),
    ]
    assert "after 1 events" in str(next(e.fault for e in events if isinstance(e, Interrupted)))


@pytest.mark.looptime
async def test_an_empty_answer_that_says_why_it_ends_is_one() -> None:
    upstream = Upstream([ROLE, STOP, DONE])

    assert finished(await play(upstream)) is Verdict.COMPLETE
    assert len(upstream.requests) == 1


@pytest.mark.looptime
async def test_an_echo_is_taken_away_and_makes_the_seam_verified() -> None:
    upstream = Upstream([*text("1, 2,"), CUT], [ROLE, *text("1,", " 2,", " 3"), STOP, DONE])

    events = await play(upstream, dialect="mistral")

    assert words(events) == "1, 2, 3"
    assert [e.seam.verified for e in events if isinstance(e, Resumed)] == [True]


@pytest.mark.looptime
async def test_an_answer_that_starts_anew_is_not_spliced() -> None:
    upstream = Upstream([*text("1, 2,"), CUT], [ROLE, *text("1, too", " many"), STOP, DONE])

    with pytest.raises(StreamFault) as caught:
        await play(upstream, dialect="mistral")

    assert caught.value.gave_up is GaveUp.CONTINUATION_REFUSED
    assert caught.value.partial is not None
    assert caught.value.partial.text == "1, 2,"


@pytest.mark.looptime
async def test_whitespace_that_was_not_handed_in_is_not_delivered_twice() -> None:
    upstream = Upstream([*text("one", "\n\n"), CUT], [*text("\n\ntwo"), STOP, DONE])

    events = await play(upstream)

    assert upstream.requests[1].body["messages"][-1]["content"] == "one"
    assert words(events) == "one\n\ntwo"


@pytest.mark.looptime
async def test_token_ceilings_shrink_by_what_was_received() -> None:
    upstream = Upstream([*text("a", "b"), CUT], [*text("c"), STOP, DONE])
    request = replace(REQUEST, body={**REQUEST.body, "max_tokens": 5})

    await play(upstream, request=request)

    assert upstream.requests[1].body["max_tokens"] == 3


@pytest.mark.looptime
async def test_an_answer_cut_at_its_token_limit_is_concluded_without_asking() -> None:
    upstream = Upstream([*text("a", "b"), CUT])
    request = replace(REQUEST, body={**REQUEST.body, "max_tokens": 2})

    events = await play(upstream, request=request)

    assert len(upstream.requests) == 1
    assert finished(events) is Verdict.COMPLETE


@pytest.mark.looptime
async def test_a_refused_continuation_keeps_what_was_delivered() -> None:
    upstream = Upstream([*text("one"), CUT], [Rejected(400, "no prefill")])

    with pytest.raises(Rejected) as caught:
        await play(upstream, rungs=PREFIX)

    assert caught.value.gave_up is GaveUp.CONTINUATION_REFUSED
    assert caught.value.__cause__ is CUT
    assert caught.value.partial is not None
    assert caught.value.partial.text == "one"


@pytest.mark.looptime
async def test_attempts_are_counted_and_end() -> None:
    upstream = Upstream([CUT])

    with pytest.raises(Disconnected) as caught:
        await play(upstream, attempts=3)

    assert len(upstream.requests) == 3
    assert caught.value.gave_up is GaveUp.ATTEMPTS_SPENT


@pytest.mark.looptime
async def test_a_fault_that_trying_again_cannot_mend_is_raised_at_once() -> None:
    upstream = Upstream([Rejected(401, "wrong key")])

    with pytest.raises(Rejected) as caught:
        await play(upstream)

    assert len(upstream.requests) == 1
    assert caught.value.gave_up is GaveUp.NOT_TRANSIENT


@pytest.mark.looptime
async def test_an_empty_body_is_asked_for_again() -> None:
    events = await play(Upstream([], [*text("one"), STOP, DONE]))

    assert words(events) == "one"


@pytest.mark.looptime
async def test_retry_after_is_obeyed() -> None:
    busy = Rejected(429, "slow down", retry_after=20.0, transient=True)

    events = await play(Upstream([busy], [*text("one"), STOP, DONE]))

    assert [e.seconds for e in events if isinstance(e, Waiting)] == [20.0]


@pytest.mark.looptime
async def test_a_longer_wait_than_allowed_is_not_waited_for() -> None:
    busy = Rejected(429, "slow down", retry_after=61.0, transient=True)

    with pytest.raises(Rejected) as caught:
        await play(Upstream([busy]))

    assert caught.value.gave_up is GaveUp.RETRY_AFTER_TOO_LONG


@pytest.mark.looptime
async def test_what_cannot_start_before_the_deadline_is_not_waited_for() -> None:
    busy = Rejected(429, "slow down", retry_after=20.0, transient=True)

    with pytest.raises(Rejected) as caught:
        await play(Upstream([busy]), timeouts=Timeouts(total=10))

    assert caught.value.gave_up is GaveUp.NO_TIME_LEFT


@pytest.mark.looptime
async def test_a_truncation_that_is_given_up_is_an_error() -> None:
    with pytest.raises(Truncated, match="end of the body after 1 events"):
        await play(Upstream(text("one")), dialect="openai")
