from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.test_hold import head, part
from protocol.test_splice import SECOND, chunks, events, words
from stages.test_recover_calls import arguments
from steadystream.errors import Disconnected, SpliceMismatch
from steadystream.events import Message, Restarted, Resumed, Rung
from steadystream.protocol.match import Match
from steadystream.protocol.transcript import Transcript
from support.scripted import DONE, ROLE, STOP, USAGE, chunk

CAUSE = Disconnected(3, "cut")


def delivered(*raw: bytes) -> Transcript:
    so_far = Transcript()
    for event in events(ROLE, *raw):
        assert isinstance(event, Message)
        assert event.chunk is not None
        so_far.feed(event.chunk)
    return so_far


def said(*deltas: dict[str, Any] | str, finish: str | None = None, **more: Any) -> list[bytes]:
    held = [{"content": each} if isinstance(each, str) else each for each in deltas]
    return [*(chunk(each, **more) for each in held), *([chunk(finish=finish)] if finish else [])]


def after(*deltas: dict[str, Any] | str, anew: bool = False) -> Match:
    return Match(delivered(*said(*deltas)), 2, CAUSE, anew=anew)


def again(match: Match, *deltas: dict[str, Any] | str, finish: str | None = "stop") -> Any:
    return match.feed(events(ROLE, *said(*deltas, finish=finish, **SECOND), DONE))


def reasoned(batch: Any) -> str:
    deltas = [c["delta"] for d in chunks(batch) for c in d["choices"]]
    return "".join(d.get("reasoning") or d.get("reasoning_content") or "" for d in deltas)


def seams(batch: Any) -> list[tuple[Rung, bool]]:
    return [(e.seam.rung, e.seam.verified) for e in batch if isinstance(e, Resumed)]


def test_what_comes_again_is_dropped_and_the_rest_passes() -> None:
    batch = again(after("one", " two"), "one", " tw", "o three", " four")

    assert words(batch) == " three four"
    assert seams(batch) == [(Rung.REGENERATE, True)]


def test_the_rest_looks_like_the_first_attempt() -> None:
    documents = chunks(again(after("one"), "one", " two"))

    assert {document["id"] for document in documents} == {"chatcmpl-1"}
    assert not any("role" in c["delta"] for d in documents for c in d["choices"])


@pytest.mark.parametrize("other", ["two", "onE", "o", "one"])
def test_another_answer_delivers_nothing(other: str) -> None:
    match = after("one", " two")

    with pytest.raises(SpliceMismatch, match="expected a continuation that repeats"):
        again(match, other, finish="stop")


def test_an_end_before_all_came_again_is_no_seam() -> None:
    with pytest.raises(SpliceMismatch):
        after("one").feed(events(chunk({"content": "on"}), DONE))
    with pytest.raises(SpliceMismatch):
        after("one").close()


def test_an_end_that_comes_where_the_answer_was_cut_is_the_end() -> None:
    batch = again(after("one"), "one")

    assert (words(batch), chunks(batch)[0]["choices"][0]["finish_reason"]) == ("", "stop")


def test_usage_of_an_answer_that_came_again_stands_as_it_came() -> None:
    batch = after("one").feed(events(chunk({"content": "one"}), STOP, USAGE, DONE))

    assert chunks(batch)[-1]["usage"]["completion_tokens"] == 2


def test_reasoning_before_text_has_to_come_again_too() -> None:
    thought = {"reasoning_content": "hm"}

    assert words(again(after(thought, "so"), thought, "so it is")) == " it is"
    with pytest.raises(SpliceMismatch):
        again(after(thought, "so"), {"reasoning_content": "ah"}, "so it is")
    with pytest.raises(SpliceMismatch):
        again(after(thought, "so"), "so it is")


# Reasoning that was cut


def test_reasoning_that_comes_again_goes_on_where_it_was_cut() -> None:
    batch = again(
        after({"reasoning": "one, t"}), {"reasoning": "one,"}, {"reasoning": " two"}, "so"
    )

    assert (reasoned(batch), words(batch)) == ("wo", "so")
    assert seams(batch) == [(Rung.REGENERATE, True)]


