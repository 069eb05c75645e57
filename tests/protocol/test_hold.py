from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import Malformed
from steadystream.events import Batch, Comment, Message, Opened, WireEvent
from steadystream.protocol.hold import Hold
from steadystream.protocol.reading import Reader
from support.scripted import DONE, ROLE, STOP, USAGE, chunk

END = chunk(finish="tool_calls")


def part(arguments: str, index: int | None = 0, **more: Any) -> dict[str, Any]:
    place = {} if index is None else {"index": index}
    return {"tool_calls": [{**place, **more, "function": {"arguments": arguments}}]}


def head(name: str, index: int | None = 0, arguments: str = "") -> dict[str, Any]:
    place = {} if index is None else {"index": index}
    function = {"name": name, "arguments": arguments}
    call = {**place, "id": f"call_{name}", "type": "function", "function": function}
    return {"tool_calls": [call]}


def events(*raw: bytes) -> Batch:
    return Reader().feed(b"".join(raw))


def passed(hold: Hold, *raw: bytes) -> list[bytes]:
    return [e.raw for e in hold.feed(events(*raw)) if isinstance(e, WireEvent)]


def test_text_passes_at_once_and_as_it_is() -> None:
    batch = events(ROLE, chunk({"content": "one"}), chunk({"reasoning": "hm"}), STOP, USAGE, DONE)

    assert Hold().feed(batch) is not None
    assert Hold().feed(batch) == batch


def test_a_batch_without_calls_is_not_even_copied() -> None:
    reader = Reader()
    reader.feed(ROLE)
    batch = reader.feed(b"".join([chunk({"content": "one"})] * 3))

    assert Hold().feed(batch) is batch


def test_parts_of_a_call_wait_for_the_end_and_come_as_they_came() -> None:
    hold = Hold()
    parts = [chunk(head("f")), chunk(part('{"a"')), chunk(part(":1}"))]

    assert [passed(hold, raw) for raw in parts] == [[], [], []]
    assert passed(hold, END) == [*parts, END]
    assert passed(hold, USAGE, DONE) == [USAGE, DONE]


def test_the_next_call_releases_the_one_before() -> None:
    hold = Hold()
    first = [chunk(head("f")), chunk(part('{"a":1}'))]

    assert passed(hold, *first) == []
    assert passed(hold, chunk(head("g", 1))) == first
    assert passed(hold, chunk(part("{}", 1)), END) == [
        chunk(head("g", 1)), chunk(part("{}", 1)), END
    ]  # fmt: skip


@pytest.mark.parametrize("delta", [{"content": "so"}, {"reasoning": "hm"}, {"refusal": "no"}])
def test_something_else_releases_a_call_whose_arguments_are_whole(delta: dict[str, Any]) -> None:
    hold = Hold()
    call = [chunk(head("f")), chunk(part('{"a":1}'))]

    assert passed(hold, *call) == []
    assert passed(hold, chunk(delta)) == [*call, chunk(delta)]


def test_something_else_in_the_middle_of_a_call_waits_with_it() -> None:
    hold = Hold()

    assert passed(hold, chunk(head("f")), chunk({"content": "so"}), chunk(part("{}"))) == []
    assert len(passed(hold, END)) == 4


def test_calls_whose_parts_alternate_are_released_together() -> None:
    hold = Hold()
    parts = [chunk(head("f")), chunk(head("g", 1)), chunk(part('{"a":')), chunk(part("{}", 1))]

    assert passed(hold, *parts) == []
    assert passed(hold, chunk(part("1}")), END) == [*parts, chunk(part("1}")), END]


def test_calls_without_an_index_are_told_apart() -> None:
    hold = Hold()
    first, second = chunk(head("f", None, '{"a":1}')), chunk(head("g", None, '{"b"'))

    assert passed(hold, first) == []
    assert passed(hold, second) == [first]
    assert passed(hold, chunk(part(":2}", None)), END)[0] == second


def test_a_whole_call_in_one_chunk_with_the_end_passes_at_once() -> None:
    whole = chunk(head("f", 0, '{"a":1}'), "tool_calls")

    assert passed(Hold(), whole) == [whole]


def test_the_one_call_of_the_older_api_is_held_too() -> None:
    hold = Hold()
    parts = [chunk({"function_call": {"name": "f"}}), chunk({"function_call": {"arguments": "{}"}})]

    assert passed(hold, *parts) == []
    assert passed(hold, chunk(finish="function_call"))[:2] == parts


