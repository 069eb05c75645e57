from __future__ import annotations

from typing import Any

import pytest

from steadystream.errors import GaveUp
from steadystream.events import Batch, Rung
from steadystream.protocol.continuation import Continuation
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.ladder import RUNGS, Ladder
from steadystream.protocol.responses.continuation import continuation
from steadystream.request import Request
from support.response_events import Spoken, transcript_of

URL = "http://upstream/v1/responses"
BODY: dict[str, Any] = {"model": "m", "input": "hi", "stream": True}
REQUEST = Request(URL, BODY)
SAID = "It was a dark and stormy night"


def on(events: Batch, *rungs: Rung, **more: Any) -> Continuation | GaveUp:
    request = Request(URL, {**BODY, **more})
    ladder = Ladder(frozenset(rungs or RUNGS))
    return continuation(request, transcript_of(events), DIALECTS["vllm"], ladder)


def text(**settings: Any) -> Batch:
    return Spoken(**settings).message(SAID).events[:5]


def test_a_response_in_the_background_is_followed() -> None:
    found = on(text(background=True))

    assert isinstance(found, Continuation)
    assert found.rung is Rung.CURSOR
    assert found.request is not None
    assert found.request.method == "GET"
    assert found.request.url == f"{URL}/resp_a?stream=true&starting_after=4"


@pytest.mark.parametrize("settings", [{}, {"background": True, "numbered": False}], ids=repr)
def test_a_response_that_cannot_be_followed_is_asked_for_again(settings: dict[str, Any]) -> None:
    found = on(text(**settings))

    assert isinstance(found, Continuation)
    assert found.rung is Rung.REGENERATE
    assert found.request == REQUEST


def test_numbers_with_a_gap_are_not_gone_on_from() -> None:
    events = text(background=True)

    assert on([*events[:2], *events[3:]], Rung.CURSOR) is GaveUp.CANNOT_CONTINUE


@pytest.mark.parametrize("id", ["", ".", "..", None, 7], ids=repr)
def test_an_id_that_is_none_is_not_followed(id: object) -> None:
    assert on(text(background=True, id=id), Rung.CURSOR) is GaveUp.CANNOT_CONTINUE


def test_what_somebody_follows_is_followed_and_not_asked_for_again() -> None:
    request = Request(f"{URL}/resp_a?stream=true&starting_after=1", {}, method="GET")
    so_far = transcript_of(text()[2:])

    found = continuation(request, so_far, DIALECTS["openai"])
    refused = continuation(request, so_far, DIALECTS["openai"], Ladder(RUNGS - {Rung.CURSOR}))

    assert isinstance(found, Continuation)
    assert found.request is not None
    assert found.request.url == f"{URL}/resp_a?stream=true&starting_after=4"
    assert refused is GaveUp.CANNOT_CONTINUE


def test_a_model_is_asked_in_words_only_if_that_is_allowed() -> None:
    found = on(text(), Rung.INSTRUCT, max_output_tokens=50)

    assert isinstance(found, Continuation)
    assert found.request is not None
    assert found.anchor == SAID
    user, assistant, said = found.request.body["input"]
    assert user == {"role": "user", "content": "hi"}
    assert assistant == {"role": "assistant", "content": SAID}
    assert said["content"].endswith(SAID)
    assert found.request.body["max_output_tokens"] == 50 - 1 + len(SAID) // 4
    assert on(text(), Rung.CURSOR) is GaveUp.CANNOT_CONTINUE


SHAPED = {"text": {"format": {"type": "json_schema", "name": "x", "schema": {}}}}
OBSTACLES: dict[str, tuple[Batch, dict[str, Any], GaveUp]] = {
    "call": (Spoken().call("f", "{}").events, {}, GaveUp.TORN_TOOL_CALL),
    "refusal": (Spoken().refusal("I cannot").events[:5], {}, GaveUp.REFUSAL),
    "reasoning": (Spoken().reasoning("Hm.").events[:5], {}, GaveUp.TORN_REASONING),
    "json": (text(), SHAPED, GaveUp.CONSTRAINED_FORMAT),
    "forced call": (text(), {"tool_choice": "required"}, GaveUp.CONSTRAINED_FORMAT),
    "sources": (
        Spoken().message(SAID, annotations=[{"type": "url_citation"}]).events[:6],
        {},
        GaveUp.ANNOTATIONS,
    ),
    "audio": (Spoken().event("response.audio.delta", delta="UklG").events, {}, GaveUp.AUDIO),
}


@pytest.mark.parametrize("kind", OBSTACLES)
def test_what_is_no_plain_text_is_not_asked_for_in_words(kind: str) -> None:
    events, body, why = OBSTACLES[kind]

    assert on(events, Rung.INSTRUCT, **body) is why


SEALED = Spoken().reasoning("Hm.", encrypted="c2VhbA").events
IMAGE = (
    Spoken()
    .event("response.output_item.added", output_index=0, item={"type": "image_generation_call"})
    .events
)
NEW = (
    Spoken()
    .event("response.output_item.added", output_index=0, item={"type": "new_call"})
    .event("response.new_call.delta", output_index=0, delta="x")
    .events
)


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (SEALED, GaveUp.TORN_REASONING),
        (IMAGE, GaveUp.CANNOT_CONTINUE),
        (NEW, GaveUp.CANNOT_CONTINUE),
        (OBSTACLES["audio"][0], GaveUp.AUDIO),
    ],
    ids=["sealed reasoning", "an image", "deltas nobody knows", "audio"],
)
def test_what_cannot_come_again_is_not_asked_for_again(events: Batch, why: GaveUp) -> None:
    assert on(events, Rung.REGENERATE) is why


OPEN = Spoken().reasoning("Hm, ", "well.").events[:4]
SEALED_AHEAD = (
    Spoken()
    .event(
        "response.output_item.added",
        output_index=0,
        item={"id": "rs_a0", "type": "reasoning", "summary": [], "encrypted_content": "c2VhbA"},
    )
    .event(
        "response.reasoning_summary_text.delta",
        item_id="rs_a0",
        output_index=0,
        summary_index=0,
        delta="Hm, ",
    )
    .events
)


@pytest.mark.parametrize(
    ("events", "include"),
    [(SEALED_AHEAD, []), (OPEN, ["reasoning.encrypted_content"])],
    ids=["sealed when it began", "to be sealed at its end"],
)
def test_torn_reasoning_is_not_given_the_seal_of_another(events: Batch, include: list[str]) -> None:
    # A server refuses what is sealed where the id is another one than it was sealed with.
    assert on(events, Rung.REGENERATE, include=include) is GaveUp.TORN_REASONING


def test_torn_reasoning_that_nobody_seals_is_asked_for_again() -> None:
    found = on(OPEN, Rung.REGENERATE, include=["message.output_text.logprobs"])

    assert isinstance(found, Continuation)


def test_sealed_reasoning_is_told_anew_where_the_caller_wants_that() -> None:
    ladder = Ladder(frozenset({Rung.REGENERATE}), reasoning="again")

    found = continuation(REQUEST, transcript_of(SEALED), DIALECTS["openai"], ladder)

    assert isinstance(found, Continuation)
    assert found.anew


def test_all_of_it_goes_on_by_cursor() -> None:
    for spoken in (
        Spoken(background=True).reasoning("Hm.", encrypted="c2VhbA"),
        Spoken(background=True).event("response.audio.delta", delta="UklG"),
        Spoken(background=True).call("f", '{"a":1}'),
    ):
        found = on(spoken.events)
        assert isinstance(found, Continuation)
        assert found.rung is Rung.CURSOR
