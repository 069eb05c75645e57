from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import SpliceMismatch
from steadystream.events import Batch, Event, Restarted, Resumed, Rung
from steadystream.protocol.api import RESPONSES
from steadystream.protocol.responses.match import ResponseMatch
from steadystream.protocol.responses.transcript import ResponseTranscript
from support.response_events import (
    Spoken,
    documents_of,
    numbers_of,
    seam,
    transcript_of,
    types_of,
)

SOURCE = {"type": "url_citation", "url": "https://x", "start_index": 0, "end_index": 3}


def text(spoken: Spoken) -> Spoken:
    return spoken.message("Once ", "upon ", "a ", "time.").end()


def everything(spoken: Spoken) -> Spoken:
    spoken.reasoning("Hm, ", "well.").search("news").message("I ", "look.", annotations=[SOURCE])
    return spoken.call("f", '{"a":', "1}").call("sh", "ls ", "-l", kind="custom_tool_call").end()


def refusal(spoken: Spoken) -> Spoken:
    return spoken.refusal("I ", "cannot.").end()


KINDS = {"text": text, "everything": everything, "refusal": refusal}


def delivered(events: Batch, *, holds: bool = True) -> Batch:
    """Return what is delivered of the beginning of an attempt."""
    held = RESPONSES.hold().feed(events) if holds else events
    return RESPONSES.head().feed(held)


