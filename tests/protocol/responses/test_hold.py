from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.events import Message
from steadystream.protocol.responses.head import ResponseHead
from steadystream.protocol.responses.hold import ResponseHold
from support.response_events import Spoken, events_in, types_of

WHOLE = Spoken().message("I look.").call("f", '{"a":', "1}").call("g", "{}").message("x").end()
KINDS = ["function_call", "custom_tool_call", "mcp_call"]


@given(st.integers(0, len(WHOLE.raws)))
def test_of_calls_only_whole_ones_pass_and_nothing_is_lost(cut: int) -> None:
    hold, passed = ResponseHold(), []

    for event in WHOLE.events[:cut]:
        passed += hold.feed([event])

    assert [*passed, *hold.held] == WHOLE.events[:cut]
    types = types_of(passed)
    items = [e.said for e in passed if isinstance(e, Message) and e.said and e.said.item]
    begun = [s for s in items if s.type.endswith("added") and s.item and "name" in s.item]
    done = [s for s in items if s.type.endswith("done") and s.item and "name" in s.item]
    assert len(begun) == len(done) == types.count("response.function_call_arguments.done")


@given(st.integers(0, len(WHOLE.raws)))
def test_where_batches_end_does_not_matter(cut: int) -> None:
    hold = ResponseHold()

    passed = [*hold.feed(WHOLE.events[:cut]), *hold.feed(WHOLE.events[cut:]), *hold.close()]

    assert passed == WHOLE.events


@pytest.mark.parametrize("kind", KINDS)
def test_calls_of_every_kind_are_held(kind: str) -> None:
    events = Spoken().call("f", '{"a":', "1}", kind=kind).events

    assert types_of(ResponseHold().feed(events[:5])) == ["response.created", "response.in_progress"]


def test_a_call_that_the_provider_answers_passes_with_its_arguments() -> None:
    events = Spoken().call("f", '{"a":', "1}", kind="mcp_call").events

    assert ResponseHold().feed(events[:-1]) == events[:-1]


def test_comments_pass_at_once() -> None:
    hold = ResponseHold()
    hold.feed(Spoken().call("f", "{}").events[:3])
    comment = events_in(b": keep-alive\n\n")

    assert hold.feed(comment) == comment


def test_a_response_that_ends_inside_a_call_ends_so() -> None:
    events = [*Spoken().call("f", '{"a":').events[:4], *Spoken().end("incomplete").events[2:]]

    assert ResponseHold().feed(events) == events


def test_a_beginning_waits_for_the_answer() -> None:
    head, events = ResponseHead(), Spoken().message("One").events

    assert head.feed(events[:4]) == []
    assert head.feed(events[4:5]) == events[:5]
    assert head.is_open


def test_a_response_in_the_background_is_shown_at_once() -> None:
    events = Spoken(background=True).events

    assert ResponseHead().feed(events[:1]) == events[:1]
