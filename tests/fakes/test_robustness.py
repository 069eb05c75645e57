"""Whatever bytes come, the server lives, leaks nothing and refuses as the API would."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import json
import logging
import re
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_openai import FakeOpenAI
from fake_openai.dialects import DIALECTS
from fake_openai.front import connections
from support.openai_client import ask, chat
from support.raw_socket import wire
from support.requests import METHODS, PATHS, request

KEY = "sk-proj-verysecretverysecret"
HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(190)
QUIET = 0.02  # seconds without a byte after which nothing more is expected


async def shoot(fake: FakeOpenAI, *parts: bytes, reset: bool = False) -> bytes:
    """Send `parts` one by one and return what comes; then leave."""
    reader, writer = await asyncio.open_connection(fake.host, fake.port)
    came = b""
    with contextlib.suppress(ConnectionError, TimeoutError):
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0)
        while not reset and (more := await asyncio.wait_for(reader.read(65536), QUIET)):
            came += more
    if reset:
        writer.transport.abort()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return came


def statuses(came: bytes) -> list[int]:
    """Return the statuses of all responses in `came`."""
    return [int(found) for found in re.findall(rb"(?:^|\n|\})HTTP/1\.[01] (\d{3}) ", came)]


@contextlib.asynccontextmanager
async def unharmed(dialect: str = "openai") -> AsyncIterator[FakeOpenAI]:
    """Serve, and see to it that nothing is left behind, and that nothing broke."""
    tasks = asyncio.all_tasks()
    async with FakeOpenAI(dialect) as fake:
        yield fake
        assert (await ask(fake, chat())).status == 200
        assert await fake.quiet(5) == 0
    assert asyncio.all_tasks() == tasks


def run(work: Any) -> None:
    with asyncio.Runner() as runner:
        runner.run(work)


def descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LETTERS = st.text(st.characters(codec="utf-8"), max_size=20).map(str.encode)
NOISE = st.binary(max_size=30) | LETTERS


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A request that was sound, and then bytes of it were lost, added, doubled or changed."""
    path, method = draw(st.sampled_from(PATHS)), draw(st.sampled_from(METHODS))
    before, _, after = request(path, key=KEY, method=method).partition(b"\r\n\r\n")
    changed = draw(st.sampled_from(["all", "head", "body"]))
    if changed == "body":  # its length is told right
        body = _changed(draw, after)
        before = re.sub(rb"(?<=Content-Length: )\d+", b"%d" % len(body), before)
        return before + b"\r\n\r\n" + body
    raw = before + b"\r\n\r\n"
    return _changed(draw, raw) + after if changed == "head" else _changed(draw, raw + after)


def _changed(draw: st.DrawFn, sound: bytes) -> bytes:
    raw = bytearray(sound)
    for _ in range(draw(st.integers(1, 4))):
        at, size = draw(st.integers(0, len(raw))), draw(st.integers(0, 12))
        raw[at : at + size] = draw(NOISE | st.just(bytes(raw[at : at + size] * 2)))
    return bytes(raw)


HEADERS = [
    b"Content-Length: -1",
    b"Content-Length: 99999999999999999999",
    b"Content-Length: 5",
    b"Content-Length: 3, 3",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: identity",
    b"Content-Encoding: gzip",
    b"Content-Encoding: deflate",
    b"Content-Encoding: no-such",
    b"Expect: 100-continue",
    b"Expect: something",
    b"Connection: Upgrade\r\nUpgrade: websocket",
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk",
    b"Connection: keep-alive",
    b"Host: second",
    b"Content-Type: multipart/form-data",
    b"Content-Type: multipart/form-data; boundary=\xff",
    b"Content-Type: application/json; charset=utf-99",
    b"X-Fake-Scope: \xff\xfe",
    b"Authorization: Bearer \xff\x80",
    b"Authorization: Basic !!!",
    b"api-key: \xe2\x98\x83",
    b"Cookie: " + b"a" * 9000,
    b"X: " + b"a" * 70_000,
    b"X: a\x00b",
    b" folded: yes",
    b"no colon",
    b": no name",
    *(b"X-%d: y" % number for number in range(3)),
]
TARGETS = [
    b"/v1/../../etc/passwd",
    b"/v1/models/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    b"/v1/models/%00%ff%zz",
    b"/v1/files/%0d%0aX-Evil:%20yes/content",
    b"http://other.example/v1/models",
    b"http://[::1/v1/models",
    b"https://x:99999/",
    b"//v1//models",
    b"*",
    b"v1/models",
    b"/v1/models?" + b"a=%ff&" * 50,
    b"/v1/files?limit=99999999999999999999999&after=%00&order=%f0",
    b"/_fake/journal?limit=-1&scope=%ff",
    b"/_fake/%2e%2e/x",
    b"/" + b"a" * 9000,
    "/v1/models/ø".encode(),
    b"/v1/models/a b",
    b"",
]
BODIES = [
    b"[" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"model":"m","max_tokens":' + b"9" * 5000 + b',"messages":[]}',
    b'{"model":"m","temperature":NaN,"messages":[{"role":"user","content":"x"}]}',
    b'{"model":"m","model":1,"messages":[{"role":"user","content":"x"}]}',
    b'{"model":"\\ud800","input":"\\udfff","messages":[{"role":"user","content":"\\ud800"}]}',
    b'{"model":"m\xff"}',
    b"\x00" * 100,
    b"5\r\nab",
    b"zz\r\nab\r\n",
    b"ffffffffffffffff1\r\nab\r\n0\r\n\r\n",
    b"2;x=\x00\r\nab\r\n0\r\nTrailer: \xff\r\n\r\n",
    gzip.compress(b"{}")[:-4],
    b"--x\r\n\xff: \xff\r\n\r\nabc",
    b"--x\r\nContent-Disposition: form-data; name=a\r\nContent-Encoding: gzip\r\n\r\n\xff\r\n--x--",
]


