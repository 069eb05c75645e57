"""Which way of going on is taken, and what follows when it does not work."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stages.test_recover import CUT, finished, play, words
from stages.test_recover_calls import END, arguments, call
from steadystream.errors import Disconnected, GaveUp, Rejected, SpliceMismatch, UpstreamError
from steadystream.events import Event, Interrupted, Message, Restarted, Resumed, Rung, Verdict
from steadystream.policy.refused import RefusedRungs
from steadystream.protocol.ladder import RUNGS
from steadystream.request import Request
from support.scripted import DONE, REQUEST, ROLE, STOP, Step, Upstream, chunk, text

NO_PREFILL = Rejected(400, "this model does not take a prefill")


def asking(**body: Any) -> Request:
    return replace(REQUEST, body={**REQUEST.body, **body})


def rungs(events: list[Event]) -> list[tuple[Rung, bool]]:
    return [(e.seam.rung, e.seam.verified) for e in events if isinstance(e, Resumed)]


def whole(*pieces: str) -> list[Step]:
    return [ROLE, *text(*pieces), STOP, DONE]


def reasoned(events: list[Event]) -> str:
    chunks = [e.chunk for e in events if isinstance(e, Message) and e.chunk is not None]
    return "".join(choice.delta.reasoning for each in chunks for choice in each.choices)


@pytest.mark.looptime
async def test_where_nothing_can_be_handed_in_the_answer_is_asked_for_again() -> None:
    upstream = Upstream([ROLE, *text("one", " two"), CUT], whole("one two", " three"))

    events = await play(upstream, dialect="openai", request=asking(seed=7))

    assert words(events) == "one two three"
    assert rungs(events) == [(Rung.REGENERATE, True)]
    assert upstream.requests[1].body == asking(seed=7).body


@pytest.mark.looptime
async def test_another_answer_is_no_continuation() -> None:
    upstream = Upstream([*text("one"), CUT], whole("two"))

    with pytest.raises(SpliceMismatch) as caught:
        await play(upstream, dialect="openai")

    assert caught.value.gave_up is GaveUp.CONTINUATION_REFUSED
    assert len(upstream.requests) == 2
    assert caught.value.partial is not None
    assert caught.value.partial.text == "one"


@pytest.mark.looptime
async def test_an_answer_that_is_asked_for_again_may_be_cut_again() -> None:
    upstream = Upstream(
        [*text("one"), CUT], [*text("on"), CUT], [*text("one", " two"), CUT], whole("one two three")
    )

    events = await play(upstream, dialect="openai")

    assert words(events) == "one two three"
    assert rungs(events) == [(Rung.REGENERATE, True)] * 2


@pytest.mark.looptime
async def test_a_rung_that_was_refused_is_followed_by_the_next_at_once() -> None:
    upstream = Upstream([*text("one"), CUT], [NO_PREFILL], whole("one two"))

    events = await play(upstream, dialect="groq")

    assert words(events) == "one two"
    assert rungs(events) == [(Rung.REGENERATE, True)]
    assert [type(e.fault) for e in events if isinstance(e, Interrupted)] == [Disconnected, Rejected]


@pytest.mark.looptime
async def test_a_reply_that_does_not_fit_is_followed_by_the_next_rung() -> None:
    upstream = Upstream([*text("1, 2,"), CUT], whole("1, too"), whole("1, 2, 3"))

    events = await play(upstream, dialect="mistral")

    assert words(events) == "1, 2, 3"
    assert rungs(events) == [(Rung.REGENERATE, True)]


@pytest.mark.looptime
async def test_the_next_rung_is_one_of_the_attempts() -> None:
    upstream = Upstream([*text("one"), CUT], [NO_PREFILL], whole("one two"))

    with pytest.raises(Rejected) as caught:
        await play(upstream, dialect="groq", attempts=2)

    assert caught.value.gave_up is GaveUp.CONTINUATION_REFUSED


@pytest.mark.looptime
async def test_a_rung_that_was_refused_is_not_tried_again() -> None:
    upstream = Upstream(
        [*text("one"), CUT], [NO_PREFILL], [*text("one", " two"), CUT], whole("one two three")
    )

    events = await play(upstream, dialect="groq")

    assert words(events) == "one two three"
    assert "continue" not in str(upstream.requests[3].body)
    assert upstream.requests[3].body == REQUEST.body


@pytest.mark.looptime
async def test_a_model_that_takes_no_prefill_is_remembered() -> None:
    refused = RefusedRungs()
    first = Upstream([*text("one"), CUT], [NO_PREFILL], whole("one two"))
    second = Upstream([*text("one"), CUT], whole("one two"))
    other = Upstream([*text("one"), CUT], whole(" two"))

    await play(first, dialect="groq", refused=refused)
    events = await play(second, dialect="groq", refused=refused)
    another = await play(other, dialect="groq", refused=refused, request=asking(model="other"))

    assert rungs(events) == [(Rung.REGENERATE, True)]
    assert rungs(another) == [(Rung.PREFILL, False)]


@pytest.mark.looptime
async def test_a_key_that_is_refused_is_refused_to_every_rung() -> None:
    upstream = Upstream([*text("one"), CUT], [Rejected(401, "no")])

    with pytest.raises(Rejected) as caught:
        await play(upstream)

    assert len(upstream.requests) == 2
    assert caught.value.gave_up is GaveUp.CONTINUATION_REFUSED


@pytest.mark.looptime
async def test_an_error_that_names_the_request_ends_the_answer() -> None:
    error = UpstreamError("long", "context_length_exceeded")
    upstream = Upstream([*text("one"), CUT], [*text(" two"), error])

    with pytest.raises(UpstreamError) as caught:
        await play(upstream)

    assert caught.value.gave_up is GaveUp.NOT_TRANSIENT
    assert len(upstream.requests) == 2


@pytest.mark.looptime
async def test_an_error_in_place_of_a_continuation_is_followed_by_the_next_rung() -> None:
    error = UpstreamError("no prefill", 400, "invalid_request_error")
    upstream = Upstream([*text("one"), CUT], [ROLE, error], whole("one two"))

    events = await play(upstream)

    assert words(events) == "one two"


# Calls


@pytest.mark.looptime
async def test_a_torn_call_behind_a_whole_one_is_asked_for_again() -> None:
    first = [*call(0, '{"a":1}'), *call(1, '{"b"'), CUT]
    second = [ROLE, *call(0, '{"a"', ":1}"), *call(1, '{"b":2}'), END, DONE]

    events = await play(Upstream(first, second))

    assert arguments(events) == ['{"a":1}', '{"b":2}']
    assert rungs(events) == [(Rung.REGENERATE, True)]


@pytest.mark.looptime
async def test_another_call_in_place_of_a_whole_one_is_a_partial_with_the_whole_one() -> None:
    first = [*call(0, '{"a":1}'), *call(1, '{"b"'), CUT]
    second = [*call(0, '{"a":2}'), *call(1, '{"b":2}'), END, DONE]

    with pytest.raises(SpliceMismatch) as caught:
        await play(Upstream(first, second))

    assert caught.value.partial is not None
    assert [each.arguments for each in caught.value.partial.tool_calls] == ['{"a":1}']


@pytest.mark.looptime
async def test_a_streamed_call_goes_on_where_it_comes_again_exactly() -> None:
    upstream = Upstream([*call(0, '{"a"'), CUT], [*call(0, '{"a":', "1}"), END, DONE])

    events = await play(upstream, tool_calls="stream")

    assert arguments(events) == ['{"a":1}']


@pytest.mark.looptime
async def test_a_forced_call_behind_text_is_asked_for_again() -> None:
    first = [*text("I look."), *call(0, '{"a"'), CUT]
    second = [ROLE, *text("I look."), *call(0, '{"a":1}'), END, DONE]

    events = await play(Upstream(first, second), request=asking(tool_choice="required"))

    assert (words(events), arguments(events)) == ("I look.", ['{"a":1}'])


# Reasoning


@pytest.mark.looptime
async def test_reasoning_that_was_cut_is_not_delivered_twice() -> None:
    def thought(said: str) -> bytes:
        return chunk({"reasoning_content": said})

    upstream = Upstream(
        [ROLE, thought("hm,"), CUT], [ROLE, thought("well"), *text("so"), STOP, DONE]
    )

    events = await play(upstream)

    assert (reasoned(events), words(events)) == ("hm,", "so")
    assert rungs(events) == [(Rung.REGENERATE, False)]
    assert finished(events) is Verdict.COMPLETE


@pytest.mark.looptime
async def test_reasoning_comes_again_for_who_wants_it() -> None:
    upstream = Upstream(
        [chunk({"reasoning": "hm,"}), CUT], [chunk({"reasoning": "well"}), *text("so"), CUT],
        whole(" it is"),
    )  # fmt: skip

    events = await play(upstream, reasoning="again")

    assert [type(e) for e in events if isinstance(e, (Restarted, Resumed))] == [Restarted, Resumed]
    assert (reasoned(events), words(events)) == ("hm,well", "so it is")


@pytest.mark.looptime
async def test_of_reasoning_that_came_again_the_transcript_keeps_the_last() -> None:
    upstream = Upstream(
        [chunk({"reasoning": "hm,"}), CUT], [chunk({"reasoning": "well"}), *text("so"), CUT]
    )

    with pytest.raises(Disconnected) as caught:
        await play(upstream, reasoning="again", attempts=2)

    assert caught.value.partial is not None
    assert (caught.value.partial.reasoning, caught.value.partial.text) == ("well", "so")


@pytest.mark.looptime
@pytest.mark.parametrize(
    "detail",
    [{"type": "reasoning.encrypted", "data": "eA"}, {"type": "reasoning.text", "signature": "c2"}],
)
async def test_signed_reasoning_is_never_followed_by_another_answer(detail: Any) -> None:
    upstream = Upstream([chunk({"reasoning": "hm", "reasoning_details": [detail]}), CUT])

    with pytest.raises(Disconnected) as caught:
        await play(upstream)

    assert caught.value.gave_up is GaveUp.TORN_REASONING


@pytest.mark.looptime
async def test_text_behind_reasoning_is_continued_as_text() -> None:
    upstream = Upstream([chunk({"reasoning": "hm"}), *text("so"), CUT], whole(" it is"))

    events = await play(upstream)

    assert words(events) == "so it is"
    assert rungs(events) == [(Rung.EXACT_PREFIX, False)]


@pytest.mark.looptime
async def test_a_continuation_that_reasons_again_is_followed_by_the_next_rung() -> None:
    thought = chunk({"reasoning": "hm"})
    upstream = Upstream(
        [thought, *text("so"), CUT], [thought, *text("?")], [thought, *text("so it is"), STOP, DONE]
    )

    events = await play(upstream)

    assert (reasoned(events), words(events)) == ("hm", "so it is")


# JSON

JSON = {"response_format": {"type": "json_object"}}


@pytest.mark.looptime
async def test_json_goes_on_like_text_where_no_grammar_starts_anew() -> None:
    upstream = Upstream([*text('{"a": '), CUT], whole("1", "}"))

    events = await play(upstream, dialect="deepseek", request=asking(**JSON))

    assert words(events) == '{"a": 1}'
    assert rungs(events) == [(Rung.EXACT_PREFIX, False)]


@pytest.mark.looptime
@pytest.mark.parametrize("reply", [['{"a": 1}'], ["{", '"a": 1}'], ["1 2}"], ["1", "\n```"], ["1"]])
async def test_json_that_would_not_be_json_is_asked_for_again(reply: list[str]) -> None:
    upstream = Upstream([*text('{"a": '), CUT], whole(*reply), whole('{"a": 1, "b": 2}'))

    events = await play(upstream, dialect="deepseek", request=asking(**JSON))

    assert words(events) == '{"a": 1, "b": 2}'


@pytest.mark.looptime
async def test_json_under_a_grammar_is_asked_for_again() -> None:
    upstream = Upstream([*text('{"a": '), CUT], whole('{"a": 1}'))

    events = await play(upstream, dialect="vllm", request=asking(**JSON))

    assert words(events) == '{"a": 1}'
    assert rungs(events) == [(Rung.REGENERATE, True)]


# Words


@pytest.mark.looptime
async def test_a_model_that_is_asked_in_words_goes_on_behind_the_last_ones() -> None:
    said = "It was a dark and stormy night"
    upstream = Upstream(
        [*text(said), CUT], whole("It was another"), whole("Sure: ", said, "; the rain fell")
    )

    events = await play(upstream, dialect="openai", rungs=RUNGS)

    assert words(events) == f"{said}; the rain fell"
    assert rungs(events) == [(Rung.INSTRUCT, True)]
    assert upstream.requests[2].body["messages"][1] == {"role": "assistant", "content": said}
    assert said in upstream.requests[2].body["messages"][2]["content"]


@pytest.mark.looptime
async def test_the_wording_is_the_callers() -> None:
    said = "It was a dark and stormy night"
    upstream = Upstream([*text(said), CUT], whole(said, "."))
    own = {"rungs": frozenset({Rung.INSTRUCT}), "instruction": "Weiter ab: {anchor}"}

    await play(upstream, dialect="openai", **own)

    assert upstream.requests[1].body["messages"][-1]["content"] == f"Weiter ab: {said}"


@pytest.mark.looptime
async def test_a_reply_without_the_last_words_is_refused() -> None:
    upstream = Upstream([*text("It was a dark and stormy night"), CUT], whole("The rain fell."))

    with pytest.raises(SpliceMismatch, match="continuation that repeats 'It was a dark") as caught:
        await play(upstream, dialect="openai", rungs=frozenset({Rung.INSTRUCT}))

    assert caught.value.partial is not None
    assert caught.value.partial.text == "It was a dark and stormy night"


@pytest.mark.looptime
async def test_few_words_are_no_place_to_go_on_from() -> None:
    upstream = Upstream([*text("It was"), CUT], whole("It was"))

    with pytest.raises(Disconnected) as caught:
        await play(upstream, dialect="openai", rungs=frozenset({Rung.INSTRUCT}))

    assert caught.value.gave_up is GaveUp.CANNOT_CONTINUE


# Choices


@pytest.mark.looptime
async def test_several_choices_are_asked_for_again_and_compared_one_by_one() -> None:
    def of(index: int, said: str = "", finish: str | None = None) -> bytes:
        raw = chunk({"content": said} if said else {}, finish)
        return raw.replace(b'"index": 0', f'"index": {index}'.encode())

    ends = [of(0, finish="stop"), of(1, finish="stop"), DONE]
    upstream = Upstream(
        [of(0, "one"), of(1, "uno"), of(0, " two"), CUT],
        [of(0, "one two three"), of(1, "uno!"), *ends],
    )

    events = await play(upstream, request=asking(n=2))

    chunks = [e.chunk for e in events if isinstance(e, Message) and e.chunk is not None]
    said = ["", ""]
    for choice in [choice for each in chunks for choice in each.choices]:
        said[choice.index] += choice.delta.content or ""
    assert said == ["one two three", "uno!"]
    assert finished(events) is Verdict.COMPLETE


@pytest.mark.looptime
async def test_a_text_that_is_too_long_to_be_handed_in_says_nothing_of_the_next() -> None:
    refused = RefusedRungs()
    long = Upstream([*text("one"), CUT], [Rejected(413, "too large")], whole("one two"))

    events = await play(long, dialect="groq", refused=refused)
    others = await play(
        Upstream([*text("one"), CUT], whole(" two")), dialect="groq", refused=refused
    )

    assert (rungs(events), rungs(others)) == ([(Rung.REGENERATE, True)], [(Rung.PREFILL, False)])
