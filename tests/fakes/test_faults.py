from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import openai
import pytest

from fake_openai import (
    BrokenJSON,
    Chance,
    CleanEnd,
    CommentFlood,
    Cut,
    Drip,
    DuplicateChunk,
    ErrorEvent,
    FakeOpenAI,
    Fault,
    LongLine,
    NoHeaders,
    RefuseConnection,
    Reply,
    Reset,
    ResetBeforeHeaders,
    Stall,
    Status,
    Writes,
)
from support.openai_client import ask, chat, events, finish_reasons

TEXT = "one two three four"


async def spoiled(*faults: Fault, dialect: str = "openai", **more: Any) -> Any:
    """Return the stream with `faults` in it, and what the journal says of it."""
    async with FakeOpenAI(dialect) as fake:
        fake.reply(TEXT)
        fake.fail(faults)
        raw = await ask(fake, chat(**more))
        return raw, fake.requests[0]


async def whole(dialect: str = "openai") -> bytes:
    async with FakeOpenAI(dialect) as fake:
        fake.reply(TEXT)
        return (await ask(fake, chat())).body


async def test_a_cut_ends_the_connection_inside_the_body() -> None:
    raw, received = await spoiled(Cut(after=3))

    assert (raw.end, raw.text, len(raw.events)) == ("cut", "one two", 3)
    assert (received.ended, received.chunks_sent) == ("fault", 3)


async def test_a_cut_after_no_event_leaves_the_headers() -> None:
    raw, _ = await spoiled(Cut(after=0))

    assert (raw.status, raw.body, raw.end) == (200, b"", "cut")


@pytest.mark.parametrize("at", [0, 1, 300, 700])
async def test_a_cut_can_be_made_at_any_byte(at: int) -> None:
    raw, received = await spoiled(Cut(at_byte=at))

    assert (raw.end, raw.body) == ("cut", (await whole())[:at])
    assert received.bytes_sent == at


async def test_a_cut_after_the_last_event_leaves_out_the_end_of_the_body() -> None:
    raw, _ = await spoiled(Cut(after=len(events(await whole()))))

    assert (raw.end, raw.body) == ("cut", await whole())


async def test_a_place_behind_the_end_is_not_reached() -> None:
    raw, received = await spoiled(Cut(after=100), Reset(at_byte=1_000_000))

    assert (raw.end, raw.text) == ("whole", TEXT)
    assert (received.ended, received.faults) == ("whole", ())


async def test_a_reset_comes_after_what_was_sent_before() -> None:
    raw, received = await spoiled(Reset(after=3))

    assert (raw.end, raw.text) == ("reset", "one two")
    assert received.ended == "fault"


async def test_a_clean_end_is_the_end_of_the_body_and_not_of_the_answer() -> None:
    raw, received = await spoiled(CleanEnd(after=3))

    assert (raw.end, raw.text, finish_reasons(raw.body)) == ("whole", "one two", [])
    assert "[DONE]" not in raw.events
    assert received.ended == "fault"


async def test_a_stall_is_silent_and_then_the_answer_goes_on() -> None:
    raw, received = await spoiled(Stall(after=2, seconds=0.01))

    assert (raw.end, raw.text, received.ended) == ("whole", TEXT, "whole")


async def test_a_stall_with_comments_keeps_the_connection_alive() -> None:
    stall = Stall(after=2, seconds=0.03, comments=True, every=0.01)
    raw, _ = await spoiled(stall, dialect="openrouter")

    comments = raw.body.split(b"data: ")[2].count(b": OPENROUTER PROCESSING\n\n")
    assert comments == 3
    assert raw.text == TEXT


async def test_a_drip_sends_the_rest_a_few_bytes_at_a_time() -> None:
    raw, _ = await spoiled(Drip(after=len(events(await whole())) - 1, bytes=3, every=0.001))

    assert (raw.end, raw.text) == ("whole", TEXT)
    assert raw.chunks[-5:] == [b"dat", b"a: ", b"[DO", b"NE]", b"\n\n"]


async def test_an_error_event_ends_the_answer() -> None:
    raw, received = await spoiled(ErrorEvent(after=2))

    assert raw.events[2:] == [
        {
            "error": {
                "message": "The server had an error while processing your request."
                " Sorry about that!",
                "type": "server_error",
                "param": None,
                "code": None,
            }
        },
        "[DONE]",
    ]
    assert (raw.end, received.ended) == ("whole", "fault")


@pytest.mark.parametrize(
    ("dialect", "event", "error", "closes"),
    [
        ("vllm", b"", {"type": "InternalServerError", "code": 500}, True),
        ("sglang", b"", {"object": "error", "code": 500}, True),
        ("groq", b"event: error\n", {"status_code": 500}, False),
        ("openrouter", b"", {"code": "server_error"}, False),
    ],
)
async def test_an_error_event_has_the_form_of_the_provider(
    dialect: str, event: bytes, error: dict[str, Any], closes: bool
) -> None:
    raw, _ = await spoiled(ErrorEvent(after=2, message="no"), dialect=dialect)

    found = raw.events[2]
    assert found["error"]["message"] == "no"
    assert error.items() <= found["error"].items()
    assert (raw.events[-1] == "[DONE]") is closes
    assert event + b'data: {"' in raw.body