@pytest.mark.parametrize("other", ["ah, well", "one", "one, x"])
def test_other_reasoning_is_dropped_until_the_answer_begins(other: str) -> None:
    batch = again(after({"reasoning": "one, two"}), {"reasoning": other}, "so")

    assert (reasoned(batch), words(batch)) == ("", "so")
    assert seams(batch) == [(Rung.REGENERATE, False)]


def test_reasoning_between_parts_of_the_answer_is_no_repetition() -> None:
    batch = again(after({"reasoning": "one"}), {"reasoning": "two"}, "so", {"reasoning": "three"})

    assert reasoned(batch) == "three"


def test_what_signs_other_reasoning_is_not_delivered() -> None:
    detail = {"type": "reasoning.text", "text": "one, two", "signature": "c2ln", "index": 0}
    signed = {"reasoning": "one, two", "reasoning_details": [detail]}

    batch = again(after({"reasoning": "one,"}), signed, "so")

    assert b"c2ln" not in b"".join(e.raw for e in batch if isinstance(e, Message))
    assert words(batch) == "so"


def test_reasoning_of_mistral_is_found_in_its_parts() -> None:
    thought = {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "one"}]}]}

    batch = again(after(thought), thought, "so")

    assert (reasoned(batch), words(batch)) == ("", "so")


def test_reasoning_comes_again_behind_a_restart_where_that_is_asked_for() -> None:
    batch = again(after({"reasoning": "one"}, anew=True), {"reasoning": "two"}, "so")

    assert (reasoned(batch), words(batch)) == ("two", "so")
    assert [e for e in batch if isinstance(e, Restarted)] == [Restarted(2, CAUSE)]
    assert seams(batch) == []


def test_reasoning_that_comes_in_details_alone_goes_on_where_it_was_cut() -> None:
    def detail(text: str) -> dict[str, Any]:
        return {"reasoning_details": [{"type": "reasoning.text", "text": text, "index": 0}]}

    batch = again(after(detail("one,")), detail("one, two"), "so")

    assert (reasoned(batch), words(batch)) == (" two", "so")


# Calls


def test_a_whole_call_is_dropped_when_it_comes_again_under_another_id() -> None:
    call = head("f", 0, '{"a":1}')
    other = head("f", 0, '{"a":1}')
    other["tool_calls"][0]["id"] = "call_other"

    batch = again(after(call), other, head("g", 1, "{}"), finish="tool_calls")

    assert arguments(batch) == ["{}"]


@pytest.mark.parametrize(
    "other",
    [
        [head("g", 0, '{"a":1}')],
        [head("f", 0, '{"a":2}')],
        [head("f", 0, '{"a":1}'), part(" ")],
        [head("f", 0, '{"a":1')],
        ["text"],
        [],
    ],
)
def test_another_call_is_no_seam(other: list[Any]) -> None:
    with pytest.raises(SpliceMismatch):
        again(after(head("f", 0, '{"a":1}')), *other, finish="tool_calls")


def test_a_streamed_call_goes_on_under_its_first_id() -> None:
    named = head("f", 0, '{"a"')
    named["tool_calls"][0]["id"] = "call_other"

    batch = again(after(head("f"), part('{"')), named, part(":1}"), finish="tool_calls")

    assert arguments(batch) == ['a":1}']
    parts = [
        p for d in chunks(batch) for c in d["choices"] for p in c["delta"].get("tool_calls", ())
    ]
    assert [p.get("id") for p in parts] == ["call_f", None]
    assert not any(p["function"].get("name") for p in parts)


def test_the_one_call_of_the_older_api_is_compared_too() -> None:
    def call(arguments: str) -> dict[str, Any]:
        return {"function_call": {"name": "f", "arguments": arguments}}

    batch = again(after(call('{"a"')), call('{"a":1}'), finish="function_call")

    assert chunks(batch)[0]["choices"][0]["delta"] == {"function_call": {"arguments": ":1}"}}
    with pytest.raises(SpliceMismatch):
        again(after(call('{"a"')), call('{"b":1}'))


def test_the_one_call_of_the_older_api_may_come_behind_the_text() -> None:
    call = {"function_call": {"name": "f", "arguments": "{}"}}

    batch = again(after("one"), "one", call, finish="function_call")

    assert chunks(batch)[0]["choices"][0]["delta"] == call
    assert words(again(after(call), call, "more")) == "more"


