from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import Malformed, Truncated, UpstreamError
from steadystream.events import Comment, Done, Message
from steadystream.protocol.responses.events import decode
from steadystream.protocol.responses.reading import ResponseReader
from support.response_events import Spoken

WHOLE = Spoken().reasoning("Hm.").message("Once ", "upon.").call("f", '{"a":', "1}").end().body


def sse(**data: Any) -> bytes:
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()


@given(st.lists(st.integers(0, len(WHOLE))))
def test_where_the_body_is_cut_does_not_matter(places: list[int]) -> None:
    borders = [0, *sorted(places), len(WHOLE)]
    cut, whole = ResponseReader(), ResponseReader()

    pieces = [cut.feed(WHOLE[a:b]) for a, b in itertools.pairwise(borders)]
    events = [event for piece in pieces for event in piece]

    assert b"".join(event.raw for event in events if isinstance(event, Message)) == WHOLE
    assert len(events) == len(whole.feed(WHOLE))


@pytest.mark.parametrize("status", ["completed", "incomplete"])
def test_a_body_that_ends_behind_the_end_of_the_response_is_whole(status: str) -> None:
    reader = ResponseReader()

    reader.feed(Spoken().message("One").end(status).body)
    reader.finish()

    assert reader.fault is None


def test_a_body_that_ends_before_the_end_of_the_response_is_truncated() -> None:
    reader = ResponseReader()

    reader.feed(Spoken().message("One").body)
    reader.finish()

    assert isinstance(reader.fault, Truncated)
    assert str(reader.fault) == (
        "expected the end of the response, got the end of the body after 8 events"
    )


def test_the_terminator_before_the_end_of_the_response_is_no_end_of_it() -> None:
    reader = ResponseReader()

    events = reader.feed(Spoken().message("One").body + b"data: [DONE]\n\n")

    assert not any(isinstance(event, Done) for event in events)
    assert str(reader.fault) == (
        "expected the end of the response, got the end of the body after 8 events"
    )


def test_what_follows_the_end_is_passed_on() -> None:
    reader = ResponseReader()

    events = reader.feed(Spoken().end().body + b": bye\n\ndata: [DONE]\n\n")

    assert isinstance(events[-2], Comment)
    assert isinstance(events[-1], Done)
    assert reader.done


ERRORS = {
    "flat": sse(type="error", code="server_error", message="Oh.", param=None, sequence_number=3),
    "nested": sse(type="error", error={"code": "server_error", "message": "Oh."}),
    "failed": Spoken().end("failed", error={"code": "server_error", "message": "Oh."}).raws[-1],
    "named by the event alone": b'event: error\ndata: {"code":"server_error","message":"Oh."}\n\n',
    "flat, of a chat": b'data: {"object":"error","code":"server_error","message":"Oh."}\n\n',
    "of a gateway": b'data: {"error":{"code":"server_error","message":"Oh."}}\n\n',
}


@pytest.mark.parametrize("form", ERRORS)
def test_an_error_ends_the_attempt(form: str) -> None:
    reader = ResponseReader()

    events = reader.feed(Spoken().raws[0] + ERRORS[form] + Spoken().message("more").body)

    assert len(events) == 1
    assert isinstance(reader.fault, UpstreamError)
    assert (reader.fault.code, reader.fault.message) == ("server_error", "Oh.")
    assert reader.fault.raw == ERRORS[form]
    assert reader.fault.transient


@pytest.mark.parametrize("code", ["invalid_prompt", "image_parse_error", "bio_policy"])
def test_an_error_that_blames_the_request_is_not_transient(code: str) -> None:
    reader = ResponseReader()

    reader.feed(Spoken().end("failed", error={"code": code, "message": "No."}).body)

    assert reader.fault is not None
    assert not reader.fault.transient


def test_a_failure_without_a_reason_is_one_too() -> None:
    reader = ResponseReader()

    reader.feed(Spoken().end("failed").body)

    assert isinstance(reader.fault, UpstreamError)
    assert reader.fault.message == "the response failed"


def test_what_is_no_json_ends_the_attempt() -> None:
    reader = ResponseReader(secrets=("sk-secret",))

    reader.feed(b"data: {broken sk-secret\n\n")

    assert isinstance(reader.fault, Malformed)
    assert "sk-secret" not in str(reader.fault)


CARRIES = {
    "response.created": False,
    "response.queued": False,
    "response.in_progress": False,
    "response.content_part.added": False,
    "response.output_text.done": False,
    "response.web_search_call.searching": True,
    "response.image_generation_call.partial_image": True,
    "response.completed": True,
    "response.incomplete": True,
    "keepalive": False,
    "": False,
}


@pytest.mark.parametrize(("kind", "carries"), CARRIES.items())
def test_only_what_is_of_the_answer_carries_something(kind: str, carries: bool) -> None:
    assert decode(json.dumps({"type": kind})).carries is carries


@pytest.mark.parametrize("kind", ["output_text", "refusal", "function_call_arguments", "new_kind"])
def test_deltas_carry_something_unless_they_are_empty(kind: str) -> None:
    assert decode(json.dumps({"type": f"response.{kind}.delta", "delta": "x"})).carries
    assert not decode(json.dumps({"type": f"response.{kind}.delta", "delta": ""})).carries


@pytest.mark.parametrize(
    ("item", "carries"), [("message", False), ("reasoning", False), ("function_call", True)]
)
def test_an_item_that_begins_carries_something_if_it_is_a_call(item: str, carries: bool) -> None:
    data = {"type": "response.output_item.added", "item": {"type": item}}

    assert decode(json.dumps(data)).carries is carries


def test_a_member_of_another_type_than_it_should_be_is_left_out() -> None:
    event = decode('{"type": "response.new", "sequence_number": 4, "item": "odd", "x": NaN}')

    assert (event.type, event.sequence_number, event.item) == ("response.new", 4, None)


def test_an_event_that_comes_twice_is_passed_on_once() -> None:
    spoken, reader = Spoken().message("ha", "ha").end(), ResponseReader()
    twice = [raw for raw in spoken.raws[2:] for _ in range(2)]

    events = reader.feed(b"".join([*spoken.raws[:2], *twice]))

    assert [event.raw for event in events] == spoken.raws
    assert reader.fault is None


def test_events_that_all_have_one_number_are_no_repetitions() -> None:
    delta = sse(type="response.output_text.delta", delta="ha", output_index=0, sequence_number=0)

    assert len(ResponseReader().feed(delta * 3)) == 3


def test_events_without_numbers_are_no_repetitions() -> None:
    delta = sse(type="response.output_text.delta", delta="ha", output_index=0)

    assert len(ResponseReader().feed(Spoken().body + delta * 3)) == 5
