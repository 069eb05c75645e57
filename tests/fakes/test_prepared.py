"""Streams that were made once are sent again, and noted, as if they were made anew."""

from __future__ import annotations

import pytest

from fake_openai import FakeOpenAI, Writes
from fake_openai.delivery.prepared import Prepared, merged
from fake_openai.delivery.steps import Send
from fake_openai.keeping.tape import Tape, Tapes
from support.openai_client import ask, chat

EVENTS = [b'{"id":"one","created":100,"n":%d}' % number for number in range(5)]
PREPARED = Prepared.of([Send(event, 1) for event in EVENTS], "one", 100)
AGAIN = [event.replace(b"one", b"two").replace(b"100", b"200") for event in EVENTS]


@pytest.mark.parametrize(("start", "end"), [(0, 5), (0, 2), (2, 4), (4, 9)])
def test_any_of_its_writes_are_told_under_another_id_and_time(start: int, end: int) -> None:
    writes = PREPARED.again("two", 200).writes(start, end)

    assert writes == [b"%x\r\n%b\r\n" % (len(event), event) for event in AGAIN[start:end]]


@pytest.mark.parametrize(
    "events",
    [
        [b'{"id":"one","n":%d,"created":100}' % number for number in range(5)],
        [b'{"created":100,"id":"one","n":%d}' % number for number in range(5)],
        [b'{"id":"one","created":100}', b": comment", b'{"id":"one","created":100}', b"[DONE]"],
        [b'{"id":"one"}', b'{"id":"one"}'],
        [b"[DONE]"],
    ],
    ids=["apart", "time first", "not in each", "no time", "neither"],
)
def test_id_and_time_are_told_anew_wherever_they_stand(events: list[bytes]) -> None:
    stream = Prepared.of([Send(event, 1) for event in events], "one", 100).again("two", 200)
    new = [
        event.replace(b'"one"', b'"two"').replace(b'"created":100', b'"created":200')
        for event in events
    ]
    framed = [b"%x\r\n%b\r\n" % (len(event), event) for event in new]

    assert stream.writes(0, len(events)) == framed
    assert [stream.writes(at, at + 1) for at in range(len(events))] == [[one] for one in framed]


@pytest.mark.parametrize("id", ["one", "two"])
@pytest.mark.parametrize(
    "events",
    [
        EVENTS,
        EVENTS[:1],
        [b'{"id":"one"}', b'{"created":100}'],
        [b"[DONE]"],
    ],
    ids=["many", "one", "apart", "neither"],
)
def test_a_whole_stream_is_all_its_writes(events: list[bytes], id: str) -> None:
    stream = Prepared.of([Send(event, 1) for event in events], "one", 100).again(id, 200)

    assert stream.whole(b"<", b">") == b"".join((b"<", *stream.writes(0, 5), b">"))


def test_a_tape_that_follows_a_stream_has_its_writes() -> None:
    tape, stream = Tapes().new(), PREPARED.again("two", 200)
    for at, count in ((1.0, 2), (2.0, 3)):
        tape.follow(at, stream, count, 10)

    assert [(sent.at, sent.data) for sent in tape.since(1)] == [
        (1.0, AGAIN[1]),
        (2.0, AGAIN[2]),
        (2.0, AGAIN[3]),
        (2.0, AGAIN[4]),
    ]
    assert list(tape.since(5)) == []


def test_a_tape_that_is_full_follows_no_further() -> None:
    tape, stream = Tapes().new(), PREPARED.again("two", 200)
    for size in (10, 2**20, 10):
        tape.follow(1.0, stream, 1, size)

    assert ([sent.data for sent in tape.since(0)], tape.missed) == ([AGAIN[0]], 2)


def test_a_tape_gives_back_what_it_followed_when_it_is_dropped() -> None:
    tapes = Tapes()
    tape = tapes.new()
    tape.follow(1.0, PREPARED.again("two", 200), 5, 100)
    tape.drop()

    assert (tapes.used, len(tape), tape.missed) == (0, 0, 5)


def test_a_tape_without_a_home_only_counts() -> None:
    tape = Tape(None)
    tape.follow(1.0, PREPARED.again("two", 200), 5, 100)

    assert (len(tape), tape.missed) == (0, 5)


def test_merged_sends_are_one_with_all_of_their_events() -> None:
    sends = [Send(b": comment"), Send(b"a", 1), Send(b"b", 1, final=True)]

    assert list(merged(sends)) == [Send(b": commentab", 2, final=True)]


def test_merged_sends_are_bounded() -> None:
    large = Send(b"x" * 600_000, 1)

    assert [send.events for send in merged([large] * 5)] == [2, 2, 1]


async def test_a_stream_in_one_write_has_the_bytes_of_one_in_many() -> None:
    bodies = {}
    for mode in ("event", "whole"):
        async with FakeOpenAI(writes=Writes(mode)) as fake:  # type: ignore[arg-type]
            bodies[mode] = [(await ask(fake, chat())).body for _ in range(2)]

    assert bodies["event"] == bodies["whole"]
    assert bodies["event"][0] != bodies["event"][1]


async def test_a_stream_in_one_write_is_one_write_again() -> None:
    async with FakeOpenAI(writes=Writes("whole")) as fake:
        for _ in range(2):
            await ask(fake, chat())
        sent = [[each.data for each in request.sent] for request in fake.requests]
        counted = [(request.chunks_sent, request.bytes_sent) for request in fake.requests]

    assert [len(writes) for writes in sent] == [1, 1]
    assert counted[0] == counted[1] == (sent[0][0].count(b"data: "), len(sent[0][0]))
