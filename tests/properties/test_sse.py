"""The decoder against a slow one that follows the text of the standard line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from steadystream.protocol.sse import ServerSentEvent, SSEDecoder, encode

MARK = b"\xef\xbb\xbf"
TOKENS = [
    *(b"\n", b"\r", b"\r\n", b"\n\n", b"\r\n\r\n"),
    *(b"data: ", b"data:", b"data", b"event: ping", b"event:", b"id: 7", b"id", b"id:a\0b"),
    *(b"retry: 3000", b"retry: 3s", b"retry:", b": comment", b":", b"unknown: x"),
    *(b"x", b" ", b"{}", MARK, b"\0", b"\x0b", b"\x0c", b"\x1c", b"\xc2\x85", b"\xe2\x80\xa8"),
    *(
        b"\xc3",
        b"\xa9",
        b"\xf0\x9f\x98\x80",
        b"\xf0\x9f",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef",
        b"\xbb",
    ),
]
# Two kinds of bodies: scraps in any order, and streams that are nearly in order.
scraps = st.lists(st.sampled_from(TOKENS), max_size=24)
lines = st.sampled_from([b"data: x", b"data: x", b"data: a\rb", b"event: ping", b"id: 7", b": c"])
ends = st.sampled_from([b"\n\n", b"\n\n", b"\n", b"\r\n\r\n", b"\r\n", b"\r", b"\n\r\n", b"\r\r\n"])
blocks = st.lists(st.tuples(lines, ends).map(b"".join), max_size=8)
bodies = st.builds(
    lambda mark, tokens: mark + b"".join(tokens),
    st.sampled_from([b"", b"", MARK]),
    scraps | blocks,
)


@dataclass
class Reference:
    """The event stream as the standard tells it: one buffer a field, one step a line."""

    events: list[tuple[str, str, str]] = field(default_factory=list)
    last_event_id: str = ""
    retry: int | None = None
    data: str = ""
    type: str = ""
    id: str = ""

    def read(self, body: bytes) -> Reference:
        text = body.decode(errors="replace").removeprefix("\ufeff")
        *lines, _unfinished = re.split("\r\n|\n|\r", text)
        for line in lines:
            if line == "":
                self.dispatch()
            elif not line.startswith(":"):
                name, _, value = line.partition(":")
                self.process(name, value.removeprefix(" "))
        return self

    def process(self, name: str, value: str) -> None:
        if name == "event":
            self.type = value
        elif name == "data":
            self.data += value + "\n"
        elif name == "id" and "\0" not in value:
            self.id = value
        elif name == "retry" and re.fullmatch("[0-9]+", value):
            self.retry = int(value)

    def dispatch(self) -> None:
        self.last_event_id = self.id
        if self.data:
            self.events.append((self.type or "message", self.data[:-1], self.last_event_id))
        self.data = self.type = ""


def visible(events: list[ServerSentEvent]) -> list[tuple[str, str | None, str]]:
    return [(event.type, event.data, event.id) for event in events if event.data is not None]


def fed(decoder: SSEDecoder, body: bytes, cuts: list[int]) -> list[ServerSentEvent]:
    places = sorted(cut % (len(body) + 1) for cut in cuts)
    chunks = [body[a:b] for a, b in zip([0, *places], [*places, len(body)], strict=True)]
    return [event for chunk in chunks for event in decoder.feed(chunk)]


cuts = st.lists(st.integers(0, 2**16), max_size=8)


@given(bodies, cuts)
def test_what_is_decoded_is_what_the_standard_says_wherever_the_body_is_cut(
    body: bytes, cuts: list[int]
) -> None:
    decoder = SSEDecoder()

    events = fed(decoder, body, cuts)

    expected = Reference().read(body)
    assert visible(events) == expected.events
    assert decoder.last_event_id == expected.last_event_id
    assert decoder.retry == expected.retry


@given(bodies)
def test_bytes_may_come_one_by_one(body: bytes) -> None:
    decoder = SSEDecoder()

    events = [event for byte in body for event in decoder.feed(bytes([byte]))]

    assert visible(events) == Reference().read(body).events


@given(bodies, cuts)
def test_the_raw_bytes_of_all_blocks_and_of_the_leftover_are_the_body(
    body: bytes, cuts: list[int]
) -> None:
    decoder = SSEDecoder(keep_silent=True)

    events = fed(decoder, body, cuts)

    leftover = decoder.leftover()
    raw = b"".join(event.raw for event in events) + (leftover.raw if leftover else b"")
    assert raw == body


@given(bodies, cuts)
def test_silent_blocks_change_nothing_but_their_own_presence(body: bytes, cuts: list[int]) -> None:
    kept = fed(SSEDecoder(keep_silent=True), body, cuts)

    dropped = fed(SSEDecoder(), body, cuts)

    assert [event for event in kept if event.data is not None] == dropped


@given(bodies, cuts)
def test_the_raw_bytes_of_an_event_say_the_same_again(body: bytes, cuts: list[int]) -> None:
    for position, event in enumerate(fed(SSEDecoder(keep_silent=True), body, cuts)):
        before = b"\n" if position else b""  # only the first block may have a byte order mark

        again = SSEDecoder().feed(before + event.raw)

        expected = [] if event.data is None else [(event.type, event.data)]
        assert [(each.type, each.data) for each in again] == expected


@given(bodies)
def test_the_leftover_is_what_a_blank_line_would_have_dispatched(body: bytes) -> None:
    decoder = SSEDecoder(keep_silent=True)
    before = decoder.feed(body)

    leftover = decoder.leftover()

    closed = [event for event in fed(SSEDecoder(), body + b"\n\n", []) if event.data is not None]
    shown = [event for event in before if event.data is not None]
    if leftover is not None and leftover.data is not None:
        shown.append(leftover)
    assert visible(shown) == visible(closed)


line = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=20)
id_ = line.filter(lambda text: "\0" not in text)


@given(
    data=st.none() | st.lists(line, min_size=1, max_size=4).map("\n".join),
    type=st.none() | line.filter(bool),
    id=st.none() | id_,
    retry=st.none() | st.integers(0, 10**9),
)
def test_what_is_encoded_is_decoded_to_the_same(
    data: str | None, type: str | None, id: str | None, retry: int | None
) -> None:
    if data is None and id is None and retry is None and type in (None, "message"):
        return
    decoder = SSEDecoder(keep_silent=True)

    (event,) = decoder.feed(encode(data=data, type=type, id=id, retry=retry))

    assert (event.data, event.type) == (data, type or "message")
    assert (decoder.last_event_id, decoder.retry) == (id or "", retry)


@given(bodies)
def test_an_event_that_was_decoded_can_be_encoded(body: bytes) -> None:
    for event in SSEDecoder().feed(body):
        (again,) = SSEDecoder().feed(encode(event))

        assert (again.type, again.data, again.id) == (event.type, event.data, event.id)