@st.composite
def odd(draw: st.DrawFn) -> bytes:
    """A request put together from parts that are odd."""
    method = draw(st.sampled_from([*METHODS, "CONNECT", "TRACE", "BREW", "get", ""])).encode()
    target = draw(st.sampled_from([path.encode() for path in PATHS]) | st.sampled_from(TARGETS))
    version = draw(st.sampled_from(["1.1", "1.1", "1.1", "1.0", "0.9", "2.0", "9.9", "x"]))
    lines = [
        b"%s %s HTTP/%s" % (method, target, version.encode()),
        *draw(st.lists(st.sampled_from([b"Host: x", *HEADERS]), max_size=4)),
    ]
    body = draw(st.sampled_from(BODIES) | NOISE)
    if draw(st.booleans()):
        lines += [b"Host: x", b"Content-Length: %d" % len(body), b"Authorization: Bearer sk-x"]
    return b"\r\n".join([*lines, b"", body])


def sound(came: bytes) -> None:
    """See to it that all that came are responses, none of them an error of the server."""
    assert not came or came.startswith(b"HTTP/1.")
    assert all(status < 500 for status in statuses(came)), came[:500]
    assert b"Traceback" not in came
    assert b"Server: Python" not in came


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["openai", "vllm"])
@FUZZ
@given(parts=st.lists(st.binary(max_size=100) | st.just(HELLO), min_size=1, max_size=4))
def test_bytes_of_any_kind_leave_the_server_unharmed(dialect: str, parts: list[bytes]) -> None:
    async def use() -> None:
        async with unharmed(dialect) as fake:
            sound(await shoot(fake, *parts))

    run(use())


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
@settings(FUZZ, max_examples=25)
@given(asked=st.lists(spoilt() | odd(), min_size=1, max_size=6), together=st.booleans())
def test_requests_gone_wrong_are_refused_and_leave_the_server_unharmed(
    dialect: str, asked: list[bytes], together: bool
) -> None:
    async def use() -> None:
        async with unharmed(dialect) as fake:
            for one in [b"".join(asked)] if together else asked:
                sound(await shoot(fake, one))

    run(use())


@pytest.mark.slow
@pytest.mark.parametrize("reset", [False, True])
@FUZZ
@given(path=st.sampled_from(PATHS), cuts=st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_clients_that_send_slowly_and_leave_early_leave_nothing_behind(
    reset: bool, path: str, cuts: list[float]
) -> None:
    async def use() -> None:
        async with unharmed() as fake:
            sent = request(path, key=KEY)
            marks = sorted(int(cut * len(sent)) for cut in cuts)
            parts = [sent[a:b] for a, b in zip([0, *marks], marks, strict=False)]
            sound(await shoot(fake, *parts, reset=reset))

    run(use())


NO_HTTP = {
    "noise": b"\x00\x01\x02\r\n\r\n",
    "a TLS hello": HELLO,
    "no version": b"GET /v1/models\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/2.0 without its preface": b"GET /v1/models HTTP/2.0\r\nHost: x\r\n\r\n",
    "a proxy request": b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "no host": b"GET /v1/models HTTP/1.1\r\n\r\n",
    "a method in lower case": b"get /v1/models HTTP/1.1\r\nHost: x\r\n\r\n",
    "a huge header": b"GET /v1/models HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    "a NUL": b"GET /v1/models HTTP/1.1\r\nHost: x\r\nX: a\x00\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "a broken chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "garbled gzip": (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"
    ),
}
NGINX = (
    b"<html>\r\n<head><title>400 Bad Request</title></head>\r\n<body>\r\n"
    b"<center><h1>400 Bad Request</h1></center>\r\n<hr><center>%s</center>\r\n"
    b"</body>\r\n</html>\r\n"
)


