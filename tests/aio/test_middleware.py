from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import json
import pickle
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from fake_openai import Cut, FakeOpenAI, Stall, Status
from steadystream import (
    AnswerBroken,
    AnswerLate,
    Backoff,
    GaveUp,
    InvalidRequest,
    Retries,
    SteadyStream,
    Timeouts,
    Verdict,
    answer_of,
    fault_of,
    partial_of,
)
from steadystream.errors import Disconnected
from support.wire import END, OK, Act, http_chunk, response, wire

HEADERS = {"Authorization": "Bearer sk-a-well-formed-key"}
BODY: dict[str, Any] = {
    "model": "m",
    "messages": [{"role": "user", "content": "Tell me a story."}],
    "stream": True,
}
QUICK = Retries(attempts=4, backoff=Backoff(base=0.001))
UNMENDED = Retries(rungs=frozenset())


def piece(text: str, id: str = "1") -> bytes:
    choice = {"index": 0, "delta": {"content": text}}
    return b"data: " + json.dumps({"id": id, "choices": [choice]}).encode() + b"\n\n"


STOP = b'data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"


def steady(**settings: Any) -> SteadyStream:
    given: dict[str, Any] = {"dialect": "vllm", "retries": QUICK}
    return SteadyStream(**given | settings)


def session(middleware: SteadyStream | None = None, **settings: Any) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(middlewares=(middleware or steady(),), **settings)


def stream(*events: bytes) -> list[bytes]:
    return [OK, *map(http_chunk, events), END]


def ask(chat: aiohttp.ClientSession, url: str, **body: Any) -> Any:
    return chat.post(url + "/chat/completions", json=BODY | body, headers=HEADERS)


def text_of(body: bytes) -> str:
    chunks = [json.loads(line[6:]) for line in body.decode().split("\n") if line[:7] == "data: {"]
    return "".join(
        choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]
    )


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(dialect="vllm") as server:
        yield server


async def test_a_cut_answer_arrives_whole(fake: FakeOpenAI) -> None:
    fake.fail(Cut(after=3), Status(503), Cut(after=5))
    async with session() as chat, ask(chat, fake.base_url) as got:
        body = await got.read()

        assert got.status == 200
        assert text_of(body) == fake.answer_to(BODY).text
        answer = answer_of(got)
        assert answer is not None
        assert answer.verdict is Verdict.COMPLETE
        assert (answer.attempt_count, len(answer.seams)) == (4, 2)


async def test_events_that_were_not_changed_are_forwarded_byte_for_byte() -> None:
    odd = (
        b": hello\r\n\r\n" + piece("one").replace(b"data: ", b"data:").replace(b"\n", b"\r\n"),
        b": between\n\n" + piece("\u2028\x85 two"),
        b'event: ping\ndata: {"type":"ping"}\n\n',
        STOP,
        b"retry: 10\n\ndata:  [DONE]\n\n".replace(b"  ", b" "),
    )
    async with wire(stream(*odd)) as server, session() as chat, ask(chat, server.url) as got:
        assert await got.read() == b"".join(odd)


@pytest.mark.parametrize(
    "body",
    [
        {"stream": False},
        {"stream": "true"},
        {"stream": 1},
        {"stream": None},
    ],
)
async def test_a_request_that_is_not_to_be_streamed_is_left_alone(body: dict[str, Any]) -> None:
    script = [response("200 OK", b'{"x": 1}', "Content-Type: application/json")]
    async with wire(script) as server, session() as chat, ask(chat, server.url, **body) as got:
        assert answer_of(got) is None
        assert await got.read() == b'{"x": 1}'
        assert b"identity" not in server.requests[0][0]


@pytest.mark.parametrize(
    "given",
    [
        {"data": b'{"stream": true, not json'},
        {"data": b'["stream"]'},
        {"data": b'\xff\xfe "stream"'},
        {"data": {"stream": "true"}},
        {"json": {"stream": True}, "path": "/embeddings"},
        {"json": {"stream": True}, "path": "/completions"},
    ],
)
async def test_a_body_that_asks_for_no_chat_stream_is_left_alone(given: dict[str, Any]) -> None:
    path = given.pop("path", "/chat/completions")
    async with wire(stream(b"one", b"two")) as server, session() as chat:
        async with chat.post(server.url + path, **given) as got:
            assert await got.read() == b"onetwo"
            assert answer_of(got) is None

        assert len(server.requests) == 1


