"""What a middleware tells beside the bytes: comments at seams, and answers that are over."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from fake_openai import Cut, FakeOpenAI, ResetBeforeHeaders, Stall, Status
from steadystream import (
    Answer,
    AnswerBroken,
    Backoff,
    InvalidRequest,
    Retries,
    SteadyClient,
    SteadyStream,
    Verdict,
    answer_of,
    event_bytes,
)
from steadystream.protocol.sse import SSEDecoder
from support.wire import OK, Act, http_chunk, wire

HEADERS = {"Authorization": "Bearer sk-a-well-formed-key"}
ASKED: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Tell me."}]}
QUICK = Retries(attempts=4, backoff=Backoff(base=0.001))
ONE = b'data: {"id":"1","choices":[{"index":0,"delta":{"content":"one"}}]}\n\n'
STOP = b'data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(dialect="vllm") as server:
        yield server


def session(**settings: Any) -> aiohttp.ClientSession:
    given: dict[str, Any] = {"dialect": "vllm", "retries": QUICK}
    return aiohttp.ClientSession(middlewares=(SteadyStream(**given | settings),), headers=HEADERS)


def ask(chat: aiohttp.ClientSession, url: str, **body: Any) -> Any:
    return chat.post(url + "/chat/completions", json=ASKED | {"stream": True} | body)


async def body_of(fake: FakeOpenAI, **settings: Any) -> bytes:
    async with session(**settings) as chat, ask(chat, fake.base_url) as got:
        body: bytes = await got.read()
        return body


def comments(body: bytes) -> list[str]:
    return [line for line in body.decode().split("\n") if line.startswith(": steadystream")]


async def test_a_seam_is_marked_where_it_is_wanted(fake: FakeOpenAI) -> None:
    fake.fail(Cut(after=4), Cut(after=3))

    body = await body_of(fake, seam_comments=True)

    first, second = comments(body)
    assert first.startswith(": steadystream resumed rung=exact_prefix attempt=2 position=")
    assert second.startswith(": steadystream resumed rung=exact_prefix attempt=3 position=")
    assert first.endswith(" cause=Disconnected")


async def test_without_being_asked_nothing_is_marked(fake: FakeOpenAI) -> None:
    fake.fail(Cut(after=4))

    assert comments(await body_of(fake)) == []


async def test_an_answer_without_a_seam_has_no_comment(fake: FakeOpenAI) -> None:
    fake.fail(ResetBeforeHeaders())

    assert comments(await body_of(fake, seam_comments=True)) == []


@pytest.mark.parametrize("at_byte", [None, 700, 701, 720])
async def test_a_comment_stands_between_events_and_changes_none(
    fake: FakeOpenAI, at_byte: int | None
) -> None:
    fault = Cut(after=5) if at_byte is None else Cut(at_byte=at_byte)
    fake.fail(fault)

    body = await body_of(fake, seam_comments=True)

    blocks = body.decode().split("\n\n")
    assert [b for b in blocks if b.startswith(": steadystream")] == comments(body)
    events = [event.data for event in SSEDecoder().feed(body) if event.data is not None]
    assert events[-1] == "[DONE]"
    choices = [json.loads(data)["choices"] for data in events[:-1]]
    text = "".join(each[0]["delta"].get("content") or "" for each in choices if each)
    assert text == fake.answer_to(ASKED).text


async def test_events_of_a_client_are_written_out_as_the_middleware_does(fake: FakeOpenAI) -> None:
    fake.fail(Cut(after=4))
    async with SteadyClient(
        fake.base_url, api_key="sk-a-well-formed-key", dialect="vllm", retries=QUICK
    ) as client:
        async with client.stream(**ASKED) as answer:
            written = b"".join([event_bytes(e, seam_comments=True) async for e in answer])

    assert len(comments(written)) == 1
    assert written.endswith(b"data: [DONE]\n\n")


async def test_each_answer_is_told_of_once_when_it_is_over(fake: FakeOpenAI) -> None:
    told: list[Answer] = []
    fake.fail(Cut(after=4))
    async with session(on_answer=told.append) as chat:
        async with ask(chat, fake.base_url) as got:
            await got.content.readany()
            assert told == []
            await got.read()

        (answer,) = told
        assert answer is answer_of(got)
        assert answer.verdict is Verdict.COMPLETE
        assert [attempt.ended_at is not None for attempt in answer.attempts] == [True, True]
        assert answer.cost.delivered.completion_tokens > 0
        assert "2 attempts" in answer.explain()


async def test_an_answer_that_broke_is_told_of(fake: FakeOpenAI) -> None:
    told: list[Answer] = []
    fake.fail(Cut(after=4))
    with pytest.raises(AnswerBroken):
        await body_of(fake, on_answer=told.append, retries=Retries(attempts=1))

    (answer,) = told
    assert answer.verdict is Verdict.TRUNCATED
    assert "gave up: attempts spent" in answer.explain()


async def test_an_answer_that_never_began_is_told_of(fake: FakeOpenAI) -> None:
    told: list[Answer] = []
    fake.fail(ResetBeforeHeaders(), times=None)
    with pytest.raises(aiohttp.ClientError):
        await body_of(
            fake, on_answer=told.append, retries=Retries(attempts=2, backoff=Backoff(base=0))
        )

    assert [len(answer.attempts) for answer in told] == [2]


async def test_a_refusal_that_is_returned_tells_of_its_attempts(fake: FakeOpenAI) -> None:
    told: list[Answer] = []
    fake.fail(Status(503), times=None)
    async with session(on_answer=told.append) as chat, ask(chat, fake.base_url) as got:
        assert got.status == 503
        assert answer_of(got) is told[0]

    assert len(told[0].attempts) == 4
    assert len(told) == 1


async def test_what_is_left_alone_is_not_told_of(fake: FakeOpenAI) -> None:
    told: list[Answer] = []
    async with session(on_answer=told.append) as chat:
        async with ask(chat, fake.base_url, stream=False) as got:
            await got.read()
        async with chat.get(f"{fake.base_url}/models") as got:
            await got.read()

    assert told == []


@pytest.mark.parametrize("how", ["close", "cancel", "before it began"])
async def test_an_answer_that_is_left_is_told_of(fake: FakeOpenAI, how: str) -> None:
    told: list[Answer] = []
    fake.fail(Stall(after=0 if how == "before it began" else 4))
    async with session(on_answer=told.append) as chat:
        asking = asyncio.ensure_future(ask(chat, fake.base_url).__aenter__())
        if how == "before it began":
            await asyncio.sleep(0.05)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        else:
            got = await asking
            reading = asyncio.create_task(got.read())
            await asyncio.sleep(0.01)
            reading.cancel()
            got.close()
        async with asyncio.timeout(1):
            while not told:  # noqa: ASYNC110  # it is closed as soon as the loop comes to it
                await asyncio.sleep(0.005)

    (answer,) = told
    assert answer.verdict is Verdict.TRUNCATED
    assert answer.attempts[0].left


async def test_an_error_in_who_is_told_harms_no_answer(
    fake: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Answer) -> None:
        msg = "a full disk"
        raise OSError(msg)

    with caplog.at_level(logging.ERROR, logger="steadystream"):
        body = await body_of(fake, on_answer=fail)

    assert body.endswith(b"[DONE]\n\n")
    assert "on_answer failed" in caplog.text
    assert "a full disk" in caplog.text
    assert "sk-a-well" not in caplog.text


async def test_a_reader_that_stops_at_the_end_has_a_whole_answer_and_keeps_the_connection() -> None:
    told: list[Answer] = []
    script = [OK, http_chunk(ONE + STOP + DONE), 0.01, b"0\r\n\r\n"]
    async with wire(script) as server, session(on_answer=told.append) as chat:
        for _ in range(2):
            async with ask(chat, server.url) as got:
                while not (await got.content.readany()).endswith(DONE):
                    pass
            await asyncio.sleep(0.05)

        assert [answer.verdict for answer in told] == ["complete", "complete"]
        assert not told[0].attempts[0].left
        assert (len(server.requests), server.open) == (2, 1)


async def test_a_server_that_does_not_end_the_body_is_not_waited_for() -> None:
    told: list[Answer] = []
    async with wire([OK, http_chunk(ONE + STOP), Act.HOLD]) as server:
        async with session(on_answer=told.append) as chat, ask(chat, server.url) as got:
            await got.content.readany()
            got.close()

            assert await server.idle() == 0
        assert len(told) == 1


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"seam_comments": 1}, "seam_comments must be True or False, got 1"),
        ({"on_answer": 3}, "on_answer must be a plain function of an answer, or None, got 3"),
        ({"on_answer": asyncio.sleep}, "on_answer must be a plain function"),
    ],
)
def test_a_setting_of_another_kind_is_refused(setting: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        SteadyStream(**setting)
