from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Iterable

import pytest

from steadystream.errors import EventTooLarge
from steadystream.protocol.sse import ServerSentEvent, SSEDecoder, encode


def decoded(*chunks: bytes) -> list[tuple[str, str | None, str]]:
    decoder = SSEDecoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return [(event.type, event.data, event.id) for event in events]


def feed_all(decoder: SSEDecoder, chunks: Iterable[bytes], events: list[ServerSentEvent]) -> None:
    for chunk in chunks:
        events += decoder.feed(chunk)


def data(*chunks: bytes) -> list[str | None]:
    return [text for _, text, _ in decoded(*chunks)]


def test_lines_of_data_are_joined_with_lf() -> None:
    assert data(b"data: YHOO\ndata: +2\ndata: 10\n\n") == ["YHOO\n+2\n10"]


def test_an_id_lasts_until_another_comes() -> None:
    body = b": test stream\n\ndata: first\nid: 1\n\ndata: second\n\ndata: third\nid\n\n"

    assert decoded(body) == [
        ("message", "first", "1"),
        ("message", "second", "1"),
        ("message", "third", ""),
    ]


def test_data_without_a_colon_is_an_empty_line() -> None:
    assert data(b"data\n\ndata\ndata\n\ndata:") == ["", "\n"]


def test_one_space_after_the_colon_is_stripped() -> None:
    assert data(b"data:test\n\ndata: test\n\ndata:  test\n\n") == ["test", "test", " test"]


def test_a_type_holds_for_one_event_only() -> None:
    assert decoded(b"event: add\ndata: 1\n\ndata: 2\n\n") == [
        ("add", "1", ""),
        ("message", "2", ""),
    ]


def test_a_type_without_data_is_forgotten() -> None:
    assert decoded(b"event: ping\n\ndata: 1\n\n") == [("message", "1", "")]


def test_an_id_without_data_is_kept() -> None:
    decoder = SSEDecoder()

    assert decoder.feed(b"id: 9\n\n") == []
    assert decoder.last_event_id == "9"


def test_an_id_is_not_kept_before_its_blank_line() -> None:
    decoder = SSEDecoder()

    decoder.feed(b"id: 9\n")

    assert decoder.last_event_id == ""


def test_an_id_with_nul_is_ignored() -> None:
    assert decoded(b"id: 1\n\nid: a\0b\ndata: x\n\n") == [("message", "x", "1")]


@pytest.mark.parametrize(("value", "expected"), [(b"1500", 1500), (b"0", 0), (b"007", 7)])
def test_retry_is_a_number_of_milliseconds(value: bytes, expected: int) -> None:
    decoder = SSEDecoder()

    decoder.feed(b"retry: " + value + b"\n\n")

    assert decoder.retry == expected


@pytest.mark.parametrize(
    "value", [b"1.5", b"-1", b"+1", b"", b" 1", "\u0661".encode(), b"9" * 5000]
)
def test_retry_is_ignored_when_it_is_no_such_number(value: bytes) -> None:
    decoder = SSEDecoder()

    decoder.feed(b"retry: " + value + b"\n\n")

    assert decoder.retry is None


def test_retry_holds_from_the_end_of_its_line_on() -> None:
    decoder = SSEDecoder()

    decoder.feed(b"retry: 15")
    assert decoder.retry is None

    decoder.feed(b"00\n")
    assert decoder.retry == 1500


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_lines_end_in_lf_cr_or_crlf(end: bytes) -> None:
    assert data(end.join([b"data: 1", b"data: 2", b"", b"data: 3", b"", b""])) == ["1\n2", "3"]


def test_a_cr_ends_a_line_also_in_the_middle_of_a_stream() -> None:
    assert data(b"data: 1\n\n", b"data: 2\rdata: 3\n\n") == ["1", "2\n3"]


def test_a_crlf_that_is_cut_is_one_line_end() -> None:
    assert data(b"data: 1\r", b"\ndata: 2\r\n\r", b"\ndata: 3\n\n") == ["1\n2", "3"]