def matched(before: Batch, again: Batch, *, anew: bool = False, holds: bool = True) -> Batch:
    so_far = transcript_of(before)
    match = ResponseMatch(so_far, seam(so_far, Rung.REGENERATE), anew=anew)
    return [*match.feed(RESPONSES.hold().feed(again) if holds else again), *match.close()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("holds", [True, False], ids=["held", "streamed"])
@pytest.mark.parametrize("numbered", [True, False], ids=["numbered", "bare"])
@given(data=st.data())
def test_the_same_response_goes_on_wherever_it_was_cut(
    kind: str, holds: bool, numbered: bool, data: st.DataObject
) -> None:
    first = KINDS[kind](Spoken("a", numbered=numbered)).events
    again = KINDS[kind](Spoken("b", numbered=numbered)).events
    before = delivered(first[: data.draw(st.integers(1, len(first) - 1))], holds=holds)
    if not before:
        return

    joined = [*before, *matched(before, again, holds=holds)]

    whole = transcript_of(joined)
    assert types_of(joined) == types_of(first)
    assert numbers_of(joined) == numbers_of(first)
    assert _without_foreign_ids(whole, len(before)) == _said(transcript_of(first))


def _said(transcript: ResponseTranscript) -> list[Any]:
    texts = (transcript.text, transcript.reasoning, transcript.refusal)
    return [*texts, [(c.name, c.arguments) for c in transcript.tool_calls]]


def _without_foreign_ids(whole: ResponseTranscript, delivered: int) -> list[Any]:
    assert delivered
    assert whole.id == "resp_a"
    assert whole.model == "model-a"
    assert whole.upstream_id == "resp_b"
    assert whole.last["output"] == [item.told() for item in whole.items]
    return _said(whole)


def test_texts_may_be_cut_into_other_deltas() -> None:
    first = Spoken("a").message("Once upon", " a").events
    before = [*first[:6]]
    again = Spoken("b").message("O", "nce", " upon a", " time.").end().events

    rest = matched(before, again)

    deltas = [d["delta"] for d in documents_of(rest) if d["type"].endswith("text.delta")]
    assert deltas == [" time."]
    assert transcript_of([*before, *rest]).text == "Once upon a time."


def test_log_probabilities_stay_with_their_tokens() -> None:
    before = Spoken("a").message("Once", logprobs=True).events[:5]
    again = Spoken("b").message("On", "ce up", "on", logprobs=True).end().events

    deltas = [d for d in documents_of(matched(before, again)) if "delta" in d]

    assert [(d["delta"], d["logprobs"]) for d in deltas] == [
        (" up", []),  # the seam is inside a token, of which nobody knows the rest
        ("on", [{"token": "on", "logprob": -1.0}]),
    ]


def test_the_ids_of_the_first_attempt_hold_for_what_it_began() -> None:
    before = Spoken("a").message("One", " two").events[:5]
    again = Spoken("b").message("One", " two").call("f", "{}").end().events

    rest = documents_of(matched(before, again))

    ids = {d["item_id"] for d in rest if "item_id" in d and d["output_index"] == 0}
    assert ids == {"msg_a0"}
    ended = rest[-1]["response"]
    assert [item["id"] for item in ended["output"]] == ["msg_a0", "fc_b1"]
    assert (ended["id"], ended["created_at"]) == ("resp_a", 1_700_000_001)


def test_the_id_of_a_call_that_was_delivered_stays() -> None:
    first = Spoken("a").call("f", '{"a":1}').call("g", "{}").events
    before = delivered(first[:-2])
    again = Spoken("b").call("f", '{"a":1}').call("g", "{}").end().events

    whole = transcript_of([*before, *matched(before, again)])

    assert [call.id for call in whole.tool_calls] == ["call_a0", "call_b1"]


OTHERS = {
    "text": Spoken("b").message("Twice ", "upon a time.").end(),
    "shorter text": Spoken("b").message("Once").end(),
    "item": Spoken("b").call("f", "{}").end(),
    "end": Spoken("b").end(),
    "refusal": Spoken("b").refusal("Once upon").end(),
    "more in front": Spoken("b").reasoning("Hm.").message("Once upon a time.").end(),
}


@pytest.mark.parametrize("other", OTHERS)
def test_nothing_is_delivered_of_another_response(other: str) -> None:
    before = Spoken("a").message("Once ", "upon ", "a time.").events[:6]
    so_far = transcript_of(before)
    match = ResponseMatch(so_far, seam(so_far, Rung.REGENERATE))
    passed: list[Event] = []

    def feed_all() -> None:
        for event in OTHERS[other].events:
            passed.extend(match.feed([event]))

    with pytest.raises(SpliceMismatch, match="repeats what was delivered"):
        feed_all()

    assert passed == []


CALLS = {
    "name": Spoken("b").call("g", '{"a":1}').end(),
    "arguments": Spoken("b").call("f", '{"a":2}').end(),
    "kind": Spoken("b").call("f", '{"a":1}', kind="mcp_call").end(),
}


@pytest.mark.parametrize("differs", CALLS)
def test_a_call_has_to_come_again_as_it_was(differs: str) -> None:
    before = delivered(Spoken("a").call("f", '{"a":1}').message("x").events)

    with pytest.raises(SpliceMismatch):
        matched(before, CALLS[differs].events)


def test_a_search_that_finds_something_else_is_another_response() -> None:
    before = Spoken("a").search("news").message("Today").events[:-3]

    with pytest.raises(SpliceMismatch, match="web_search_call: action differ"):
        matched(before, Spoken("b").search("weather").message("Today").end().events)


def test_sources_have_to_come_again_as_they_were() -> None:
    before = Spoken("a").message("See", annotations=[SOURCE]).events[:6]
    other = {**SOURCE, "url": "https://y"}

    with pytest.raises(SpliceMismatch):
        matched(before, Spoken("b").message("See", annotations=[other]).end().events)


def test_reasoning_that_comes_again_goes_on() -> None:
    before = Spoken("a").reasoning("Hm, ", "well.").events[:5]
    again = Spoken("b").reasoning("Hm", ", well.").message("So.").end().events

    rest = matched(before, again)
    whole = transcript_of([*before, *rest])

    assert isinstance(rest[0], Resumed)
    assert rest[0].seam.verified
    assert (whole.reasoning, whole.text) == ("Hm, well.", "So.")


@pytest.mark.parametrize("cut", range(4, 9))
@pytest.mark.parametrize(
    "thought", [("Other.",), ("Hm; so it is,", " I think."), ("Hm",), ()], ids=repr
)
def test_of_other_reasoning_only_the_answer_behind_it_is_delivered(
    cut: int, thought: tuple[str, ...]
) -> None:
    before = delivered(Spoken("a").reasoning("Hm, ", "well.").events[:cut])
    again = Spoken("b").reasoning(*thought).message("So.").end().events
    if not before:
        return

    rest = matched(before, again)

    whole = transcript_of([*before, *rest])
    assert isinstance(rest[0], Resumed)
    assert not rest[0].seam.verified
    assert whole.reasoning == transcript_of(before).reasoning
    assert whole.text == "So."
    assert [item["type"] for item in whole.last["output"]] == ["reasoning", "message"]
    assert [item["id"] for item in whole.last["output"]] == ["rs_a0", "msg_b1"]
    assert numbers_of([*before, *rest]) == list(range(len(before) + len(rest) - 1))


def test_reasoning_that_is_cut_for_good_is_closed_as_it_was() -> None:
    before = Spoken("a").reasoning("Hm, ", "well.").events[:5]
    again = Spoken("b").reasoning("Other.").message("So.").end().events

    closing = documents_of(matched(before, again))[:3]

    assert [document["type"] for document in closing] == [
        "response.reasoning_summary_text.done",
        "response.reasoning_summary_part.done",
        "response.output_item.done",
    ]
    assert closing[0]["text"] == "Hm, "
    assert closing[2]["item"]["status"] == "incomplete"
    assert closing[2]["item"]["summary"] == [{"type": "summary_text", "text": "Hm, "}]


def test_what_seals_other_reasoning_is_not_put_behind_the_first() -> None:
    before = Spoken("a").reasoning("Hm, ", "well.").events[:5]
    again = Spoken("b").reasoning("Other.", encrypted="c2VhbA").message("So.").end().events

    assert b"c2VhbA" not in b"".join(e.raw for e in matched(before, again) if hasattr(e, "raw"))


def test_reasoning_may_be_told_anew_behind_the_first() -> None:
    before = Spoken("a").reasoning("Hm, ", "well.").events[:5]
    again = Spoken("b").reasoning("Other.").message("So.").end().events

    rest = matched(before, again, anew=True)

    whole = transcript_of([*before, *rest])
    assert isinstance(rest[0], Restarted)
    assert (whole.reasoning, whole.text) == ("Other.", "So.")
    assert [item["id"] for item in whole.last["output"]] == ["rs_a0", "rs_b0", "msg_b1"]
    indices = [d["output_index"] for d in documents_of(rest) if "output_index" in d]
    assert indices == sorted(indices)


def test_an_attempt_that_ends_before_all_came_again_is_another_response() -> None:
    before = Spoken("a").message("Once ", "upon").events[:6]
    so_far = transcript_of(before)
    match = ResponseMatch(so_far, seam(so_far, Rung.REGENERATE))

    match.feed(Spoken("b").message("Once ").events[:5])
    with pytest.raises(SpliceMismatch):
        match.close()


def test_what_nobody_waits_for_is_dropped() -> None:
    before = Spoken("a").message("One", " two").events[:5]
    again = Spoken("b").event("keepalive").message("One", " two").end().events

    assert "keepalive" not in types_of(matched(before, again))
