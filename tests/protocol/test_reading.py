from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import EventTooLarge, Malformed, StreamFault, Truncated, UpstreamError
from steadystream.events import Batch, Comment, Done, Message, WireEvent
from steadystream.protocol.reading import BROKEN_FINISHES, Reader
from support.scripted import DONE, ROLE, STOP, USAGE, chunk

ONE, TWO = chunk({"content": "one"}), chunk({"content": " two"})
ERROR = b'data: {"error":{"message":"down","type":"server_error","code":null}}\n\n'


def read(*reads: bytes, ended: bool = True, **settings: int | bool) -> tuple[Batch, Reader]:
    reader = Reader(**settings)  # type: ignore[arg-type]
    batch: Batch = []
    for data in reads:
        batch += reader.feed(data)
        if reader.fault is not None or reader.done:
            return batch, reader
    return batch + (reader.finish() if ended else []), reader


def words(batch: Batch) -> str:
    return "".join(e.chunk.text for e in batch if isinstance(e, Message) and e.chunk is not None)


def raw(batch: Batch) -> bytes:
    return b"".join(event.raw for event in batch if isinstance(event, WireEvent))


def test_a_whole_answer_has_no_fault_and_is_forwarded_byte_for_byte() -> None:
    body = b": hello\n\n" + ROLE + ONE + STOP + USAGE + DONE

    batch, reader = read(body)

    assert raw(batch) == body
    assert (reader.fault, reader.done, reader.received) == (None, True, 4)
    assert isinstance(batch[0], Comment)
    assert isinstance(batch[-1], Done)


@pytest.mark.parametrize("cut", range(5))
def test_a_byte_order_mark_is_not_handed_on(cut: int) -> None:
    """What is held passes behind comments, and a mark that is not in front is part of a name."""
    body = b"\xef\xbb\xbf" + ROLE + ONE + STOP + DONE

    batch, reader = read(body[:cut], body[cut:])

    assert reader.fault is None
    assert raw(batch) == ROLE + ONE + STOP + DONE


@given(st.lists(st.integers(0, 700)))
def test_where_the_body_is_cut_does_not_matter(cuts: list[int]) -> None:
    body = ROLE + b": ping\r\n\r\n" + ONE.replace(b"\n", b"\r") + STOP + DONE
    places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})

    batch, _ = read(*(body[a:b] for a, b in itertools.pairwise(places)))

    whole, _ = read(body)
    assert [type(e) for e in batch] == [type(e) for e in whole]
    assert words(batch) == words(whole)


def test_what_carries_nothing_of_the_answer_is_marked() -> None:
    batch, _ = read(ROLE + ONE + STOP + USAGE + b"data: {}\n\n", ended=False)

    assert [e.carries for e in batch if isinstance(e, Message)] == [False, True, True, False, False]


def test_nothing_after_the_terminator_belongs_to_the_answer() -> None:
    batch, reader = read(ONE + STOP + DONE + ERROR)

    assert isinstance(batch[-1], Done)
    assert reader.fault is None


def test_a_terminator_without_a_finish_reason_is_a_truncation_where_there_always_is_one() -> None:
    batch, reader = read(ROLE, ONE, DONE, always_finishes=True)

    assert words(batch) == "one"
    assert isinstance(reader.fault, Truncated)
    assert not any(isinstance(event, Done) for event in batch)


def test_a_terminator_behind_a_finish_reason_is_one_where_there_always_is_one() -> None:
    body = ROLE + ONE + STOP + USAGE + DONE

    batch, reader = read(body, always_finishes=True)

    assert (raw(batch), reader.fault) == (body, None)


LAST_WORD = b'data: {"choices":[{"index":0,"delta":{"content":" end"},"finish_reason":"stop"}]}\n\n'


def test_an_end_with_a_last_word_that_comes_again_adds_it_once() -> None:
    batch, reader = read(ROLE, ONE, LAST_WORD, LAST_WORD, LAST_WORD, DONE)

    assert words(batch) == "one end"
    assert reader.done


def test_an_end_without_a_word_is_forwarded_as_often_as_it_comes() -> None:
    body = ROLE + ONE + STOP + STOP + DONE

    assert raw(read(body)[0]) == body


def test_a_word_that_comes_twice_is_said_twice() -> None:
    assert words(read(ROLE, ONE, ONE, ONE, STOP, DONE)[0]) == "oneoneone"


def test_a_clean_end_before_the_terminator_is_a_truncation() -> None:
    batch, reader = read(ONE)

    assert words(batch) == "one"
    assert isinstance(reader.fault, Truncated)
    assert reader.fault.received == 1


def test_a_clean_end_is_an_end_where_the_server_ends_so() -> None:
    _, reader = read(ONE, ends_bare=True)

    assert reader.fault is None


@pytest.mark.parametrize("end", [b"", b"\n", b"\r", b"\r\n"])
def test_a_whole_last_event_without_its_blank_line_is_taken_and_closed(end: bytes) -> None:
    batch, _ = read(ONE + TWO.rstrip(b"\n") + end)

    assert words(batch) == "one two"
    assert raw(batch).endswith((b"\n\n", b"\r\r", b"\r\n\r\n"))


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_terminator_without_its_blank_line_is_taken_and_closed(end: bytes) -> None:
    batch, reader = read(ONE + STOP + b"data: [DONE]" + end)

    assert reader.fault is None
    assert raw(batch).endswith((b"data: [DONE]\n\n", b"data: [DONE]\r\n\n"))