async def test_whether_done_follows_an_error_can_be_chosen() -> None:
    raw, _ = await spoiled(ErrorEvent(after=2, done=False, type="model_error", code=7))

    assert raw.events[-1]["error"] == {
        "message": "The server had an error while processing your request. Sorry about that!",
        "type": "model_error",
        "param": None,
        "code": 7,
    }


async def test_broken_json_is_half_an_event_and_the_stream_goes_on() -> None:
    raw, received = await spoiled(BrokenJSON(after=2))

    assert isinstance(raw.events[2], str)
    assert raw.events[2].startswith('{"id":"chatcmpl-')
    assert (raw.text, raw.end) == ("one three four", "whole")
    assert received.ended == "fault"


async def test_a_duplicate_chunk_is_the_same_bytes_again() -> None:
    raw, received = await spoiled(DuplicateChunk(after=2, times=2))

    sent = raw.body.split(b"\n\n")
    assert sent[1] == sent[2] == sent[3] != sent[4]
    assert (raw.text, received.ended) == ("oneoneone two three four", "whole")


async def test_a_comment_flood_comes_between_two_events() -> None:
    raw, _ = await spoiled(CommentFlood(3000, after=1))

    assert raw.body.split(b"data: ")[1].count(b": keep-alive\n\n") == 3000
    assert raw.text == TEXT


async def test_without_a_place_a_flood_comes_first() -> None:
    raw, _ = await spoiled(CommentFlood(2))

    assert raw.body.startswith(b": keep-alive\n\n: keep-alive\n\ndata: ")


@pytest.mark.parametrize("size", [1000, 65536, 300_000])
async def test_a_long_line_has_the_size_asked_for_and_carries_nothing(size: int) -> None:
    raw, _ = await spoiled(LongLine(size, after=1))

    event = raw.body.split(b"\n\n")[1] + b"\n\n"
    assert len(event) == size
    assert json.loads(event[6:])["choices"] == []
    assert raw.text == TEXT


async def test_faults_take_effect_in_their_order() -> None:
    raw, received = await spoiled(DuplicateChunk(after=2), Cut(after=4))

    assert (raw.text, raw.end) == ("oneone two", "cut")
    assert received.faults == (DuplicateChunk(after=2), Cut(after=4))


async def test_each_request_gets_the_next_fault_and_then_none() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Cut(after=1), Status(500))
        ends = [(raw.status, raw.end) for raw in [await ask(fake, chat()) for _ in range(3)]]

    assert ends == [(200, "cut"), (500, "whole"), (200, "whole")]


async def test_a_row_of_faults_can_be_dealt_out_for_ever() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(500), Status(503), times=None)
        statuses = [(await ask(fake, chat())).status for _ in range(5)]

    assert statuses == [500, 503, 500, 503, 500]


async def test_faults_are_chosen_by_question() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(500), contains="cat")
        statuses = [(await ask(fake, chat(q))).status for q in ("dog", "cat", "cat")]

    assert statuses == [200, 500, 200]


async def test_a_malformed_request_uses_no_fault_up() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(500))
        statuses = [(await ask(fake, body)).status for body in ({}, chat())]

    assert statuses == [400, 500]


async def test_a_status_brings_the_headers_it_was_given() -> None:
    fault = Status(429, retry_after=1.5, retry_after_ms=1500, headers={"x-should-retry": "true"})
    raw, received = await spoiled(fault)

    told = {name: raw.headers[name] for name in ("retry-after", "retry-after-ms")}
    assert told == {"retry-after": "1.5", "retry-after-ms": "1500"}
    assert raw.headers["x-should-retry"] == "true"
    assert (raw.status, received.status, received.ended) == (429, 429, "fault")


@pytest.mark.parametrize(
    ("status", "should_retry", "attempts"), [(400, True, 2), (500, False, 1), (500, None, 2)]
)
async def test_a_status_may_say_whether_to_try_again_and_the_sdk_obeys(
    status: int, should_retry: bool | None, attempts: int
) -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(status, should_retry=should_retry, retry_after_ms=1))
        client = openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-any", max_retries=1)
        async with client as api:
            with contextlib.suppress(openai.APIStatusError):
                await api.chat.completions.create(**chat("Hi", stream=False))

    assert len(fake.requests) == attempts


async def test_without_being_asked_a_status_says_nothing_of_retries() -> None:
    raw, _ = await spoiled(Status(429))

    assert not {"retry-after", "retry-after-ms", "x-should-retry"} & raw.headers.keys()


