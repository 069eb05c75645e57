"""What `aio/body.py` relies on in aiohttp, on the oldest and the newest that is supported."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict

from steadystream.aio.body import (
    PulledReader,
    body_of,
    logical_response,
    request_like,
    resend_as,
    take_buffered,
)
from steadystream.aio.faults import fault_of
from steadystream.errors import Disconnected
from support.wire import END, OK, Act, http_chunk, response, wire


async def test_bytes_before_a_payload_error_wait_behind_it() -> None:
    script = [OK, 0.02, http_chunk(b"one") + http_chunk(b"two"), Act.CLOSE]
    async with (
        wire(script) as server,
        aiohttp.ClientSession() as session,
        session.get(server.url) as got,
    ):
        await asyncio.sleep(0.05)  # both arrive while nobody reads
        with pytest.raises(aiohttp.ClientPayloadError):
            await got.content.readany()

        assert take_buffered(got.content) == b"onetwo"


async def test_a_garbled_chunk_size_is_a_runtime_error_behind_the_bytes_before_it() -> None:
    script = [OK, 0.02, http_chunk(b"one") + b"zz\r\n"]
    async with (
        wire(script) as server,
        aiohttp.ClientSession() as session,
        session.get(server.url) as got,
    ):
        await asyncio.sleep(0.05)
        assert await got.content.readany() == b"one"
        with pytest.raises(RuntimeError, match=r"^Connection closed\.$") as caught:
            await got.content.readany()

    assert isinstance(fault_of(caught.value, target="host"), Disconnected)


async def test_a_reader_with_an_exception_still_gives_its_bytes() -> None:
    async def never() -> bytes:
        raise AssertionError

    reader = PulledReader(never, b"abc")
    reader.feed_data(b"def", 3)
    assert await reader.read(1) == b"a"
    reader.set_exception(aiohttp.ClientPayloadError("broken"))

    with pytest.raises(aiohttp.ClientPayloadError):
        await reader.readany()
    assert take_buffered(reader) == b"bcdef"


class Pulls:
    def __init__(self, *parts: bytes | Exception) -> None:
        self.parts = list(parts)

    async def __call__(self) -> bytes:
        part = self.parts.pop(0) if self.parts else b""
        if isinstance(part, Exception):
            raise part
        return part


async def test_every_way_to_read_a_body_pulls() -> None:
    parts = (b"a\nb", b"b\n", b"c")

    assert await PulledReader(Pulls(*parts)).read() == b"a\nbb\nc"
    assert [p async for p in PulledReader(Pulls(*parts)).iter_any()] == list(parts)
    assert [p async for p in PulledReader(Pulls(*parts))] == [b"a\n", b"bb\n", b"c"]
    assert [p async for p in PulledReader(Pulls(*parts)).iter_chunked(2)] == [
        b"a\n",
        b"b",
        b"b\n",
        b"c",
    ]
    assert b"".join([p async for p, _ in PulledReader(Pulls(*parts)).iter_chunks()]) == b"a\nbb\nc"
    assert await PulledReader(Pulls(*parts)).readexactly(4) == b"a\nbb"


async def test_a_large_pull_needs_no_flow_control() -> None:
    big = b"x" * 10_000_000

    assert await PulledReader(Pulls(big, big)).read() == big + big


async def test_what_a_pull_raises_stays_in_the_reader() -> None:
    reader = PulledReader(Pulls(b"one", aiohttp.ClientPayloadError("gone")))

    assert await reader.readany() == b"one"
    with pytest.raises(aiohttp.ClientPayloadError):
        await reader.readany()
    assert isinstance(reader.exception(), aiohttp.ClientPayloadError)
    assert not reader.at_eof()


async def test_a_request_can_be_sent_again_with_another_body_to_another_path() -> None:
    script = [response("200 OK", b"")]
    async with wire(script) as server:

        async def twice(
            request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
        ) -> aiohttp.ClientResponse:
            assert body_of(request) == b'{"a":1}'
            (await handler(request)).release()
            await resend_as(request, server.url + "/other?x=1", b'{"longer":2}')
            assert body_of(request) == b'{"longer":2}'
            return await handler(request)

        async with (
            aiohttp.ClientSession(middlewares=(twice,)) as session,
            session.post(server.url, data=b'{"a":1}') as got,
        ):
            assert got.status == 200

        assert [body for _, body in server.requests] == [b'{"a":1}', b'{"longer":2}']
        assert server.requests[1][0].startswith(b"POST /v1/other?x=1 HTTP/1.1\r\n")


async def both(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a request and another like it at the same time; the first is what comes back."""
    body = body_of(request)
    assert body is not None
    other = request_like(request, str(request.url), body)
    first, second = await asyncio.gather(handler(request), handler(other))
    second.release()
    return first


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Serve on a free port; whatever is posted is kept, unpacked."""
    kept: list[tuple[dict[str, str], bytes]] = []

    async def keep(request: web.Request) -> web.Response:
        kept.append((dict(request.headers), await request.read()))
        await asyncio.sleep(0.02)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", keep)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}", kept
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    "given",
    [
        {"json": {"a": 1}},
        {"data": b"{}", "headers": {"Host": "elsewhere", "X-Twice": "1"}},
        {"data": b"{}", "cookies": {"c": "d"}},
        {"data": b"{}", "skip_auto_headers": ["User-Agent", "Content-Type"]},
        {"data": b"{}", "chunked": True},
        {"data": b"{}" * 500, "compress": "gzip"},
    ],
    ids="+".join,
)
async def test_two_requests_alike_are_under_way_at_once(given: dict[str, Any]) -> None:
    async with (
        listening() as (host, kept),
        aiohttp.ClientSession(middlewares=(both,)) as session,
        session.post(f"http://user:word@{host}/", **given) as got,
    ):
        assert got.status == 200
        one, other = kept
        assert one == other
        assert one[1]


async def test_a_request_like_another_goes_to_another_host_with_a_name_of_its_own() -> None:
    async with wire([response("200 OK", b"")]) as server, wire([response("200 OK", b"")]) as other:

        async def elsewhere(
            request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
        ) -> aiohttp.ClientResponse:
            headers = request.headers.copy()
            headers["Authorization"] = "Bearer other"
            return await handler(request_like(request, other.url + "/b", b"new", headers))

        async with (
            aiohttp.ClientSession(middlewares=(elsewhere,)) as session,
            session.post(server.url, data=b"old", headers={"Authorization": "Bearer one"}) as got,
        ):
            assert got.status == 200

        head, body = other.requests[0]
        assert server.requests == []
        assert f"Host: {other.url.split('/')[2]}\r\n".encode() in head
        assert b"Bearer other" in head
        assert (head.startswith(b"POST /v1/b "), body) == (True, b"new")


async def like(
    url: str, session: aiohttp.ClientSession, **given: Any
) -> tuple[aiohttp.ClientRequest, aiohttp.ClientRequest]:
    """Return a request that was given with `given`, and one like it that goes to `url`."""
    made: list[aiohttp.ClientRequest] = []

    async def look(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        made.extend((request, request_like(request, url, b"{}", CIMultiDict())))
        return await handler(request)

    async with wire([response("200 OK", b"")]) as server:
        async with session.post(server.url, data=b"{}", middlewares=(look,), **given):
            pass
    return made[0], made[1]


async def test_what_is_said_of_tls_holds_for_one_host() -> None:
    async with aiohttp.ClientSession() as session:
        given, other = await like(
            "https://other.invalid/", session, ssl=False, server_hostname="one.invalid"
        )

    assert (given.ssl, given.server_hostname) == (False, "one.invalid")
    assert (other.ssl, other.server_hostname) == (True, None)
    assert other.connection_key.host == "other.invalid"
    assert other.connection_key.is_ssl


async def test_the_form_of_a_body_holds_for_one_host() -> None:
    async with aiohttp.ClientSession() as session:
        _, other = await like("http://other.invalid/", session, compress="gzip", chunked=True)

    assert not other.compress
    assert not other.chunked
    assert other.headers["Content-Length"] == "2"
    assert "Content-Encoding" not in other.headers


async def test_cookies_and_credentials_of_one_host_are_not_those_of_another() -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookies={"c": "d"}, cookie_jar=jar) as session:
        given, other = await like(
            "http://other.invalid/", session, headers={"Authorization": "Basic dTpw"}
        )

    assert {"Cookie", "Authorization"} <= set(given.headers)
    assert {"Cookie", "Authorization"} & set(other.headers) == set()


async def test_the_proxy_of_the_environment_is_asked_for_each_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.invalid:3128")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with aiohttp.ClientSession(trust_env=True) as session:
        given, other = await like("http://other.invalid/", session)
        _, near = await like("http://127.0.0.1:1/", session)

    assert given.proxy is None
    assert str(other.proxy) == "http://proxy.invalid:3128"
    assert near.proxy is None


async def test_a_request_like_another_is_limited_by_the_time_of_the_session() -> None:
    async def again(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        other = request_like(request, str(request.url), b"{}")
        tasks = [asyncio.create_task(handler(each)) for each in (request, other)]
        try:
            await asyncio.wait(tasks)
        finally:
            await asyncio.gather(*tasks, return_exceptions=True)
        return await tasks[0]

    async with (
        wire([Act.HOLD]) as server,
        aiohttp.ClientSession(
            middlewares=(again,), timeout=aiohttp.ClientTimeout(total=0.05)
        ) as session,
    ):
        with pytest.raises(TimeoutError):
            await session.post(server.url, data=b"{}")

        assert await server.idle() == 0


@pytest.mark.parametrize("kind", ["bytes", "json", "text"])
async def test_a_body_in_memory_can_be_read(kind: str) -> None:
    seen: list[bytes | None] = []

    async def look(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        seen.append(body_of(request))
        return await handler(request)

    given = {"bytes": {"data": b'"hi"'}, "json": {"json": "hi"}, "text": {"data": '"hi"'}}[kind]
    async with (
        wire([response("200 OK", b"")]) as server,
        aiohttp.ClientSession(middlewares=(look,)) as session,
        session.post(server.url, **given),
    ):
        pass

    assert seen == [b'"hi"']


async def test_a_logical_response_outlives_the_response_it_was_made_of() -> None:
    made: list[aiohttp.ClientResponse] = []
    ended: list[bool] = []

    async def replace(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        upstream = await handler(request)
        made.append(upstream)
        reader = PulledReader(Pulls(b"mine"))
        return logical_response(request, upstream, reader, end=lambda: ended.append(True))

    async with (
        wire([OK + http_chunk(b"theirs") + END]) as server,
        aiohttp.ClientSession(
            middlewares=(replace,), cookie_jar=aiohttp.CookieJar(unsafe=True)
        ) as session,
    ):
        async with session.get(server.url) as got:
            made[0].close()

            assert (got.status, got.reason, got.headers["x-request-id"]) == (200, "OK", "req_1")
            assert got.raw_headers == made[0].raw_headers
            assert got.cookies["a"].value == "b"
            assert got.method == "GET"
            assert str(got.url) == server.url
            assert got.request_info.method == "GET"
            assert not got.closed
            assert await got.read() == b"mine"
            assert await got.text() == "mine"
        assert got.closed
        assert ended == [True]
        assert [c.value for c in session.cookie_jar] == ["b"]


async def test_a_response_class_of_the_session_is_kept() -> None:
    class Own(aiohttp.ClientResponse):
        pass

    async def replace(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        upstream = await handler(request)
        return logical_response(request, upstream, PulledReader(Pulls(b"mine")))

    async with (
        wire([OK + END]) as server,
        aiohttp.ClientSession(middlewares=(replace,), response_class=Own) as session,
        session.get(server.url) as got,
    ):
        assert isinstance(got, Own)


async def test_a_reset_is_an_aiohttp_error() -> None:
    async with (
        wire([OK + http_chunk(b"x"), Act.RESET]) as server,
        aiohttp.ClientSession() as session,
        session.get(server.url) as got,
    ):
        with pytest.raises(aiohttp.ClientError):
            await got.read()