async def test_an_upload_that_is_a_stream_is_not_read_by_the_middleware() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b'{"stream": true}'

    async with wire([response("200 OK", b"ok"), Act.CLOSE]) as server, session() as chat:
        async with chat.post(server.url + "/chat/completions", data=parts()) as got:
            assert await got.read() == b"ok"


async def test_an_answer_that_is_no_event_stream_is_handed_over_unread() -> None:
    page = response("200 OK", b"<html>", "Content-Type: text/html")
    async with wire([page]) as server, session() as chat, ask(chat, server.url) as got:
        assert answer_of(got) is None
        assert await got.read() == b"<html>"
        assert len(server.requests) == 1


async def test_a_refusal_that_no_retry_can_mend_is_handed_over_as_it_came() -> None:
    body = b'{"error": {"message": "no such model"}}\n'
    script = [response("404 Not Found", body, "X-Odd:  kept")]
    async with wire(script) as server, session() as chat, ask(chat, server.url) as got:
        assert (got.status, got.reason) == (404, "Not Found")
        assert got.headers["x-odd"] == "kept"
        assert await got.read() == body
        assert len(server.requests) == 1


async def test_a_refusal_that_retries_did_not_mend_is_given_as_it_came_last() -> None:
    first = response("503 Service Unavailable", b"first")
    last = response("429 Too Many Requests", b"last", "retry-after-ms: 1", "x-request-id: r")
    async with wire([first], [last]) as server, session() as chat, ask(chat, server.url) as got:
        assert (got.status, got.headers["x-request-id"]) == (429, "r")
        assert await got.read() == b"last"
        assert len(server.requests) == 4


async def test_raise_for_status_of_the_session_sees_the_true_status() -> None:
    async with (
        wire([response("429 Too Many Requests", b"", "retry-after-ms: 1")]) as server,
        session(raise_for_status=True) as chat,
    ):
        with pytest.raises(aiohttp.ClientResponseError) as caught:
            await ask(chat, server.url)

    assert caught.value.status == 429


async def test_the_response_is_returned_only_when_the_first_token_is_there() -> None:
    failing = [OK, http_chunk(b": wait\n\n"), Act.RESET]
    working = [
        OK.replace(b"req_1", b"req_2"),
        *map(http_chunk, (piece("one"), STOP, DONE)),
        END,
    ]
    async with wire(failing, working) as server, session() as chat:
        async with ask(chat, server.url) as got:
            assert got.headers["x-request-id"] == "req_2"
            assert await got.read() == piece("one") + STOP + DONE


async def test_a_reconnection_does_not_poison_the_body() -> None:
    broken = [OK, http_chunk(piece("one")), 0.02, Act.RESET]
    async with (
        wire(broken, stream(piece(" two"), STOP, DONE)) as server,
        session() as chat,
        ask(chat, server.url) as got,
    ):
        await asyncio.sleep(0.05)

        assert text_of(await got.read()) == "one two"
        assert not got.closed or got.content.exception() is None


async def test_the_total_of_the_middleware_covers_all_attempts() -> None:
    broken = [OK, http_chunk(piece("one")), 0.05, Act.RESET]
    limits = Timeouts(total=0.12)
    middleware = steady(timeouts=limits, retries=Retries(attempts=99, backoff=Backoff(base=0)))
    async with wire(broken) as server, session(middleware) as chat, ask(chat, server.url) as got:
        with pytest.raises(AnswerLate, match=r"not whole within 0\.12 s") as caught:
            await got.read()

    assert caught.value.partial is not None
    assert caught.value.partial.text.startswith("one")


async def test_the_same_middleware_serves_many_sessions_and_requests(fake: FakeOpenAI) -> None:
    middleware = steady()
    assert hash(middleware)
    async with session(middleware) as first, aiohttp.ClientSession() as second:
        async with ask(first, fake.base_url) as one:
            bodies = [await one.read()]
        url = fake.base_url + "/chat/completions"
        async with second.post(url, json=BODY, headers=HEADERS, middlewares=(middleware,)) as two:
            bodies.append(await two.read())
            assert answer_of(two) is not None

    assert text_of(bodies[0]) == text_of(bodies[1]) == fake.answer_to(BODY).text