@pytest.mark.parametrize("name", NO_HTTP)
async def test_what_is_no_http_gets_the_page_of_the_front_and_the_connection_ends(
    name: str,
) -> None:
    async with unharmed() as fake:
        came = await shoot(fake, NO_HTTP[name])

    top, _, page = came.partition(b"\r\n\r\n")
    assert page == NGINX % b"cloudflare"
    lines = top.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 400 Bad Request"
    assert {b"Content-Type: text/html", b"Server: cloudflare", b"CF-RAY: -"} < set(lines)
    assert b"Connection: close" in lines
    assert b"openai-version" not in top


@pytest.mark.parametrize(
    ("dialect", "type", "said"),
    [
        ("kimi", b"text/html", NGINX % b"nginx"),
        ("vllm", b"text/plain; charset=utf-8", b"Invalid HTTP request received."),
        ("sglang", b"text/plain; charset=utf-8", b"Invalid HTTP request received."),
        ("ollama", b"text/plain; charset=utf-8", b"400 Bad Request"),
        ("qwen", b"text/plain", b"Bad Request"),
    ],
)
async def test_each_front_has_words_of_its_own_for_what_is_no_http(
    dialect: str, type: bytes, said: bytes
) -> None:
    async with unharmed(dialect) as fake:
        top, _, page = (await shoot(fake, b"\x00\r\n\r\n")).partition(b"\r\n\r\n")

    assert (b"Content-Type: " + type) in top.split(b"\r\n")
    assert page == said


@pytest.mark.parametrize(
    ("dialect", "type"),
    [("openai", b"text/html"), ("azure", b"text/plain"), ("vllm", b"text/plain; charset=utf-8")],
)
async def test_a_body_that_is_far_too_large_is_refused_by_the_front(
    monkeypatch: pytest.MonkeyPatch, dialect: str, type: bytes
) -> None:
    monkeypatch.setattr(connections, "LARGEST_BODY", 1000)
    async with unharmed(dialect) as fake:
        told = await wire(fake, chat("x" * 2000))
        assert fake.requests[0].status == 413

    assert told.head.startswith(b"HTTP/1.1 413 ")
    assert told.header("content-type") == [type]


async def test_a_call_of_the_admin_api_with_a_broken_body_is_refused() -> None:
    async with unharmed() as fake:
        broken = b"Host: x\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"
        came = await shoot(fake, b"POST /_fake/replies HTTP/1.1\r\n" + broken)

    assert statuses(came) == [400]
    assert b"the body is broken" in came


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"m","temperature":NaN,"messages":[{"role":"user","content":"x"}]}',
        b'{"model":"m","temperature":-Infinity,"messages":[{"role":"user","content":"x"}]}',
        json.dumps(chat()).encode("utf-16"),
        b'{"model":"m\xff","messages":[{"role":"user","content":"x"}]}',
        b"[" * 100_000,
        b"\x00",
        b"",
        b"[]",
        b'"m"',
    ],
)
async def test_what_is_no_json_object_in_utf_8_is_refused_as_no_json(body: bytes) -> None:
    async with unharmed() as fake:
        raw = await ask(fake, body)

    assert raw.status == 400
    assert raw.json()["error"]["message"].startswith("We could not parse the JSON body")


async def test_a_byte_order_mark_before_json_is_overlooked() -> None:
    async with unharmed() as fake:
        raw = await ask(fake, b"\xef\xbb\xbf" + json.dumps(chat()).encode())

    assert raw.status == 200


async def test_requests_sent_in_one_go_are_answered_in_their_order() -> None:
    async with unharmed() as fake:
        models = request("/v1/models", method="GET")
        came = await shoot(fake, models + request("/v1/no/such/thing") + models)

    assert statuses(came) == [200, 404, 200]


async def test_an_upgrade_that_nobody_knows_is_overlooked() -> None:
    upgrade = {"Connection": "Upgrade, close", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk"}
    async with unharmed() as fake:
        told = await wire(fake, chat(), headers=upgrade)

    assert told.head.startswith(b"HTTP/1.1 200 ")


async def test_a_client_that_speaks_tls_to_a_plain_port_does_no_harm() -> None:
    async with unharmed() as fake:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection(fake.host, fake.port, ssl=ssl.create_default_context())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no list of open descriptors")
def test_no_descriptor_is_left_behind_by_bad_connections() -> None:
    async def use() -> None:
        async with unharmed() as fake:
            for bad in (*NO_HTTP.values(), b"POST /v1/chat", request("/v1/responses")[:-9]):
                for reset in (False, True):
                    await shoot(fake, bad, reset=reset)

    run(use())
    before = descriptors()
    run(use())

    assert descriptors() == before


async def test_no_key_of_a_request_gone_wrong_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with unharmed() as fake:
        top = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
        for bad in (b"X: \x00\r\n\r\n", b"Content-Length: x\r\n\r\n", b"X: a\rb\r\n\r\n"):
            came = await shoot(fake, top % KEY.encode() + bad)
            assert KEY.encode() not in came

    assert KEY not in caplog.text
