from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.events import Message
from steadystream.protocol.responses.transcript import ResponseTranscript
from support.response_events import Spoken, events_in, transcript_of

DIRECTORY = os.environ.get("STEADYSTREAM_RECORDINGS")
RECORDED = sorted(Path(DIRECTORY).glob("_responses/*/*.sse")) if DIRECTORY else []

KINDS = {
    "text": Spoken().message("Once ", "upon ", "a time."),
    "annotations": Spoken().message("See", " here", annotations=[{"type": "url_citation"}]),
    "logprobs": Spoken().message("One", " two", logprobs=True),
    "refusal": Spoken().refusal("I ", "cannot."),
    "reasoning": Spoken().reasoning("Hm, ", "well.").message("So."),
    "hidden reasoning": Spoken().reasoning(encrypted="c2VhbGVk").message("So."),
    "call": Spoken().call("f", '{"a":', "1}"),
    "custom call": Spoken().call("shell", "ls ", "-l", kind="custom_tool_call"),
    "calls and text": Spoken().message("I look.").call("f", "{}").call("g", '{"x": 2}'),
    "search": Spoken().search("news").message("Today."),
}
each = pytest.mark.parametrize("kind", KINDS)


@each
def test_what_came_before_the_end_makes_the_output_that_the_end_tells(kind: str) -> None:
    spoken = KINDS[kind]
    before = transcript_of(spoken.events)

    after = transcript_of([*spoken.events, *events_in(_end_of(spoken))])

    assert before.output == after.last["output"] == after.output
    assert (before.text, before.reasoning) == (after.text, after.reasoning)
    assert after.is_finished
    assert not before.is_finished


def _end_of(spoken: Spoken) -> bytes:
    raws = len(spoken.raws)
    spoken.end()
    return b"".join(spoken.raws[raws:])


@pytest.mark.skipif(not RECORDED, reason="STEADYSTREAM_RECORDINGS names no directory")
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_recorded_events_make_the_output_that_their_end_tells(path: Path) -> None:
    transcript = ResponseTranscript()

    for event in events_in(path.read_bytes()):
        said = event.said if isinstance(event, Message) else None
        if said is not None and said.ends:
            assert said.response is not None
            told = list(map(_lasting, said.response["output"]))
            assert list(map(_lasting, transcript.output)) == told
        if said is not None:
            transcript.feed(said)

    assert transcript.is_finished


def _lasting(item: dict[str, object]) -> dict[str, object]:
    """Leave out what servers write anew each time they tell an item."""
    return {n: v for n, v in item.items() if n not in {"encrypted_content", "id"}}


def test_the_parts_are_told_apart() -> None:
    spoken = Spoken().reasoning("Hm.").message("I look.").call("f", '{"a":1}').refusal("No.").end()

    transcript = transcript_of(spoken.events)

    assert transcript.text == "I look."
    assert transcript.reasoning == "Hm."
    assert transcript.refusal == "No."
    assert [(c.id, c.name, c.arguments) for c in transcript.tool_calls] == [
        ("call_a2", "f", '{"a":1}')
    ]
    assert transcript.usage == {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12}
    assert (transcript.id, transcript.model, transcript.status) == (
        "resp_a",
        "model-a",
        "completed",
    )


def test_a_text_that_is_told_as_a_whole_and_in_no_deltas_is_kept() -> None:
    spoken = Spoken().message()
    where = {"output_index": 0, "content_index": 0}
    spoken.raws = spoken.raws[:4]
    spoken.event("response.output_text.done", **where, text="All of it.")

    assert transcript_of(spoken.events).text == "All of it."


@each
@given(data=st.data())
def test_a_stored_transcript_goes_on_where_it_was(kind: str, data: st.DataObject) -> None:
    events = KINDS[kind].events
    cut = data.draw(st.integers(0, len(events)))
    stored = transcript_of(events[:cut]).to_json()

    read = ResponseTranscript.from_json(stored)
    for event in events[cut:]:
        assert isinstance(event, Message)
        assert event.said is not None
        read.feed(event.said)

    assert read == transcript_of(events)
    assert read.to_json() == transcript_of(events).to_json()


@pytest.mark.parametrize("stored", ["", "[]", "{}", '{"object": "steadystream.transcript"}'])
def test_what_is_no_stored_transcript_is_refused(stored: str) -> None:
    with pytest.raises(ValueError, match="expected a stored response transcript"):
        ResponseTranscript.from_json(stored)


def test_numbers_that_do_not_follow_each_other_are_noticed() -> None:
    events = Spoken().message("One", "two").events

    assert transcript_of(events).is_numbered
    assert not transcript_of([*events[:3], *events[4:]]).is_numbered
    assert not transcript_of(Spoken(numbered=False).events).is_numbered


def test_reasoning_that_is_void_is_not_told() -> None:
    transcript = transcript_of(Spoken().reasoning("Hm.").message("So.").events)

    transcript.forget_reasoning()

    assert transcript.reasoning == ""
    assert transcript.text == "So."