async def test_middlewares_inside_see_every_attempt(fake: FakeOpenAI) -> None:
    seen: list[str | None] = []

    async def sign(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        request.headers["X-Signed"] = f"attempt {len(seen)}"
        seen.append(request.headers["X-Signed"])
        return await handler(request)

    fake.fail(Cut(after=3))
    async with aiohttp.ClientSession(middlewares=(steady(), sign)) as chat:
        async with ask(chat, fake.base_url) as got:
            assert text_of(await got.read()) == fake.answer_to(BODY).text

    assert len(seen) == 2


async def test_identity_is_asked_for_where_the_transport_asks_for_gzip() -> None:
    async with wire(stream(piece("one"), STOP, DONE)) as server, session() as chat:
        url = server.url + "/chat/completions"
        asked = {"Accept-Encoding": "gzip, br"}
        async with chat.post(url, json=BODY, headers=asked, auto_decompress=False) as got:
            await got.read()

        heads = server.requests[0][0].decode().lower()
        assert "accept-encoding: identity\r\n" in heads
        assert "gzip" not in heads


def packed(kind: str, *events: bytes) -> list[bytes]:
    whole = b"".join(events)
    body = gzip.compress(whole) if kind == "gzip" else zlib.compress(whole)
    head = OK.replace(b"\r\n\r\n", f"\r\nContent-Encoding: {kind}\r\n\r\n".encode())
    return [head, http_chunk(body[:1]), http_chunk(body[1:9]), http_chunk(body[9:]), END]


@pytest.mark.parametrize("unpacks", [True, False])
@pytest.mark.parametrize("kind", ["gzip", "deflate"])
async def test_a_stream_that_comes_packed_all_the_same_is_unpacked(
    kind: str, unpacks: bool
) -> None:
    script = packed(kind, piece("one"), STOP, DONE)
    async with wire(script) as server, session() as chat:
        url = server.url + "/chat/completions"
        async with chat.post(url, json=BODY, auto_decompress=unpacks) as got:
            assert await got.read() == piece("one") + STOP + DONE
            assert "content-encoding" not in got.headers


async def test_a_packed_stream_that_is_cut_is_continued() -> None:
    cut = [*packed("gzip", piece("one"), piece(" two" * 200), STOP, DONE)[:3], Act.CLOSE]
    rest = stream(piece("one"), STOP, DONE)
    async with wire(cut, rest) as server, session() as chat:
        url = server.url + "/chat/completions"
        async with chat.post(url, json=BODY, auto_decompress=False) as got:
            assert text_of(await got.read()) == "one"


async def test_a_line_longer_than_any_buffer_passes() -> None:
    long = "x" * 3_000_000
    async with (
        wire(stream(piece(long), STOP, DONE)) as server,
        session() as chat,
        ask(chat, server.url) as got,
    ):
        assert text_of(await got.read()) == long


async def test_a_fault_that_cannot_be_mended_is_an_error_aiohttp_users_know() -> None:
    broken = [OK, http_chunk(piece("one")), Act.RESET]
    async with wire(broken) as server, session(steady(retries=UNMENDED)) as chat:
        async with ask(chat, server.url) as got:
            with pytest.raises(aiohttp.ClientPayloadError) as caught:
                await got.read()

    assert isinstance(caught.value, AnswerBroken)
    assert caught.value.gave_up is GaveUp.CANNOT_CONTINUE
    partial = partial_of(caught.value)
    assert partial is not None
    assert partial.text == "one"


async def test_what_broke_an_answer_is_found_behind_what_an_sdk_makes_of_it() -> None:
    broken = [OK, http_chunk(piece("one")), Act.RESET]
    wrapped = RuntimeError("an SDK's own")
    async with wire(broken) as server, session(steady(retries=UNMENDED)) as chat:
        async with ask(chat, server.url) as got:
            try:
                await got.read()
            except aiohttp.ClientError as error:
                wrapped.__cause__ = OSError("a transport's own")
                wrapped.__cause__.__context__ = error

    fault = fault_of(wrapped)
    assert isinstance(fault, Disconnected)
    assert fault.gave_up is GaveUp.CANNOT_CONTINUE
    assert fault_of(OSError()) is None
    assert partial_of(OSError()) is None


async def test_a_stall_that_cannot_be_mended_is_a_timeout(fake: FakeOpenAI) -> None:
    fake.fail(Stall(after=3, seconds=60))
    middleware = steady(retries=UNMENDED, timeouts=Timeouts(idle=0.05))
    async with session(middleware) as chat, ask(chat, fake.base_url) as got:
        with pytest.raises(aiohttp.SocketTimeoutError) as caught:
            await got.read()

    assert isinstance(caught.value, AnswerLate)
    assert partial_of(caught.value)


async def test_no_first_token_at_all_is_a_timeout_of_the_request() -> None:
    middleware = steady(timeouts=Timeouts(first_token=0.05), retries=Retries(attempts=1))
    async with wire([OK, Act.HOLD]) as server, session(middleware) as chat:
        with pytest.raises(AnswerLate, match=r"no first token within 0\.05 s"):
            await ask(chat, server.url)

        assert await server.idle() == 0


async def test_an_unreachable_host_is_the_error_that_aiohttp_raises() -> None:
    middleware = steady(retries=Retries(attempts=2, backoff=Backoff(base=0)))
    async with session(middleware) as chat:
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            await ask(chat, "http://127.0.0.1:9/v1")

    assert not isinstance(caught.value, AnswerBroken)
    assert vars(caught.value)["partial"] is partial_of(caught.value)
    fault = fault_of(caught.value)
    assert fault is not None
    assert fault.gave_up is GaveUp.ATTEMPTS_SPENT


async def test_an_error_in_the_stream_that_cannot_be_mended_stays_where_it_stood() -> None:
    error = b'data: {"error":{"message":"boom","type":"server_error","code":null}}\n\n'
    script = stream(piece("one"), error, DONE)
    async with wire(script) as server, session(steady(dialect="openai")) as chat:
        async with ask(chat, server.url) as got:
            assert await got.read() == piece("one") + error
            answer = answer_of(got)
            assert answer is not None
            assert answer.verdict is not Verdict.COMPLETE


async def test_a_read_timeout_of_the_session_is_a_fault_that_is_mended(fake: FakeOpenAI) -> None:
    fake.fail(Stall(after=3, seconds=60))
    limits = aiohttp.ClientTimeout(total=None, sock_read=0.05)
    async with session(timeout=limits) as chat, ask(chat, fake.base_url) as got:
        assert text_of(await got.read()) == fake.answer_to(BODY).text


async def test_the_total_of_the_session_ends_the_wait_for_the_first_token() -> None:
    limits = aiohttp.ClientTimeout(total=0.05)
    async with wire([OK, Act.HOLD]) as server, session(timeout=limits) as chat:
        with pytest.raises(AnswerLate, match="not whole in the session's time"):
            await ask(chat, server.url)

        assert len(server.requests) == 1
        assert await server.idle() == 0


async def test_a_deepseek_answer_is_continued_on_its_own_path() -> None:
    broken = [OK, http_chunk(piece("one")), Act.RESET]
    async with (
        wire(broken, stream(piece(" two"), STOP, DONE)) as server,
        session(steady(dialect="deepseek")) as chat,
        ask(chat, server.url) as got,
    ):
        assert text_of(await got.read()) == "one two"
        assert server.requests[1][0].startswith(b"POST /beta/chat/completions HTTP/1.1\r\n")
        assert json.loads(server.requests[1][1])["messages"][-1]["prefix"] is True


async def test_an_idempotency_key_does_not_go_with_another_body() -> None:
    broken = [OK, http_chunk(piece("one")), Act.RESET]
    async with (
        wire([OK, Act.RESET], broken, stream(piece(" two"), STOP, DONE)) as server,
        session() as chat,
        chat.post(
            server.url + "/chat/completions", json=BODY, headers={"Idempotency-Key": "k"}
        ) as got,
    ):
        await got.read()

        assert [b"Idempotency-Key" in head for head, _ in server.requests] == [True, True, False]


async def test_cookies_of_the_accepted_response_reach_the_session() -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        wire(stream(piece("one"), STOP, DONE)) as server,
        session(cookie_jar=jar) as chat,
        ask(chat, server.url) as got,
    ):
        assert got.cookies["a"].value == "b"
        assert [cookie.value for cookie in jar] == ["b"]


