"""The journal: every request, what was sent when, and no secret."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from fake_openai import Cut, FakeOpenAI, ManualClock, Received, Stall, Status, Writes
from fake_openai.front.bodies import Bodies
from fake_openai.front.secrets import clean_body, clean_query, without_secrets
from fake_openai.keeping import tape
from fake_openai.keeping.tape import Tapes
from support.openai_client import ask, chat

KEY = {"Authorization": "Bearer sk-very-secret"}


async def test_no_key_and_no_cookie_is_kept() -> None:
    secrets = {
        **KEY,
        "Api-Key": "secret-1",
        "X-Goog-Api-Key": "secret-2",
        "Cookie": "secret-3",
        "X-Auth-Token": "secret-4",
        "Ocp-Apim-Subscription-Key": "secret-5",
    }
    async with FakeOpenAI() as fake, aiohttp.ClientSession(headers=secrets) as session:
        url = f"{fake.base_url}/chat/completions?api-key=secret-6&api-version=2&sig=secret-7"
        async with session.post(url, json=chat()) as response:
            await response.read()
        entry = fake.requests[0]

    assert "secret" not in repr(entry)
    assert "secret" not in json.dumps([dict(entry.headers), entry.query])
    assert entry.query == "api-key=(removed)&api-version=2&sig=(removed)"


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        ("a=b&c", "a=b&c"),
        ("key=x&access_token=y&limit=3", "key=(removed)&access_token=(removed)&limit=3"),
        ("metadata%5Bkey%5D=x", "metadata%5Bkey%5D=x"),
        ("api%2Dkey=x", "api%2Dkey=(removed)"),
    ],
)
def test_values_of_keys_are_removed_from_a_query(query: str, kept: str) -> None:
    assert clean_query(query) == kept


def test_ordinary_headers_stay() -> None:
    plain = {"content-type": "application/json", "idempotency-key": "x", "x-request-id": "r"}

    assert without_secrets(plain) == plain


def test_members_named_as_secrets_are_are_not_shown() -> None:
    body = {"tools": [{"type": "mcp", "authorization": "s", "server_url": "u"}], "max_tokens": 3}

    shown = clean_body(body)

    assert shown["tools"] == [{"type": "mcp", "authorization": "(removed)", "server_url": "u"}]
    assert shown["max_tokens"] == 3


@pytest.mark.parametrize("writes", [Writes(), Writes("bytes"), Writes("lines")])
async def test_what_was_sent_is_kept_write_by_write(writes: Writes) -> None:
    async with FakeOpenAI(writes=writes) as fake:
        raw = await ask(fake, chat())
        entry = fake.requests[0]

    assert b"".join(sent.data for sent in entry.sent) == raw.body
    assert sum(len(sent.data) for sent in entry.sent) == entry.bytes_sent


async def test_a_response_that_is_not_streamed_is_kept_too() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat(stream=False))

        assert b"".join(sent.data for sent in fake.requests[0].sent) == raw.body


async def test_times_are_those_of_the_clock() -> None:
    async with FakeOpenAI(clock=ManualClock()) as fake:
        fake.fail(Stall(after=2, seconds=30))
        asking = asyncio.ensure_future(ask(fake, chat()))
        await fake.advance(30, waits=1)
        await asking
        entry = fake.requests[0]

    times = [sent.at - entry.time for sent in entry.sent]
    assert [round(at) for at in (times[1], times[2], times[-1])] == [0, 30, 30]
    assert entry.ended_at is not None
    assert round(entry.ended_at - entry.time) == 30


async def test_how_a_client_left_and_when_is_kept() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Stall(after=2))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await ask(fake, chat())
        await fake.quiet()
        entry = fake.requests[0]

    assert (entry.ended, entry.chunks_sent) == ("client left", 2)
    assert entry.ended_at is not None
    assert entry.ended_at > entry.sent[-1].at


async def test_a_client_that_leaves_within_its_body_is_in_the_journal() -> None:
    async with FakeOpenAI() as fake:
        _, writer = await asyncio.open_connection(fake.host, fake.port)
        writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        await writer.drain()
        while not fake.requests:  # noqa: ASYNC110 (the journal is data, it tells nobody)
            await asyncio.sleep(0.001)
        writer.close()
        await fake.quiet()

        assert [entry.ended for entry in fake.requests] == ["client left"]


async def test_a_body_that_is_no_body_is_in_the_journal() -> None:
    async with FakeOpenAI() as fake:
        reader, writer = await asyncio.open_connection(fake.host, fake.port)
        head = (
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        writer.write(head + b"zz\r\n")
        await reader.read()
        writer.close()

        assert all(entry.ended for entry in fake.requests)


async def test_what_retry_after_said_is_kept_in_seconds() -> None:
    asked: list[dict[str, Any]] = [
        {"retry_after": 2},
        {"retry_after_ms": 1500},
        {"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"},
        {"retry_after": "soon"},
        {},
    ]
    async with FakeOpenAI() as fake:
        fake.fail(*(Status(429, **settings) for settings in asked))
        for _ in asked:
            await ask(fake, chat())

        assert [entry.retry_after for entry in fake.requests] == [2, 1.5, 0, None, None]


async def test_requests_are_counted_over_all_scopes() -> None:
    async with FakeOpenAI() as fake:
        with fake.scope("x") as scope:
            await ask(fake, chat())
            async with aiohttp.ClientSession(headers={**KEY, **scope.headers}) as session:
                await session.get(f"{fake.base_url}/models")

            assert [(entry.number, entry.scope) for entry in fake.requests] == [(1, "default")]
            assert [(entry.number, entry.scope) for entry in scope.requests] == [(2, "x")]


def test_beyond_its_bounds_a_response_is_only_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape, "_MOST_BYTES", 10)
    kept = Tapes().new()

    kept.add(1.0, (b"12345", b"67890"))
    kept.add(2.0, (b"x",))

    assert [sent.data for sent in kept.since(0)] == [b"12345", b"67890"]
    assert kept.missed == 1


def test_of_many_responses_the_latest_are_kept() -> None:
    tapes = Tapes(limit=1000)
    made = [tapes.new() for _ in range(5)]
    for one in made:
        one.add(0.0, (b"x" * 200,))

    assert [len(one) for one in made] == [0, 0, 1, 1, 1]
    assert [one.missed for one in made] == [1, 1, 0, 0, 0]


def test_a_tape_that_was_dropped_counts_on() -> None:
    one = Tapes().new()
    one.add(0.0, (b"x",))
    one.drop()
    one.add(0.0, (b"y",))

    assert (len(one), one.missed) == (0, 2)


async def test_a_journal_that_is_full_keeps_no_bytes_of_what_it_forgot() -> None:
    async with FakeOpenAI(journal_size=2) as fake:
        for question in ("a", "b", "c"):
            await ask(fake, chat(question))

        used = sum(entry.tape.used for entry in fake.requests)
        assert fake._service._tapes.used == used > 0


def test_tapes_that_were_dropped_are_not_held() -> None:
    tapes = Tapes()
    for _ in range(5_000):
        tapes.new().drop()

    assert len(tapes._tapes) < 2_000


async def test_faults_of_a_request_are_in_its_entry() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Cut(after=2))
        await ask(fake, chat())

        assert fake.requests[0].faults == (Cut(after=2),)


def test_tools_and_role_are_those_of_the_body() -> None:
    body = {
        "tools": [
            {"type": "function", "function": {"name": "f"}},
            {"type": "function", "name": "g"},
            {"type": "custom", "custom": {"name": "h"}},
            {"type": "web_search"},
            3,
        ],
        "input": [{"type": "function_call_output", "output": "x"}],
    }
    entry = Received("POST", "/v1/responses", body=body)

    assert (entry.tools, entry.role) == (("f", "g", "h", "web_search"), "tool")


async def test_of_a_refused_request_model_and_question_are_known() -> None:
    async with FakeOpenAI() as fake:
        await ask(fake, {**chat("a cat"), "n": 0})

        (refused,) = fake.assert_called(contains="cat", model="m")
        assert refused.status == 400


def received(size: int) -> Received:
    return Received("POST", "/x", raw_body=b"x" * size, body={"a": 1}, ended="whole")


def test_bodies_of_the_oldest_requests_go_when_there_are_too_many() -> None:
    bodies = Bodies(limit=250)
    entries = [received(100) for _ in range(4)]
    for entry in entries:
        bodies.add(entry)

    assert [entry.body_kept for entry in entries] == [False, False, True, True]
    assert [len(entry.raw_body) for entry in entries] == [0, 0, 100, 100]
    assert entries[0].body is None


def test_requests_that_are_forgotten_leave_room_for_bodies() -> None:
    bodies = Bodies(limit=250)
    for _ in range(100):
        bodies.add(received(100))
    first, second = received(100), received(100)
    bodies.add(first)
    bodies.add(second)

    assert first.body_kept
    assert second.body_kept


def test_a_request_under_way_keeps_its_body_however_large() -> None:
    bodies = Bodies(limit=10)
    entry = received(100)
    entry.ended = ""
    bodies.add(entry)

    assert entry.body_kept