def test_the_input_of_a_custom_tool_waits_for_the_end() -> None:
    hold = Hold()
    custom = {"index": 0, "id": "c", "type": "custom", "custom": {"name": "sh", "input": "{}"}}
    raw = chunk({"tool_calls": [custom]})

    assert passed(hold, raw, chunk(head("g", 1))) == []
    assert passed(hold, chunk(part("{}", 1)), END)[0] == raw


def test_parts_that_add_nothing_hold_nothing() -> None:
    empty = chunk({"tool_calls": [{"index": 0, "function": {"arguments": ""}}], "content": "x"})

    assert passed(Hold(), empty) == [empty]


def test_comments_and_what_happened_pass_while_a_call_is_held() -> None:
    hold = Hold()
    opened = Opened(1, 200, {})
    (comment,) = events(b": ping\n\n")

    assert passed(hold, chunk(head("f"))) == []
    assert hold.feed([comment, opened]) == [comment, opened]
    assert isinstance(comment, Comment)


def test_a_terminator_behind_a_whole_call_releases_it() -> None:
    whole = chunk(head("f", 0, '{"a":1}'))

    assert passed(Hold(), whole, DONE) == [whole, DONE]


def test_an_end_of_the_body_behind_a_whole_call_releases_it() -> None:
    hold = Hold()
    hold.feed(events(chunk(head("f", 0, '{"a":1}'))))

    assert len(hold.close()) == 1
    assert hold.close() == []


@pytest.mark.parametrize("arguments", ["", "{", '{"a": [1, 2', "[1]", "1"])
def test_a_terminator_inside_a_call_is_a_fault(arguments: str) -> None:
    hold = Hold()

    with pytest.raises(Malformed, match="expected a whole tool call at the end"):
        hold.feed(events(chunk(head("f", 0, arguments)), DONE))


@pytest.mark.parametrize("finish", ["tool_calls", "stop", "function_call"])
def test_a_call_that_breaks_off_although_it_is_said_to_be_whole_is_a_fault(finish: str) -> None:
    with pytest.raises(Malformed, match="expected whole arguments of a call that ended"):
        Hold().feed(events(chunk(head("f", 0, '{"a')), chunk(finish=finish)))


@pytest.mark.parametrize("arguments", ["", "nonsense", "{'a': 1}", "[1]", "{}"])
def test_what_a_model_writes_wrongly_is_passed_on_as_it_is(arguments: str) -> None:
    body = [chunk(head("f", 0, arguments)), END]

    assert passed(Hold(), *body) == body


def test_a_call_that_the_server_cut_and_says_so_is_passed_on() -> None:
    cut = [chunk(head("f", 0, '{"a')), chunk(finish="length")]

    assert passed(Hold(), *cut) == cut


def test_one_choice_waits_for_the_call_of_another() -> None:
    hold = Hold()
    other = chunk().replace(b'"index": 0, "delta": {}', b'"index": 1, "delta": {"content": "x"}')

    assert passed(hold, chunk(head("f")), other) == []
    assert passed(hold, chunk(part("{}")), END)[1] == other


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """Draw an answer with text and calls, cut into chunks anywhere."""
    raw = [ROLE, *(chunk({"content": t}) for t in draw(st.lists(st.sampled_from("ab "))))]
    for index in range(draw(st.integers(0, 3))):
        arguments = json.dumps({"k": draw(st.text(max_size=6))})
        places = sorted(draw(st.sets(st.integers(1, len(arguments) - 1), max_size=5)))
        cuts = itertools.pairwise([0, *places, len(arguments)])
        raw.append(chunk(head(f"f{index}", index)))
        raw += [chunk(part(arguments[a:b], index)) for a, b in cuts]
    return [*raw, END, USAGE, DONE]


@given(streams(), st.data())
def test_nothing_is_lost_or_changed_and_no_prefix_holds_half_a_call(
    stream: list[bytes], data: st.DataObject
) -> None:
    hold = Hold()
    seen: list[bytes] = []
    arguments: dict[int, str] = {}
    while stream_left := stream[len(seen) + len(hold.held) :]:
        size = data.draw(st.integers(1, 4))
        for event in hold.feed(events(*stream_left[:size])):
            assert isinstance(event, WireEvent)
            seen.append(event.raw)
            choices = event.chunk.choices if isinstance(event, Message) and event.chunk else ()
            for call in (c for x in choices for c in x.delta.tool_calls or ()):
                told = call.function.arguments if call.function else ""
                arguments[call.index or 0] = arguments.get(call.index or 0, "") + (told or "")
        assert all(json.loads(each) for each in arguments.values())

    assert seen == stream