async def test_tracing_sees_one_request_with_the_status_of_the_answer() -> None:
    ended: list[int] = []
    trace = aiohttp.TraceConfig()

    async def end(_: Any, __: Any, params: aiohttp.TraceRequestEndParams) -> None:
        ended.append(params.response.status)

    trace.on_request_end.append(end)
    scripts = ([OK, Act.RESET], stream(piece("one"), STOP, DONE))
    async with (
        wire(*scripts) as server,
        session(trace_configs=[trace]) as chat,
        ask(chat, server.url) as got,
    ):
        await got.read()

    assert ended == [200]


async def leave(how: str, got: aiohttp.ClientResponse) -> None:
    if how == "close":
        got.close()
    elif how == "release":
        got.release()
    elif how == "while reading":
        reading = asyncio.create_task(got.read())
        await asyncio.sleep(0.01)
        got.close()
        await asyncio.gather(reading, return_exceptions=True)
        assert reading.exception() is not None
    else:
        reading = asyncio.create_task(got.read())
        await asyncio.sleep(0.01)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading


@pytest.mark.parametrize("how", ["close", "release", "while reading", "cancel"])
async def test_leaving_early_closes_the_connection_at_once(how: str) -> None:
    async with wire([OK, http_chunk(piece("one")), Act.HOLD]) as server, session() as chat:
        got = await ask(chat, server.url)
        assert server.open == 1

        await leave(how, got)

        assert await server.idle() == 0
        assert len(server.requests) == 1
        got.close()