def test_an_event_that_ends_in_cr_does_not_wait_for_the_next_read() -> None:
    decoder = SSEDecoder()

    assert [event.data for event in decoder.feed(b"data: 1\r\n\r")] == ["1"]


def test_the_lf_that_was_cut_off_belongs_to_the_next_block() -> None:
    decoder = SSEDecoder(keep_silent=True)
    decoder.feed(b"data: 1\r\n\r")

    assert [event.raw for event in decoder.feed(b"\ndata: 2\n\n")] == [b"\ndata: 2\n\n"]


def test_cr_and_lf_of_two_reads_do_not_make_a_blank_line() -> None:
    assert data(b"data: 1\r", b"\n") == []


@pytest.mark.parametrize(
    "separator", ["\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c", "\x1e"]
)
def test_other_separators_are_part_of_the_data(separator: str) -> None:
    text = f"a{separator}b"

    assert data(f"data: {text}\n\n".encode()) == [text]


def test_one_byte_order_mark_is_stripped() -> None:
    assert data(b"\xef\xbb\xbfdata: 1\n\n") == ["1"]


def test_a_byte_order_mark_may_come_in_pieces() -> None:
    assert data(b"\xef", b"\xbb", b"\xbfdata: 1\n\n") == ["1"]


def test_a_second_byte_order_mark_is_part_of_a_name() -> None:
    assert data(b"\xef\xbb\xbf\xef\xbb\xbfdata: 1\n\ndata: 2\n\n") == ["2"]


def test_a_byte_order_mark_between_events_is_part_of_a_name() -> None:
    assert data(b"data: 1\n\n", b"\xef\xbb\xbfdata: 2\n\n") == ["1"]


def test_invalid_utf8_becomes_replacement_characters() -> None:
    assert data(b"data: a\xffb\xc3\n\n") == ["a\ufffdb\ufffd"]


def test_a_character_may_be_cut() -> None:
    face = "\N{GRINNING FACE}".encode()

    assert data(b"data: " + face[:2], face[2:] + b"\n\n") == ["\N{GRINNING FACE}"]


def test_the_unfinished_event_is_dropped() -> None:
    assert data(b"data: 1\n\ndata: 2\n") == ["1"]


def test_the_unfinished_event_is_shown_as_leftover() -> None:
    decoder = SSEDecoder()
    decoder.feed(b"data: 1\n\nevent: end\ndata: [DONE]")

    assert decoder.leftover() == ServerSentEvent("end", "[DONE]", "", b"event: end\ndata: [DONE]")


def test_nothing_is_left_over_after_a_blank_line() -> None:
    decoder = SSEDecoder()
    decoder.feed(b"data: 1\n\n")

    assert decoder.leftover() is None


def test_looking_at_the_leftover_changes_nothing() -> None:
    decoder = SSEDecoder()
    decoder.feed(b"id: 4\ndata: 1")
    decoder.leftover()

    assert decoder.last_event_id == ""
    assert decoder.feed(b"2\n\n")[0].data == "12"


def test_an_event_keeps_its_bytes_comments_included() -> None:
    body = b": OPENROUTER PROCESSING\nevent: x\ndata: 1\n\n"

    (event,) = SSEDecoder().feed(body)

    assert event.raw == body


def test_silent_blocks_are_returned_when_asked_for() -> None:
    body = b": keep-alive\n\nretry: 5\n\ndata: 1\n\n\n"

    events = SSEDecoder(keep_silent=True).feed(body)

    assert [(event.data, event.raw) for event in events] == [
        (None, b": keep-alive\n\n"),
        (None, b"retry: 5\n\n"),
        ("1", b"data: 1\n\n"),
        (None, b"\n"),
    ]


