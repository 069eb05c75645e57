"""What each fault in the stream writes, exactly."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from fake_openai import (
    Answer,
    BlankLines,
    BrokenJSON,
    ChangedId,
    ChunkAfterDone,
    CommentEveryEvent,
    Cut,
    DroppedChunk,
    DuplicateFinish,
    Error200,
    FakeOpenAI,
    Fault,
    InvalidUTF8,
    Latency,
    LineSeparators,
    LyingUsage,
    NoDone,
    Nul,
    OddDone,
    OddLines,
    PaddingOnly,
    RawBytes,
    Reordered,
    RepeatedUsage,
    Reply,
    SecondRole,
    SplitData,
    Stall,
    TruncatedEvent,
    UnknownEvent,
    UnknownFields,
    Writes,
)
from support.openai_client import chat
from support.raw_socket import Wire, wire

TEXT = "one two three four"
USAGE = {"stream_options": {"include_usage": True}}
DONE = b"data: [DONE]\n\n"


async def both(
    *faults: Fault, dialect: str = "openai", writes: Writes | None = None, **more: Any
) -> tuple[Wire, Wire]:
    """Return the answer as it should be, and the same with `faults` in it."""
    told = []
    for some in ((), faults):
        async with FakeOpenAI(dialect) as fake:
            fake.plan = lambda _, some=some: Reply(TEXT, some, writes=writes)
            told.append(await wire(fake, chat(**more)))
            if some:
                assert fake.requests[0].faults == faults
    return told[0], told[1]


def events(body: bytes) -> list[bytes]:
    return [part + b"\n\n" for part in body.split(b"\n\n")[:-1]]


def values(body: bytes) -> list[Any]:
    return [json.loads(e.partition(b"data: ")[2]) for e in events(body) if b"data: {" in e]


async def test_no_done_leaves_the_last_event_out_and_nothing_else() -> None:
    whole, spoiled = await both(NoDone())

    assert spoiled.body + DONE == whole.body
    assert spoiled.end == "eof"
    assert spoiled.rest.endswith(b"\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("form", "end"),
    [
        ("no_newline", b"data: [DONE]"),
        ("one_newline", b"data: [DONE]\n"),
        ("trailing_space", b"data: [DONE] \n\n"),
        ("no_space", b"data:[DONE]\n\n"),
    ],
)
async def test_an_odd_done_is_written_as_asked_for(form: Any, end: bytes) -> None:
    whole, spoiled = await both(OddDone(form))

    assert spoiled.body == whole.body.removesuffix(DONE) + end


async def test_a_truncated_event_is_half_of_it_and_then_the_end_of_the_body() -> None:
    whole, spoiled = await both(TruncatedEvent(after=2))

    sent = events(whole.body)
    assert spoiled.body == b"".join(sent[:2]) + sent[2][: len(sent[2]) // 2]
    assert spoiled.rest.endswith(b"\r\n0\r\n\r\n")


async def test_a_truncated_event_lacks_as_many_bytes_as_asked_for() -> None:
    whole, spoiled = await both(TruncatedEvent(after=2, drop=1))

    assert spoiled.body == b"".join(events(whole.body)[:3])[:-1]


async def test_a_whole_answer_that_is_truncated_ends_as_if_it_were_complete() -> None:
    whole, spoiled = await both(TruncatedEvent(after=0, drop=30), stream=False)

    assert spoiled.body == whole.body[:-30]
    assert spoiled.rest.endswith(b"\r\n0\r\n\r\n")


@pytest.mark.parametrize("count", [1, 2])
async def test_dropped_chunks_are_missing_and_no_others(count: int) -> None:
    whole, spoiled = await both(DroppedChunk(after=2, count=count))

    sent = events(whole.body)
    assert events(spoiled.body) == sent[:2] + sent[2 + count :]


@pytest.mark.parametrize("by", [1, 2])
async def test_a_reordered_event_is_overtaken_by_others(by: int) -> None:
    whole, spoiled = await both(Reordered(after=1, by=by))

    sent = events(whole.body)
    assert events(spoiled.body) == [sent[0], *sent[2 : 2 + by], sent[1], *sent[2 + by :]]


async def test_after_done_a_chunk_with_text_comes() -> None:
    whole, spoiled = await both(ChunkAfterDone(2))

    late = spoiled.body.removeprefix(whole.body)
    assert late == events(whole.body)[4] * 2
    assert json.loads(late[6:].split(b"\n")[0])["choices"][0]["delta"] == {"content": " four"}


async def test_the_finish_chunk_comes_twice() -> None:
    whole, spoiled = await both(DuplicateFinish())

    sent = events(whole.body)
    assert b'"finish_reason":"stop"' in sent[5]
    assert events(spoiled.body) == [*sent[:6], *sent[5:]]


async def test_a_second_role_comes_in_the_middle() -> None:
    whole, spoiled = await both(SecondRole("user", after=2))

    sent = events(spoiled.body)
    assert sent[:2] + sent[3:] == events(whole.body)
    chunk = values(sent[2])[0]
    assert chunk["choices"][0]["delta"] == {"role": "user", "content": ""}
    assert chunk["id"] == values(whole.body)[0]["id"]


@pytest.mark.parametrize("form", ["other", "fresh", "empty"])
async def test_ids_change_from_a_place_on(form: Any) -> None:
    whole, spoiled = await both(ChangedId(form, after=2))

    true = values(whole.body)[0]["id"]
    ids = [value["id"] for value in values(spoiled.body)]
    assert ids[:2] == [true, true]
    assert true not in ids[2:]
    assert len(set(ids[2:])) == {"other": 1, "fresh": 4, "empty": 1}[form]
    assert ("" in ids) == (form == "empty")
    rest = [{**value, "id": ""} for value in values(spoiled.body)]
    assert rest == [{**value, "id": ""} for value in values(whole.body)]


async def test_usage_lies_by_a_factor_and_in_single_values() -> None:
    lie = LyingUsage(3, values={"prompt_tokens_details.cached_tokens": -1, "new.a": None})
    whole, spoiled = await both(lie, **USAGE)

    true, told = (values(told.body)[-1]["usage"] for told in (whole, spoiled))
    assert told["total_tokens"] == 3 * true["total_tokens"]
    assert told["completion_tokens"] == 3 * true["completion_tokens"]
    assert told["prompt_tokens_details"]["cached_tokens"] == -1
    assert told["new"] == {"a": None}
    assert values(spoiled.body)[:-1] == values(whole.body)[:-1]


@pytest.mark.parametrize("dialect", ["openai", "groq", "deepseek", "mistral"])
async def test_usage_lies_in_whole_answers_too_and_the_rest_is_the_same_bytes(
    dialect: str,
) -> None:
    whole, spoiled = await both(LyingUsage(7), dialect=dialect, stream=False)

    true, told = (json.loads(one.body) for one in (whole, spoiled))
    assert told["usage"]["total_tokens"] == 7 * true["usage"]["total_tokens"]
    number = rb'_tokens(": ?)[0-9.]+'
    assert re.sub(number, rb"\1", spoiled.body) == re.sub(number, rb"\1", whole.body)


@pytest.mark.parametrize("dialect", ["openai", "deepseek"])
async def test_usage_comes_three_times_and_is_the_same_each_time(dialect: str) -> None:
    _, spoiled = await both(RepeatedUsage(), dialect=dialect, **USAGE)

    told = [value for value in values(spoiled.body) if value.get("usage")]
    assert len(told) == 3
    assert [one["usage"] for one in told] == [told[0]["usage"]] * 3
    assert [one["choices"] for one in told[1:]] == [[], []]


async def test_unknown_fields_stand_on_each_level() -> None:
    whole, spoiled = await both(UnknownFields("x"))

    for before, after in zip(values(whole.body), values(spoiled.body), strict=True):
        unknown = after.pop("x")
        for choice in after["choices"]:
            assert choice.pop("x") == choice["delta"].pop("x") == unknown
        assert before == after


async def test_unknown_fields_stand_in_whole_answers_too() -> None:
    whole, spoiled = await both(UnknownFields("x"), stream=False)

    told = json.loads(spoiled.body)
    assert "x" in told
    assert "x" in told["choices"][0]["message"]
    assert re.sub(rb',\s*"x": {.*?}\s*]\s*}', b"", spoiled.body, flags=re.DOTALL) == whole.body


@pytest.mark.parametrize(
    ("fault", "event"),
    [
        (UnknownEvent(after=1), b'event: ping\ndata: {"type":"ping"}\n\n'),
        (UnknownEvent("x", data=None, after=1), b"event: x\n\n"),
    ],
)
async def test_an_unknown_event_comes_between_two_others(fault: Fault, event: bytes) -> None:
    whole, spoiled = await both(fault)

    sent = events(whole.body)
    assert events(spoiled.body) == [sent[0], event, *sent[1:]]


async def test_odd_lines_stand_before_the_data_of_every_event() -> None:
    whole, spoiled = await both(OddLines(["id: 7", "retry: x"], after=1))

    first, *rest = events(whole.body)
    assert events(spoiled.body) == [first, *[b"id: 7\nretry: x\n" + event for event in rest]]


async def test_a_comment_comes_before_every_event() -> None:
    whole, spoiled = await both(CommentEveryEvent(" hi", after=1))

    assert spoiled.body == whole.body.replace(b"\n\ndata", b"\n\n: hi\n\ndata")


async def test_further_blank_lines_stand_behind_every_event() -> None:
    whole, spoiled = await both(BlankLines(2))

    assert spoiled.body == whole.body.replace(b"\n\n", b"\n\n\n\n")


@pytest.mark.parametrize("lines", [2, 5, 1000])
async def test_data_over_several_lines_are_the_same_value(lines: int) -> None:
    whole, spoiled = await both(SplitData(lines))

    joined = spoiled.body.replace(b"\ndata: ", b"\n").replace(b"\n\n", b"\n\ndata: ")
    assert [json.loads(e[6:]) for e in events(b"data: " + joined[6:])[:-1]] == values(whole.body)
    counts = [event.count(b"data: ") for event in events(spoiled.body)[:-1]]
    assert min(counts) >= min(lines, 10)
    assert events(spoiled.body)[-1] == DONE


async def test_separators_stand_raw_in_a_member_that_carries_nothing() -> None:
    whole, spoiled = await both(LineSeparators())

    assert spoiled.body.count("\u2028".encode()) == len(values(whole.body))
    assert {"\u2028", "\u2029", "\x85"} <= set(spoiled.body.decode())
    told = values(spoiled.body)
    assert all(one.pop("separators") for one in told)
    assert told == values(whole.body)


async def test_a_nul_in_json_stands_in_the_text() -> None:
    whole, spoiled = await both(Nul(after=1))

    assert spoiled.body == whole.body.replace(b'"content":"one"', b'"content":"\0one"')


@pytest.mark.parametrize(
    ("where", "line"), [("line", b"\0\n"), ("id", b"id: a\0b\n"), ("escaped", None)]
)
async def test_a_nul_elsewhere_leaves_the_answer_whole(where: Any, line: bytes | None) -> None:
    whole, spoiled = await both(Nul(where, after=1))

    if line is None:
        assert spoiled.body.count(b'"nul":"\\u0000"') == 1
        told = values(spoiled.body)
        told[1].pop("nul")
        assert told == values(whole.body)
    else:
        sent = events(whole.body)
        assert events(spoiled.body) == [sent[0], line + sent[1], *sent[2:]]


@pytest.mark.parametrize("form", ["lone", "cut", "overlong", "surrogate", "too_large", "latin1"])
async def test_invalid_bytes_stand_in_the_text(form: Any) -> None:
    whole, spoiled = await both(InvalidUTF8(form, after=1))

    before, _, behind = whole.body.partition(b"one")
    assert spoiled.body.startswith(before)
    assert spoiled.body.endswith(b"one" + behind)
    with pytest.raises(UnicodeDecodeError):
        spoiled.body.decode()


@pytest.mark.parametrize("dialect", ["deepseek", "vllm", "mistral"])
async def test_invalid_bytes_stand_in_the_reasoning_where_there_is_no_text(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply(Answer("One.", reasoning="Hm, so."))
        fake.fail(InvalidUTF8(after=2))
        spoiled = await wire(fake, chat())

    event = next(event for event in events(spoiled.body) if b"\x80" in event)
    assert re.search(rb'"(reasoning|reasoning_content|text)":"\x80', event)


@pytest.mark.parametrize("at", [0, 100, 300])
async def test_raw_bytes_come_at_their_byte(at: int) -> None:
    whole, spoiled = await both(RawBytes(b"\xff\0", at_byte=at))

    assert spoiled.body == whole.body[:at] + b"\xff\0" + whole.body[at:]


async def test_padding_only_is_white_space_and_the_end_of_the_body() -> None:
    for streamed in (True, False):
        _, spoiled = await both(PaddingOnly(2), stream=streamed)

        assert spoiled.body == b"\n         \n" * 2
        assert spoiled.rest.endswith(b"\r\n0\r\n\r\n")


@pytest.mark.parametrize("dialect", ["openai", "mistral", "deepseek", "openrouter"])
async def test_an_error_with_status_200_is_the_body_of_the_provider(dialect: str) -> None:
    _, spoiled = await both(Error200(429), dialect=dialect)

    assert spoiled.head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert spoiled.header("content-type") == [b"application/json"]
    assert "message" in json.dumps(json.loads(spoiled.body))


async def test_an_error_with_status_200_may_bring_its_own_body() -> None:
    _, spoiled = await both(Error200(body='{"error": "no"}'))

    assert spoiled.body == b'{"error": "no"}'


async def test_broken_json_of_a_whole_answer_is_its_first_half() -> None:
    whole, spoiled = await both(BrokenJSON(after=0), stream=False)

    assert spoiled.body == whole.body[: len(whole.body) // 2]


@pytest.mark.parametrize(
    "fault",
    [
        TruncatedEvent(after=1),
        CommentEveryEvent(),
        BlankLines(),
        UnknownFields(),
        UnknownEvent(),
        OddLines(),
        SplitData(),
        SecondRole(after=1),
        OddDone("one_newline"),
        Nul("line"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("newline", ["\r\n", "\r"])
async def test_faults_write_lines_as_the_rest_of_the_stream(fault: Fault, newline: Any) -> None:
    plain = await both(fault)
    _, dressed = await both(fault, writes=Writes(newline=newline))

    if isinstance(fault, TruncatedEvent):  # half of it is a byte more or less
        assert (b"\n" in dressed.body) == (newline == "\r\n")
    else:
        assert dressed.body.replace(newline.encode(), b"\n") == plain[1].body


async def test_a_place_in_time_is_that_of_the_waits() -> None:
    async with FakeOpenAI(latency=Latency(between=0.01)) as fake:
        fake.reply(TEXT)
        fake.fail(Cut(at_seconds=0.025))
        told = await wire(fake, chat())

    assert len(events(told.body)) == 3  # at 0, 0.01 and 0.02 s
    assert told.end == "eof"
    assert not told.rest.endswith(b"0\r\n\r\n")


async def test_a_place_in_time_may_be_inside_a_stall() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(TEXT)
        fake.fail((Stall(after=2), UnknownEvent(at_seconds=0.01), Cut(at_seconds=0.02)))
        told = await wire(fake, chat())

    assert len(events(told.body)) == 3
    assert events(told.body)[2].startswith(b"event: ping\n")


async def test_a_time_behind_the_end_is_not_reached() -> None:
    async with FakeOpenAI(latency=Latency(between=0.001)) as fake:
        fake.reply(TEXT)
        fake.fail(Cut(at_seconds=5))
        told = await wire(fake, chat())

    assert told.body.endswith(DONE)
    assert fake.requests[0].faults == ()


async def test_a_place_left_to_chance_is_the_same_for_the_same_seed() -> None:
    async def sent(seed: int) -> list[int]:
        async with FakeOpenAI(seed=seed) as fake:
            fake.reply(Answer(chunks=["x "] * 200))
            fake.fail(UnknownEvent(each=0.1))
            told = await wire(fake, chat())
            return [at for at, e in enumerate(events(told.body)) if e.startswith(b"event")]

    places = await sent(1)

    assert places == await sent(1) != await sent(2)
    assert 8 <= len(places) <= 35


async def test_a_fault_before_each_event_strikes_each() -> None:
    whole, spoiled = await both(UnknownEvent(each=1))

    ping = b'event: ping\ndata: {"type":"ping"}\n\n'
    expected = [part for event in events(whole.body) for part in (ping, event)]
    assert events(spoiled.body) == expected