async def test_cancelling_before_the_first_token_closes_the_connection() -> None:
    async with wire([OK, Act.HOLD]) as server, session() as chat:
        task = asyncio.create_task(ask(chat, server.url).__aenter__())
        await asyncio.sleep(0.05)

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert await server.idle() == 0


async def test_a_whole_answer_gives_its_connection_back(fake: FakeOpenAI) -> None:
    async with session() as chat:
        for _ in range(3):
            async with ask(chat, fake.base_url) as got:
                await got.read()

        assert fake.open_connections == 1


async def test_two_readers_at_once_are_told_so() -> None:
    async with wire([OK, http_chunk(piece("one")), Act.HOLD]) as server, session() as chat:
        async with ask(chat, server.url) as got:
            await got.content.readany()
            first = asyncio.create_task(got.content.readany())
            await asyncio.sleep(0.01)

            with pytest.raises(RuntimeError, match="another coroutine is already waiting"):
                await got.content.readany()

            first.cancel()
            await asyncio.gather(first, return_exceptions=True)


async def test_a_read_that_is_given_up_loses_nothing() -> None:
    script = [OK, http_chunk(piece("one")), 0.1, *map(http_chunk, (piece(" two"), STOP, DONE)), END]
    async with wire(script) as server, session() as chat, ask(chat, server.url) as got:
        body = await got.content.readany()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(got.content.readany(), 0.01)

        assert text_of(body + await got.content.read()) == "one two"


async def test_a_response_that_nobody_holds_any_more_closes_its_connection() -> None:
    async with wire([OK, http_chunk(piece("one")), Act.HOLD]) as server, session() as chat:
        got = await ask(chat, server.url)
        await got.content.readany()
        with contextlib.suppress(TimeoutError):  # whose traceback would hold the body
            await asyncio.wait_for(got.content.readany(), 0.01)
        del got
        gc.collect()

        assert await server.idle() == 0


async def test_a_server_that_is_gone_in_the_middle_leaves_the_partial() -> None:
    async with wire([OK, http_chunk(piece("one")), 0.05, Act.RESET]) as server, session() as chat:
        got = await ask(chat, server.url)
        server.stop()
        with pytest.raises(AnswerBroken, match="expected a connection to") as caught:
            await got.read()

    assert caught.value.partial is not None
    assert caught.value.partial.text == "one"


async def test_a_refusal_of_any_usual_size_is_returned_whole() -> None:
    body = b"x" * 200_000
    script = [response("503 Service Unavailable", body)]
    async with wire(script) as server, session() as chat, ask(chat, server.url) as got:
        assert await got.read() == body


@pytest.mark.parametrize("kind", [AnswerBroken, AnswerLate])
def test_what_the_middleware_raises_survives_pickling(kind: type[AnswerBroken]) -> None:
    fault = Disconnected(3, "reset").give_up(GaveUp.ATTEMPTS_SPENT)

    copy = pickle.loads(pickle.dumps(kind(fault)))  # noqa: S301  # our own bytes

    assert type(copy) is kind
    assert (str(copy), copy.gave_up) == (str(fault), GaveUp.ATTEMPTS_SPENT)


@pytest.mark.parametrize("setting", [{"timeouts": 5}, {"retries": 3}, {"max_event_bytes": 0}])
def test_a_setting_of_the_wrong_kind_is_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match=f"{next(iter(setting))} must be"):
        SteadyStream(**setting)