def test_an_event_of_the_largest_size_is_returned() -> None:
    body = b"data: 1234\n\n"

    assert len(SSEDecoder(max_event_bytes=len(body)).feed(body + body)) == 2


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_an_event_that_is_too_large_is_refused_however_it_comes(size: int) -> None:
    body = b"data: 1\n\n" + b"data: " + b"x" * 100 + b"\n\n"
    decoder = SSEDecoder(max_event_bytes=64)
    events: list[ServerSentEvent] = []

    with pytest.raises(EventTooLarge, match="expected an event of at most 64 bytes") as caught:
        feed_all(decoder, [body[at : at + size] for at in range(0, len(body), size)], events)

    assert [event.data for event in [*events, *caught.value.events]] == ["1"]
    assert caught.value.size > 64


def test_an_event_that_is_too_large_is_refused_also_when_it_comes_whole() -> None:
    decoder = SSEDecoder(max_event_bytes=64)
    decoder.feed(b"data: 1\n\n")

    with pytest.raises(EventTooLarge):
        decoder.feed(b"data: " + b"x" * 100 + b"\n\n")


def test_a_line_that_never_ends_is_refused_as_its_bytes_come() -> None:
    decoder = SSEDecoder(max_event_bytes=10_000)

    with pytest.raises(EventTooLarge) as caught:
        feed_all(decoder, itertools.repeat(b"x" * 1448), [])

    assert caught.value.size == 7 * 1448


def test_short_lines_without_a_blank_one_are_refused_too() -> None:
    decoder = SSEDecoder(max_event_bytes=100)

    with pytest.raises(EventTooLarge):
        feed_all(decoder, [b": hello\n"] * 100, [])


def test_a_limit_below_one_byte_is_refused() -> None:
    with pytest.raises(ValueError, match="max_event_bytes must be positive, got 0"):
        SSEDecoder(max_event_bytes=0)


def test_a_large_event_takes_at_most_four_times_its_size() -> None:
    size = 16 * 2**20
    part = b"x" * 1448
    decoder = SSEDecoder()
    tracemalloc.start()
    try:
        decoder.feed(b"data: ")
        for _ in range(size // len(part)):
            decoder.feed(part[:700] + part[700:])  # a new object, as from a socket
        (event,) = decoder.feed(b"\n\n")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(event.raw) > size - 2 * len(part)
    assert peak < 4 * size


def test_plain_data_is_encoded_as_one_line() -> None:
    assert encode(data="[DONE]") == b"data: [DONE]\n\n"


def test_an_event_without_an_id_is_encoded_without_one() -> None:
    (event,) = SSEDecoder().feed(b"data: 1\n\n")

    assert encode(event) == event.raw


def test_all_fields_are_encoded() -> None:
    assert encode(data="1\n2", type="add", id="7", retry=10) == (
        b"event: add\nid: 7\nretry: 10\ndata: 1\ndata: 2\n\n"
    )


def test_the_type_that_is_assumed_is_left_out() -> None:
    assert encode(data="1", type="message") == b"data: 1\n\n"


def test_an_empty_id_is_encoded_as_a_reset() -> None:
    decoder = SSEDecoder()
    decoder.feed(b"id: 1\n\n")

    decoder.feed(encode(data="x", id=""))

    assert decoder.last_event_id == ""


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"data": "a\rb"}, "expected data without CR"),
        ({"data": "x", "type": "a\nb"}, "expected type to be one line"),
        ({"data": "x", "type": "a\rb"}, "expected type to be one line"),
        ({"data": "x", "type": ""}, "expected type to be one line"),
        ({"data": "x", "id": "a\nb"}, "expected id to be one line"),
        ({"data": "x", "id": "a\0b"}, "expected an id without NUL"),
        ({"data": "x", "retry": -1}, "retry must be a number of milliseconds"),
        ({"data": "\ud83d"}, "surrogates not allowed"),
        ({}, "expected data, type, id or retry, got none"),
        ({"type": "message"}, "expected data, type, id or retry, got none"),
    ],
)
def test_what_the_format_cannot_express_is_refused(fields: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        encode(**fields)  # type: ignore[arg-type]