def test_an_error_without_its_blank_line_is_taken_and_closed() -> None:
    _, reader = read(ONE + ERROR.rstrip())

    assert isinstance(reader.fault, UpstreamError)
    assert reader.fault.raw == ERROR


@given(st.integers(1, len(TWO) - 3))
def test_a_torn_last_event_is_dropped(length: int) -> None:
    batch, reader = read(ONE + TWO[:length])

    assert words(batch) == "one"
    assert raw(batch) == ONE
    assert isinstance(reader.fault, Truncated)


def test_what_came_before_broken_json_is_kept() -> None:
    batch, reader = read(ONE + b'data: {"choices":[{"del\n\n' + TWO)

    assert words(batch) == "one"
    assert isinstance(reader.fault, Malformed)
    assert (reader.fault.received, reader.fault.transient) == (1, True)


def test_an_error_in_the_stream_ends_the_attempt_and_keeps_its_bytes() -> None:
    batch, reader = read(ONE + ERROR + DONE)

    assert words(batch) == "one"
    fault = reader.fault
    assert isinstance(fault, UpstreamError)
    assert (fault.message, fault.type, fault.received, fault.raw) == (
        "down", "server_error", 1, ERROR
    )  # fmt: skip
    assert fault.transient


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        ({"message": "m", "code": 400}, False),
        ({"message": "m", "code": "404"}, False),
        ({"message": "m", "type": "invalid_request_error"}, False),
        ({"message": "m", "code": "insufficient_quota"}, False),
        ({"message": "m", "code": 429}, True),
        ({"message": "m", "code": 408}, True),
        ({"message": "m", "code": 502}, True),
        ({"message": "m", "code": "rate_limit_exceeded"}, True),
    ],
)
def test_an_error_that_blames_the_request_is_not_transient(
    error: dict[str, object], transient: bool
) -> None:
    _, reader = read(f"data: {json.dumps({'error': error})}\n\n".encode())

    assert isinstance(reader.fault, UpstreamError)
    assert reader.fault.transient is transient


@pytest.mark.parametrize("reason", sorted(BROKEN_FINISHES))
def test_a_finish_reason_that_names_a_failure_is_no_end(reason: str) -> None:
    batch, reader = read(ONE + chunk(finish=reason) + DONE)

    assert words(batch) == "one"
    assert isinstance(reader.fault, UpstreamError)
    assert reason in str(reader.fault)


def test_an_event_that_is_too_large_ends_the_attempt_after_what_came_before() -> None:
    batch, reader = read(ONE + b"data: " + b"x" * 400, max_event_bytes=300)

    assert words(batch) == "one"
    assert isinstance(reader.fault, EventTooLarge)
    assert not reader.fault.transient


def test_json_of_another_kind_passes() -> None:
    batch, reader = read(b'event: ping\ndata: {"type": "ping"}\n\n', ended=False)

    assert [(e.chunk, e.carries) for e in batch if isinstance(e, Message)] == [(None, False)]
    assert reader.fault is None


def test_a_reader_without_any_byte_reports_a_truncation() -> None:
    batch, reader = read()

    fault: StreamFault | None = reader.fault
    assert (batch, type(fault)) == ([], Truncated)


@pytest.mark.parametrize(
    "event",
    [
        b'event: error\ndata: {"message":"overloaded"}\n\n',
        b'event: error\ndata: {"reason":"overloaded"}\n\n',
        b"event: error\ndata: 7\n\n",
        b'data: {"error":{},"message":"overloaded"}\n\n',
        b'data: {"message":"overloaded"}\n\n',
        b'data: {"errors":["overloaded"]}\n\n',
        b'data: {"detail":"overloaded"}\n\n',
    ],
)
def test_an_error_in_an_unknown_shape_is_an_error(event: bytes) -> None:
    batch, reader = read(chunk({"content": "half"}), event, DONE)

    assert words(batch) == "half"
    assert isinstance(reader.fault, UpstreamError)
    assert reader.fault.raw == event


@pytest.mark.parametrize("member", ["status", "status_code"])
def test_a_status_inside_an_error_stands_for_its_code(member: str) -> None:
    _, reader = read(f'data: {{"error":{{"message":"no","{member}":401}}}}\n\n'.encode())

    assert isinstance(reader.fault, UpstreamError)
    assert (reader.fault.code, reader.fault.transient) == (401, False)


def test_a_code_beside_an_error_that_is_a_text_is_kept() -> None:
    _, reader = read(b'data: {"error":"unauth","code":401}\n\n')

    assert isinstance(reader.fault, UpstreamError)
    assert (reader.fault.message, reader.fault.code) == ("unauth", 401)


def test_an_event_that_is_too_large_says_how_far_the_answer_got() -> None:
    _, reader = read(chunk({"content": "one"}), b"data: " + b"x" * 999, max_event_bytes=500)

    assert isinstance(reader.fault, EventTooLarge)
    assert reader.fault.received == 1
