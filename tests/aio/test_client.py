from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from fake_openai import Answer as FakeAnswer
from fake_openai import Cut, FakeOpenAI, NoHeaders, ResetBeforeHeaders, Stall, Status, tool_call
from steadystream import (
    Answer,
    Backoff,
    GaveUp,
    InvalidRequest,
    Message,
    Rejected,
    Retries,
    SteadyClient,
    SteadyStreamError,
    Timeouts,
    Verdict,
)
from steadystream.aio import exchange
from steadystream.errors import (
    ConnectFailed,
    ConnectTimedOut,
    Disconnected,
    EventTooLarge,
    Malformed,
    NoFirstToken,
    NotAnEventStream,
    Stalled,
    StreamFault,
    UpstreamError,
)
from steadystream.events import Done, Restarted, Rung
from support.wire import END, OK, Act, http_chunk, response, wire

KEY = "sk-a-key-nobody-may-see"
MESSAGES = [{"role": "user", "content": "Tell me a story."}]
ASKED: dict[str, Any] = {"model": "m", "messages": MESSAGES}
QUICK = Retries(attempts=3, backoff=Backoff(base=0.001))
ONCE = Retries(attempts=1)

CHUNK = b'data: {"id":"1","choices":[{"index":0,"delta":{"content":"one"}}]}\n\n'
STOP = b'data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(dialect="vllm") as server:
        yield server


def client(url: str, **settings: Any) -> SteadyClient:
    given: dict[str, Any] = {"api_key": KEY, "dialect": "vllm", "retries": QUICK}
    return SteadyClient(url, **given | settings)


async def read(answer: Answer) -> str:
    async with answer:
        return "".join([piece async for piece in answer.text()])


async def test_an_answer_is_delivered_as_text(fake: FakeOpenAI) -> None:
    async with client(fake.base_url) as steady:
        answer = steady.stream(**ASKED)

        assert await read(answer) == fake.answer_to(ASKED).text
        assert answer.verdict is Verdict.COMPLETE
        assert answer.seams == ()
        assert answer.attempt_count == 1
        assert answer.usage.completion_tokens > 0
        assert not answer.usage.estimated


async def test_complete_returns_what_the_plain_api_would(fake: FakeOpenAI) -> None:
    fake.fail(Cut(after=3))
    async with client(fake.base_url) as steady:
        whole = await steady.complete(**ASKED)

    assert whole["object"] == "chat.completion"
    assert whole["choices"][0]["message"]["content"] == fake.answer_to(ASKED).text
    assert whole["choices"][0]["finish_reason"] == "stop"


async def test_usage_says_what_is_reported_and_what_is_estimated(fake: FakeOpenAI) -> None:
    fake.fail(Cut(after=5))
    async with client(fake.base_url) as steady:
        answer = steady.stream(**ASKED)
        await read(answer)

    assert [(part.attempt, part.source) for part in answer.usage.parts] == [
        (1, "estimated"),
        (2, "reported"),
    ]
    assert answer.usage.estimated
    assert answer.usage.billed_tokens is not None
    assert answer.usage.total_tokens is not None
    assert answer.usage.billed_tokens > answer.usage.total_tokens