@pytest.mark.parametrize(
    ("body", "sent", "content_type"),
    [
        ({"a": 1}, b'{"a": 1}', "application/json"),
        ("down", b"down", "text/plain; charset=utf-8"),
        (b"\x00", b"\x00", "application/octet-stream"),
    ],
)
async def test_a_status_may_bring_its_own_body(body: Any, sent: bytes, content_type: str) -> None:
    raw, _ = await spoiled(Status(500, body=body))

    assert (raw.body, raw.headers["content-type"]) == (sent, content_type)


async def test_a_bad_gateway_answers_in_html() -> None:
    raw, _ = await spoiled(Status(502))

    assert raw.headers["content-type"] == "text/html; charset=UTF-8"
    assert b"<title>api.openai.com | 502: Bad gateway</title>" in raw.body


async def test_a_connection_can_be_reset_before_any_header() -> None:
    raw, received = await spoiled(ResetBeforeHeaders())

    assert (raw.status, raw.end, received.ended) == (0, "reset", "fault")


async def test_headers_can_be_late() -> None:
    raw, received = await spoiled(NoHeaders(seconds=0.01))

    assert (raw.text, received.ended, received.fault) == (TEXT, "whole", NoHeaders(seconds=0.01))


async def test_headers_that_never_come_leave_the_client_waiting() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(NoHeaders())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await ask(fake, chat())

        assert await fake.quiet() == 0
        assert (fake.requests[0].status, fake.requests[0].ended) == (0, "client left")


@pytest.mark.slow
async def test_a_server_that_goes_down_refuses_connections_and_comes_back() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(RefuseConnection(seconds=0.3))
        assert (await ask(fake, chat())).end == "reset"
        with pytest.raises(ConnectionRefusedError):
            await ask(fake, chat())
        async with asyncio.timeout(10):
            while True:
                await asyncio.sleep(0.05)
                with contextlib.suppress(ConnectionRefusedError):
                    back = await ask(fake, chat())
                    break

    assert back.end == "whole"


async def test_an_answer_that_is_not_streamed_can_be_cut() -> None:
    raw, received = await spoiled(Cut(at_byte=100), stream=False)

    assert (raw.end, len(raw.body), received.ended) == ("cut", 100, "fault")


async def test_faults_of_streams_leave_other_answers_alone() -> None:
    faults = (ErrorEvent(after=0), CommentFlood(3), LongLine(99), DuplicateChunk(after=1))
    raw, received = await spoiled(*faults, stream=False)

    assert raw.json()["choices"][0]["message"]["content"] == TEXT
    assert received.faults == ()


async def test_a_stall_with_comments_is_silent_in_an_answer_that_is_not_streamed() -> None:
    stall = Stall(at_byte=100, seconds=0.02, comments=True, every=0.005)

    raw, received = await spoiled(stall, stream=False)

    assert raw.json()["choices"][0]["message"]["content"] == TEXT
    assert received.faults == (stall,)


async def test_a_long_line_is_never_shorter_than_its_chunk() -> None:
    raw, _ = await spoiled(LongLine(1, after=1))

    assert raw.events[1]["padding"] == ""
    assert raw.text == TEXT


async def test_a_fault_writes_its_lines_as_the_rest_of_the_stream() -> None:
    async with FakeOpenAI() as fake:
        fake.plan = lambda _: Reply(
            TEXT,
            (CommentFlood(1, after=1), BrokenJSON(after=1), LongLine(500, after=1)),
            writes=Writes(newline="\r\n"),
        )
        raw = await ask(fake, chat())

    assert raw.body.replace(b"\r\n", b"").count(b"\n") == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Cut, r"Cut needs exactly one of after= \(events\), at_byte= .*, got none"),
        (lambda: Cut(at_seconds=-1), "at_seconds of Cut must be 0 or more, got -1"),
        (lambda: Cut(each=0), "each of Cut must be above 0 and at most 1, got 0"),
        (lambda: Chance(Cut(after=1), 2), "probability of Chance must be above 0 and at most 1"),
        (lambda: Stall(after=1, at_byte=1), "Stall needs exactly one of"),
        (lambda: Reset(after=-1), "after of Reset must be 0 or more, got -1"),
        (lambda: Stall(after=1, seconds=-1), "seconds of Stall must be 0 or more, got -1"),
        (lambda: Stall(after=1, every=0), "every of Stall must be above 0, got 0"),
        (lambda: NoHeaders(seconds=float("nan")), "seconds of NoHeaders must be 0 or more"),
        (lambda: Drip(after=1, bytes=0), "Drip needs at least 1 byte a write, got 0"),
        (lambda: Status(200), "status must be an error, 400 to 599, got 200"),
        (lambda: DuplicateChunk(after=0), "after= and times= of at least 1, got 0 and 1"),
        (lambda: CommentFlood(0), "CommentFlood needs at least 1 comment, got 0"),
        (lambda: LongLine(0), "LongLine needs a size of at least 1 byte, got 0"),
        (lambda: BrokenJSON(after=-1), "after of BrokenJSON must be 0 or more, got -1"),
    ],
)
def test_impossible_faults_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