def test_a_call_of_another_type_is_no_seam() -> None:
    custom = {"index": 0, "id": "c", "type": "custom", "custom": {"name": "f", "input": "{}"}}

    with pytest.raises(SpliceMismatch, match="a call of type custom"):
        again(after(head("f", 0, "{}")), {"tool_calls": [custom]})


def test_the_input_of_a_custom_tool_goes_on_where_it_was_cut() -> None:
    def custom(said: str) -> dict[str, Any]:
        part = {"index": 0, "id": "c", "type": "custom", "custom": {"name": "sh", "input": said}}
        return {"tool_calls": [part]}

    batch = again(after(custom("ls ")), custom("ls -l"), finish="tool_calls")

    (part,) = chunks(batch)[0]["choices"][0]["delta"]["tool_calls"]
    assert part == {"index": 0, "type": "custom", "id": "c", "custom": {"input": "-l"}}


# Everything else


def test_a_refusal_goes_on_where_it_was_cut() -> None:
    batch = again(after({"refusal": "I can"}), {"refusal": "I cannot"})

    assert next(c["delta"].get("refusal") for d in chunks(batch) for c in d["choices"]) == "not"


def test_annotations_are_delivered_once() -> None:
    def source(url: str) -> dict[str, Any]:
        return {"annotations": [{"type": "url_citation", "url_citation": {"url": url}}]}

    batch = again(after("one", source("a")), "one", source("a"), source("b"))

    (first, *_) = [d["choices"][0]["delta"] for d in chunks(batch)]
    assert first == source("b")
    with pytest.raises(SpliceMismatch):
        again(after("one", source("a")), "one", source("c"))


def test_log_probabilities_stay_with_the_tokens_that_are_left() -> None:
    tokens = [{"token": "one", "logprob": -1.0}, {"token": " two", "logprob": -2.0}]
    raw = chunk({"content": "one two"}).replace(
        b'"delta"', b'"logprobs": ' + json.dumps({"content": tokens}).encode() + b', "delta"'
    )

    (document,) = chunks(after("one").feed(events(raw)))
    (torn,) = chunks(after("on").feed(events(raw)))

    assert document["choices"][0]["logprobs"] == {"content": tokens[1:]}
    assert torn["choices"][0]["logprobs"] is None


def of(index: int, text: str = "", finish: str | None = None) -> bytes:
    raw = chunk({"content": text} if text else {}, finish)
    return raw.replace(b'"index": 0', f'"index": {index}'.encode())


def test_each_choice_is_compared_with_its_own() -> None:
    so_far = delivered(of(0, "one"), of(1, "uno"), of(1, finish="stop"))
    reply = [of(1, "due"), of(0, "on"), of(2, "ein"), of(0, "e two"), of(0, finish="stop")]

    batch = Match(so_far, 2, CAUSE).feed(events(*reply, of(2, finish="stop"), DONE))

    whole = Transcript()
    for event in [e for e in batch if isinstance(e, Message) and e.chunk is not None]:
        assert event.chunk is not None
        whole.feed(event.chunk)
    assert [(c.index, c.text) for c in whole.choices] == [(0, " two"), (2, "ein")]


_PIECES = ["one", " two", "a", "aa", " ", "\n", "é", "🌊", '"\\']


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=8), st.data())
def test_wherever_it_is_cut_and_however_it_comes_again_it_is_one_answer(
    pieces: list[str], data: st.DataObject
) -> None:
    whole = "".join(pieces)
    cut = data.draw(st.integers(1, len(whole)))
    places = sorted(data.draw(st.sets(st.integers(1, max(1, len(whole) - 1)), max_size=6)))
    ends = [0, *(place for place in places if place < len(whole)), len(whole)]

    batch = again(after(whole[:cut]), *(whole[a:b] for a, b in itertools.pairwise(ends)))

    assert whole[:cut] + words(batch) == whole


@given(st.text(min_size=1, max_size=9), st.text(max_size=9), st.integers(1, 4))
def test_what_is_no_repetition_delivers_nothing(first: str, other: str, size: int) -> None:
    match = after(first)
    seen = ""
    try:
        for at in range(0, len(other), size):
            seen += words(match.feed(events(chunk({"content": other[at : at + size]}))))
        match.close()
    except SpliceMismatch:
        assert seen == ""
    else:
        assert first + seen == other