async def test_parameters_go_to_the_server_as_they_are(fake: FakeOpenAI) -> None:
    async with client(fake.base_url) as steady:
        await read(steady.stream(**ASKED, temperature=0.5, user="u"))

    body = fake.requests[0].body
    assert body is not None
    assert (body["temperature"], body["user"], body["stream"]) == (0.5, "u", True)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "base_url must be like https://host/v1"),
        ("localhost:8000", "base_url must be like"),
        ("ftp://host/v1", "base_url must be like"),
        ("https://", "base_url must be like"),
        (None, "base_url must be like .*, got None"),
        ("https://host/v1?key=1", "no query"),
        ("http://[bad", "base_url must be like"),
        ("http://host:99999/v1", "base_url must be like"),
        ("http://h h/v1", "base_url must be like"),
        ("htp://user:secretpw@host", "got 'one with a user and a password'"),
    ],
)
def test_a_base_url_that_cannot_work_is_refused(url: Any, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        SteadyClient(url, api_key=KEY)


@pytest.mark.parametrize("key", ["", "  ", 5, "sk-\n", "sk-é"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(key: Any) -> None:
    with pytest.raises(InvalidRequest, match="api_key must be") as caught:
        SteadyClient("https://host/v1", api_key=key)

    assert not str(key).strip() or str(key) not in str(caught.value)


def test_a_key_has_to_be_given_or_left_out_on_purpose() -> None:
    with pytest.raises(TypeError, match="api_key"):
        SteadyClient("https://host/v1")  # type: ignore[call-arg]


def test_an_unknown_dialect_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidRequest, match=r"one of .*deepseek.*vllm.*got 'chatgpt'"):
        SteadyClient("https://host/v1", api_key=None, dialect="chatgpt")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"model": "m", "messages": []}, "at least one message, got none"),
        ({"model": "m", "messages": None}, "messages must"),
        ({"model": "m", "messages": "hi"}, "messages must be a list .* got str"),
        ({"model": "", "messages": MESSAGES}, "model must be the name of a model"),
        ({"model": 5, "messages": MESSAGES}, "model must be the name of a model, got 5"),
        ({**ASKED, "stream": "yes"}, "stream must be true or left out, got 'yes'"),
        ({**ASKED, "stream": False}, "stream must be true or left out, got False"),
        ({**ASKED, "timeouts": 5}, "timeouts must be a Timeouts or None .* got 5"),
        ({**ASKED, "stop": {1, object()}}, "can be written as JSON"),
    ],
)
async def test_a_request_that_cannot_work_is_refused_before_it_is_sent(
    fake: FakeOpenAI, body: dict[str, Any], says: str
) -> None:
    async with client(fake.base_url) as steady:
        with pytest.raises(InvalidRequest, match=says):
            steady.stream(**body)

    assert fake.requests == []


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"timeouts": "10"}, "timeouts must be a Timeouts or None .* got '10'"),
        ({"retries": 3}, "retries must be a Retries or None .* got 3"),
        ({"max_event_bytes": 0}, "max_event_bytes must be a positive number"),
        ({"max_event_bytes": "1"}, "max_event_bytes must be a positive number"),
        ({"headers": ["a"]}, "headers must be a mapping"),
        ({"headers": {"a": 1}}, "headers must be texts on one line"),
        ({"headers": {"a": "x\r\nb: y"}}, "headers must be texts on one line"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused(setting: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        client("http://host/v1", **setting)


async def test_iterating_without_entering_says_what_is_missing(fake: FakeOpenAI) -> None:
    async with client(fake.base_url) as steady:
        with pytest.raises(SteadyStreamError, match="expected `async with`"):
            await anext(aiter(steady.stream(**ASKED)))


async def test_an_unreachable_host_is_a_failed_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    async with client(f"http://127.0.0.1:{port}/v1", retries=ONCE) as steady:
        with pytest.raises(ConnectFailed, match=f"connection to 127.0.0.1:{port}, got") as caught:
            await read(steady.stream(**ASKED))

    assert caught.value.partial is not None
    assert not caught.value.partial


async def test_a_name_that_does_not_resolve_is_a_failed_connection() -> None:
    async with client("http://nowhere.invalid/v1", retries=ONCE) as steady:
        with pytest.raises(ConnectFailed, match=r"nowhere\.invalid"):
            await read(steady.stream(**ASKED))


async def test_a_connection_that_does_not_come_about_in_time_says_so() -> None:
    # A listener whose queue is full: the kernel answers no further connection.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        name = full.getsockname()
        first, second = socket.socket(), socket.socket()
        with first, second:
            for taken in (first, second):
                taken.setblocking(False)
                taken.connect_ex(name)
            limits = Timeouts(connect=0.05)
            url = f"http://127.0.0.1:{name[1]}/v1"
            async with client(url, retries=ONCE, timeouts=limits) as steady:
                with pytest.raises(ConnectTimedOut, match=r"got none within 0\.05 s"):
                    await read(steady.stream(**ASKED))


async def test_an_error_status_keeps_all_that_the_server_said(fake: FakeOpenAI) -> None:
    fake.fail(Status(429, retry_after=120))
    async with client(fake.base_url) as steady:
        with pytest.raises(Rejected) as caught:
            await read(steady.stream(**ASKED))

    assert caught.value.status == 429
    assert caught.value.retry_after == 120
    assert caught.value.gave_up is GaveUp.RETRY_AFTER_TOO_LONG
    assert caught.value.headers["retry-after"] == "120"
    assert isinstance(caught.value.error, dict)


async def test_the_request_id_of_a_refusal_is_kept() -> None:
    refused = response("400 Bad Request", b'{"error":{"message":"no"}}', "x-request-id: req_9")
    async with wire([refused]) as server, client(server.url) as steady:
        with pytest.raises(Rejected, match=r"status 400 \(request id req_9\): no") as caught:
            await read(steady.stream(**ASKED))

    assert caught.value.request_id == "req_9"


async def test_a_key_that_the_server_echoes_is_taken_out() -> None:
    body = f'{{"error":{{"message":"Incorrect API key: {KEY}"}}}}'.encode()
    async with wire([response("401 Unauthorized", body)]) as server, client(server.url) as steady:
        with pytest.raises(Rejected) as caught:
            await read(steady.stream(**ASKED))

    shown = f"{caught.value}{caught.value!r}{caught.value.__dict__}"
    assert KEY not in shown
    assert "[key]" in shown


@pytest.mark.parametrize(
    "event",
    [
        f'data: {{"error":{{"message":"Incorrect API key: {KEY}","code":400}}}}\n\n',
        f"data: <p>{KEY}\n\n",
    ],
    ids=["an error", "broken JSON"],
)
async def test_a_key_that_stands_in_the_stream_is_taken_out(event: str) -> None:
    script = [OK, http_chunk(CHUNK), http_chunk(event.encode()), END]
    async with wire(script) as server, client(server.url, dialect="openai") as steady:
        with pytest.raises((UpstreamError, Malformed)) as caught:
            await read(steady.stream(**ASKED))

    assert KEY not in f"{caught.value}{caught.value.args}"
    assert "[key]" in str(caught.value)


@pytest.mark.parametrize(
    "answered",
    [
        response("307 Temporary Redirect", b"", f"Location: http://h/?k={KEY}"),
        response("200 OK", b"<p>", f"Content-Type: text/{KEY}"),
        response("401 Unauthorized", b"{}", f"X-Echo: {KEY}"),
        response("401 Unauthorized", b'{"error":{"code":"' + KEY.encode() + b'"}}'),
        response("401 Unauthorized", b'{"error":{"message":"sk\\/with\\/slashes-9"}}'),
        OK + http_chunk(f'data: {{"error":{{"type":"{KEY}","code":"{KEY}"}}}}\n\n'.encode()) + END,
        OK + http_chunk(b"data: <" + b"p" * 70 + KEY.encode() + b"\n\n") + END,
        response("401 Unauthorized", b"the other one is sk-in-another-header"),
    ],
)
async def test_no_part_of_a_fault_shows_a_key(answered: bytes) -> None:
    keys = {"x-api-key": "sk-in-another-header", "api-key": "sk/with/slashes-9"}
    async with wire([answered]) as server:
        async with client(server.url, dialect="openai", headers=keys, retries=ONCE) as steady:
            with pytest.raises(StreamFault) as caught:
                await read(steady.stream(**ASKED))

    members = {name: value for name, value in vars(caught.value).items() if name != "raw"}
    shown = f"{caught.value}{caught.value.args}{members}"
    assert not any(part in shown for part in (KEY, KEY[:12], "sk-in", "with/slashes", "slashes-9"))


async def test_a_blank_behind_a_key_is_not_part_of_it() -> None:
    refused = response("401 Unauthorized", f"no {KEY}".encode())
    async with wire([refused]) as server, client(server.url, api_key=KEY + " ") as steady:
        with pytest.raises(Rejected, match=r"no \[key\]"):
            await read(steady.stream(**ASKED))

        assert f"Authorization: Bearer {KEY}\r\n".encode() in server.requests[0][0]


async def test_a_refusal_whose_body_does_not_end_keeps_its_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exchange, "ERROR_SECONDS", 0.05)
    head = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 99\r\n\r\nno such key"
    async with wire([head, Act.HOLD]) as server, client(server.url) as steady:
        with pytest.raises(Rejected, match="status 401: no such key"):
            await read(steady.stream(**ASKED))

        assert len(server.requests) == 1
        assert await server.idle() == 0


async def test_a_body_that_is_no_stream_is_kept_whole() -> None:
    body = b'{"choices":[{"message":{"content":"' + b"x" * 500 + b'"}}]}'
    script = [response("200 OK", body, "Content-Type: application/json")]
    async with wire(script) as server, client(server.url) as steady:
        with pytest.raises(NotAnEventStream) as caught:
            await read(steady.stream(**ASKED))

    assert caught.value.body == body.decode()


async def test_an_answer_that_broke_is_never_given_as_whole() -> None:
    broken = [OK + http_chunk(CHUNK), Act.RESET]
    async with wire(broken) as server, client(server.url, dialect="openai") as steady:
        async with steady.stream(**ASKED) as answer:
            with pytest.raises(Disconnected):
                [piece async for piece in answer.text()]

            assert answer.verdict is Verdict.TRUNCATED
            with pytest.raises(Disconnected):
                await answer.finish()


HALVES = [
    b'data: {"id":"1","choices":[{"index":0,"delta":{"content":"a\\ud83d"}}]}\n\n',
    b'data: {"id":"1","choices":[{"index":0,"delta":{"content":"\\ude00b"}}]}\n\n',
]


async def test_a_character_that_comes_in_halves_is_delivered_in_one_piece() -> None:
    script = [OK + b"".join(map(http_chunk, [*HALVES, STOP, DONE])) + END]
    async with wire(script) as server, client(server.url) as steady:
        async with steady.stream(**ASKED) as answer:
            pieces = [piece async for piece in answer.text()]

        assert pieces == ["a", "\U0001f600b"]
        assert answer.transcript.text == "a\U0001f600b"


async def test_an_answer_cut_between_the_halves_of_a_character_is_a_partial() -> None:
    script = [OK + http_chunk(CHUNK) + http_chunk(HALVES[0]), Act.RESET]
    exact = Retries(rungs=frozenset({Rung.EXACT_PREFIX}))
    async with wire(script) as server, client(server.url, retries=exact) as steady:
        with pytest.raises(Disconnected) as caught:
            await read(steady.stream(**ASKED))

    assert caught.value.gave_up is GaveUp.CANNOT_CONTINUE


async def test_a_count_of_choices_that_is_no_number_is_the_servers_to_refuse() -> None:
    script = [OK + b"".join(map(http_chunk, [CHUNK, STOP, DONE])) + END]
    async with wire(script) as server, client(server.url) as steady:
        assert await read(steady.stream(**ASKED, n="2")) == "one"


async def test_what_the_caller_does_to_the_messages_meanwhile_changes_no_attempt() -> None:
    broken = [OK + http_chunk(CHUNK), Act.RESET]
    rest = [OK + b"".join(map(http_chunk, [CHUNK, STOP, DONE])) + END]
    messages = [{"role": "user", "content": "hi"}]
    async with wire(broken, rest) as server, client(server.url) as steady:
        async with steady.stream(model="m", messages=messages) as answer:
            await anext(answer.text())
            messages.append({"role": "assistant", "content": "so far"})
            await answer.finish()

        sent = json.loads(server.requests[1][1])["messages"]
    assert [message["content"] for message in sent] == ["hi", "one"]


@pytest.mark.parametrize("whose", ["answer", "client"])
async def test_closing_under_a_reader_ends_it(whose: str) -> None:
    script = [OK + http_chunk(CHUNK), Act.HOLD]
    async with wire(script) as server, client(server.url) as steady:
        async with steady.stream(**ASKED) as answer:
            reading = asyncio.create_task(anext(answer.text()))
            assert await reading == "one"
            reading = asyncio.create_task(answer.finish())
            await asyncio.sleep(0.02)

            await (answer if whose == "answer" else steady).close()

            with pytest.raises(Disconnected):
                await asyncio.wait_for(reading, 2)
        assert len(server.requests) == 1
        assert await server.idle() == 0


async def test_a_closed_client_says_so() -> None:
    steady = client("http://host/v1")
    await steady.close()

    with pytest.raises(InvalidRequest, match="got one that was closed"):
        steady.stream(**ASKED)


async def test_the_key_is_in_no_repr() -> None:
    async with client("http://host/v1") as steady:
        answer = steady.stream(**ASKED)

        assert KEY not in f"{steady!r}{answer!r}{vars(answer)}"


async def test_a_page_of_html_is_no_event_stream() -> None:
    page = response("200 OK", b"<html><title>Sign in</title>", "Content-Type: text/html")
    async with wire([page]) as server, client(server.url) as steady:
        with pytest.raises(NotAnEventStream, match="text/event-stream, got text/html: '<html>"):
            await read(steady.stream(**ASKED))

        assert len(server.requests) == 1
        assert await server.idle() <= 1


async def test_a_page_of_html_with_an_error_status_shows_its_title() -> None:
    page = response(
        "404 Not Found", b"<html><title>No such page</title>", "Content-Type: text/html"
    )
    async with wire([page]) as server, client(server.url) as steady:
        with pytest.raises(Rejected, match="status 404: No such page"):
            await read(steady.stream(**ASKED))


async def test_an_error_in_a_body_with_status_200_is_an_error() -> None:
    body = b'  \n  {"error":{"message":"Provider returned error","code":400}}'
    script = [response("200 OK", body, "Content-Type: application/json")]
    async with wire(script) as server, client(server.url) as steady:
        with pytest.raises(UpstreamError, match="Provider returned error") as caught:
            await read(steady.stream(**ASKED))

    assert caught.value.gave_up is GaveUp.NOT_TRANSIENT


async def test_a_redirect_is_not_followed_and_says_where_to() -> None:
    moved = response("308 Permanent Redirect", b"", "Location: https://elsewhere/v1")
    async with wire([moved]) as server, client(server.url) as steady:
        with pytest.raises(Rejected, match="a redirect to https://elsewhere/v1"):
            await read(steady.stream(**ASKED))


async def test_an_event_without_end_is_refused_before_it_fills_the_memory() -> None:
    megabyte = http_chunk(b"x" * 2**20)
    script = [OK, http_chunk(CHUNK), http_chunk(b"data: "), *[megabyte] * 1024]
    async with wire(script) as server, client(server.url, max_event_bytes=2**21) as steady:
        with pytest.raises(EventTooLarge, match="at most 2097152 bytes") as caught:
            await read(steady.stream(**ASKED))

        assert caught.value.partial is not None
        assert caught.value.partial.text == "one"
        assert await server.idle() == 0


async def test_what_came_before_a_reset_is_delivered() -> None:
    script = [OK + http_chunk(CHUNK) + http_chunk(CHUNK) + http_chunk(CHUNK), Act.RESET]
    async with wire(script) as server, client(server.url, dialect="openai") as steady:
        with pytest.raises(Disconnected) as caught:
            await read(steady.stream(**ASKED))

    assert caught.value.partial is not None
    assert caught.value.partial.text == "oneoneone"


async def test_a_body_whose_framing_is_garbled_is_a_fault_behind_its_text() -> None:
    script = [OK, 0.01, http_chunk(CHUNK) + b"zz\r\n", Act.HOLD]
    limits = Timeouts(idle=0.1)
    async with wire(script) as server, client(server.url, dialect="openai", timeouts=limits) as c:
        with pytest.raises((Disconnected, Stalled)) as caught:
            await read(c.stream(**ASKED))

    assert caught.value.partial is not None
    assert caught.value.partial.text == "one"


async def test_garbage_before_the_headers_is_malformed() -> None:
    async with wire([b"SSH-2.0-OpenSSH\r\n\r\n", Act.CLOSE]) as server:
        async with client(server.url, retries=ONCE) as steady:
            with pytest.raises((Malformed, Disconnected)):
                await read(steady.stream(**ASKED))


async def test_a_body_without_a_blank_line_at_its_end_is_whole() -> None:
    body = [CHUNK, STOP, DONE.rstrip()]
    script = [OK + b"".join(map(http_chunk, body)) + END]
    async with wire(script) as server, client(server.url) as steady:
        answer = steady.stream(**ASKED)

        assert await read(answer) == "one"
        assert answer.verdict is Verdict.COMPLETE


async def test_a_connection_is_used_again_after_done() -> None:
    script = [OK + b"".join(map(http_chunk, [CHUNK, STOP, DONE])), 0.01, END]
    async with wire(script) as server, client(server.url) as steady:
        await read(steady.stream(**ASKED))
        await read(steady.stream(**ASKED))

        assert server.open == 1


async def test_a_server_that_never_ends_the_body_after_done_delays_nothing() -> None:
    script = [OK + b"".join(map(http_chunk, [CHUNK, STOP, DONE])), Act.HOLD]
    async with wire(script) as server, client(server.url) as steady:
        answer = steady.stream(**ASKED)

        assert await read(answer) == "one"
        assert await server.idle() == 0


async def test_no_first_token_is_a_fault_of_its_own(fake: FakeOpenAI) -> None:
    fake.fail(NoHeaders(seconds=60), times=None)
    limits = Timeouts(first_token=0.05)
    async with client(fake.base_url, timeouts=limits, retries=ONCE) as steady:
        with pytest.raises(NoFirstToken, match=r"within 0\.05 s"):
            await read(steady.stream(**ASKED))


@pytest.mark.parametrize("leave", ["break", "cancel", "close"])
async def test_leaving_early_closes_the_connection(fake: FakeOpenAI, leave: str) -> None:
    fake.fail(Stall(after=3, seconds=60))

    async def consume(steady: SteadyClient) -> None:
        async with steady.stream(**ASKED) as answer:
            async for _ in answer.text():
                if leave == "break":
                    break
                if leave == "close":
                    await answer.close()
                    break

    async with client(fake.base_url) as steady:
        task = asyncio.create_task(consume(steady))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        for _ in range(100):
            if fake.open_connections == 0:
                break
            await asyncio.sleep(0.01)

        assert fake.open_connections == 0


async def test_an_answer_left_early_is_truncated(fake: FakeOpenAI) -> None:
    async with client(fake.base_url) as steady:
        async with steady.stream(**ASKED) as answer:
            async for _ in answer.text():
                break

        assert answer.verdict is Verdict.TRUNCATED
        assert answer.transcript.text


async def test_an_answer_that_is_left_behind_its_end_is_complete(fake: FakeOpenAI) -> None:
    async with client(fake.base_url) as steady, steady.stream(**ASKED) as answer:
        async for event in answer:
            if isinstance(event, Done):
                break

    assert answer.verdict is Verdict.COMPLETE


async def test_a_session_of_the_caller_is_used_and_left_open(fake: FakeOpenAI) -> None:
    async with aiohttp.ClientSession() as session:
        async with client(fake.base_url, session=session) as steady:
            await read(steady.stream(**ASKED))

        assert not session.closed


async def test_resets_before_the_headers_are_retried_unseen(fake: FakeOpenAI) -> None:
    fake.fail(ResetBeforeHeaders(), ResetBeforeHeaders())
    async with client(fake.base_url) as steady:
        answer = steady.stream(**ASKED)

        assert await read(answer) == fake.answer_to(ASKED).text
        assert answer.attempt_count == 3
        assert answer.seams == ()


async def test_every_fault_that_leaves_says_why_it_was_given_up(fake: FakeOpenAI) -> None:
    fake.fail(Cut(after=3), times=None)
    async with client(fake.base_url) as steady:
        with pytest.raises(StreamFault) as caught:
            await read(steady.stream(**ASKED))

    assert caught.value.gave_up is GaveUp.ATTEMPTS_SPENT
    assert "gave up: attempts spent" in caught.value.__notes__


async def test_a_client_remembers_a_model_that_takes_no_partial_answer(fake: FakeOpenAI) -> None:
    async with client(fake.base_url, retries=Retries(backoff=Backoff(base=0.001))) as steady:
        for faults in ((Cut(after=4), Status(400)), (Cut(after=4),)):
            for fault in faults:
                fake.fail(fault)
            assert (await steady.complete(**ASKED))["choices"][0]["finish_reason"] == "stop"

    last = [request.body["messages"][-1]["role"] for request in fake.requests]
    assert last == ["user", "assistant", "user", "user", "user"]


async def test_reasoning_that_comes_again_is_told_and_replaces_the_first(fake: FakeOpenAI) -> None:
    fake.reply(FakeAnswer("So it is.", reasoning="Hm, well then."), times=None)
    fake.fail(Cut(after=4))
    again = Retries(reasoning="again", backoff=Backoff(base=0.001))

    async with client(fake.base_url, retries=again) as steady:
        async with steady.stream(**ASKED) as answer:
            events = [event async for event in answer]

    restarts = [event for event in events if isinstance(event, Restarted)]
    assert [event.attempt for event in restarts] == [2]
    assert answer.transcript.reasoning == "Hm, well then."
    assert answer.transcript.text == "So it is."
    assert answer.seams == ()


async def test_a_call_that_is_asked_for_again_is_delivered_in_the_chunks_that_came(
    fake: FakeOpenAI,
) -> None:
    fake.reply(FakeAnswer(tool_calls=[tool_call("look", at="the sea, and the sky")]), times=None)
    plain = await pieces_of_call(fake, Retries(attempts=1, tool_calls="stream"))
    fake.fail(Cut(after=5))

    assert await pieces_of_call(fake, Retries(backoff=Backoff(base=0.001))) == plain
    assert len(plain) > 3
    assert len(fake.requests) == 3


async def pieces_of_call(fake: FakeOpenAI, retries: Retries) -> list[str]:
    parameters = {"type": "object", "properties": {"at": {"type": "string"}}}
    tool = {"type": "function", "function": {"name": "look", "parameters": parameters}}
    pieces = []
    async with client(fake.base_url, retries=retries) as steady:
        async with steady.stream(**ASKED, tools=[tool]) as answer:
            async for event in answer:
                chunk = event.chunk if isinstance(event, Message) else None
                for choice in chunk.choices if chunk is not None else ():
                    calls = choice.delta.tool_calls or ()
                    pieces += [call.function.arguments or "" for call in calls if call.function]
    return pieces
