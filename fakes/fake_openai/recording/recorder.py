"""Stands between a client and a real server and writes down what they say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TextIO

import aiohttp
from aiohttp import web
from yarl import URL

from fake_openai.front.secrets import clean_body, clean_query

from . import redaction
from .file import Recorded, Write, head, lines

_HOP_BY_HOP = frozenset(
    {
        "connection", "host", "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
        "trailer", "transfer-encoding", "upgrade", "accept-encoding", "content-length",
    }
)  # fmt: skip
# What aiohttp would say of itself where the client said nothing.
_ADDED = ("Accept", "Content-Type", "User-Agent")
_BAD_GATEWAY = 502


class Recorder:
    """A server that hands requests on to another and records both sides.

    `async with Recorder(upstream, file) as recorder:` serves at `recorder.base_url`. An exchange is
    written when it has ended, however it did; keys, cookies and account names are taken out first.

    Args:
        upstream: URL of the real server, with or without `/v1`.
        file: where it is written; text.
        host: address to listen at.
        port: port to listen at; 0 = a free one.
        done: called after each exchange that was written.

    Raises:
        ValueError: `upstream` is no URL of a server.
    """

    def __init__(
        self,
        upstream: str,
        file: TextIO,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        done: Callable[[Recorded], None] = lambda _: None,
    ) -> None:
        url = URL(upstream)
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError(f"upstream must be an http or https URL, got {upstream!r}")
        self._root = str(url).rstrip("/").removesuffix("/v1")
        self._file, self._done = file, done
        self._host, self._port = host, port
        self._count = 0
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.ServerRunner | None = None

    @property
    def base_url(self) -> str:
        """What clients want as base URL."""
        return f"http://{self._host}:{self._port}/v1"

    async def __aenter__(self) -> Self:
        self._file.write(head())
        self._file.flush()
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=30)
        self._session = aiohttp.ClientSession(
            timeout=timeout,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_ADDED,
        )
        self._runner = web.ServerRunner(
            web.Server(self._serve, handler_cancellation=True, access_log=None)
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()
        self._file.flush()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        assert self._session is not None  # noqa: S101 (set before anything is served)
        raw = await request.read()
        begun = asyncio.get_running_loop().time()
        recorded = Recorded(
            request.method, request.path, clean_query(request.rel_url.raw_query_string)
        )
        sent = _onward(request.headers)
        try:
            async with self._session.request(
                request.method,
                URL(self._root + request.raw_path, encoded=True),
                data=raw,
                headers=sent,
                allow_redirects=False,
            ) as upstream:
                return await self._relay(request, upstream, recorded, begun)
        except aiohttp.ClientConnectionError as error:
            recorded.status = 0
            told = f"cannot reach {self._root}: {type(error).__name__}"
            return web.Response(status=_BAD_GATEWAY, text=told)
        finally:
            if recorded.status:
                self._write(request, raw, recorded)

    async def _relay(
        self,
        request: web.BaseRequest,
        upstream: aiohttp.ClientResponse,
        recorded: Recorded,
        begun: float,
    ) -> web.StreamResponse:
        loop = asyncio.get_running_loop()
        recorded.at = loop.time() - begun
        recorded.status = upstream.status
        recorded.headers = list(upstream.headers.items())
        response = web.StreamResponse(status=upstream.status, reason=upstream.reason)
        for name, value in upstream.headers.items():
            if name.lower() not in _HOP_BY_HOP:
                response.headers.add(name, value)
        recorded.end = "client left"
        await response.prepare(request)
        try:
            async for data in upstream.content.iter_any():
                recorded.writes.append(Write(loop.time() - begun, data))
                await response.write(data)
            await response.write_eof()
            recorded.end = "whole"
        except aiohttp.ClientPayloadError:
            recorded.end = "cut"
        except (aiohttp.ClientOSError, ConnectionResetError) as error:
            recorded.end = "reset" if isinstance(error, aiohttp.ClientOSError) else "client left"
        finally:
            recorded.end_at = loop.time() - begun
        if recorded.end != "whole" and request.transport is not None:
            request.transport.close()  # what broke there breaks here
        return response

    def _write(self, request: web.BaseRequest, raw: bytes, recorded: Recorded) -> None:
        secrets = redaction.keys(request.headers)
        recorded.request_headers = redaction.headers(_onward(request.headers).items())
        recorded.request_body = _readable(redaction.body([raw], secrets)[0])
        recorded.headers = redaction.headers(recorded.headers)
        parts = redaction.body([write.data for write in recorded.writes], secrets)
        recorded.writes = [
            Write(write.at, data) for write, data in zip(recorded.writes, parts, strict=True)
        ]
        self._count += 1
        self._file.write("".join(lines(self._count, recorded)))
        self._file.flush()
        self._done(recorded)


def _onward(headers: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}
    # A recording is to be read.
    return {**kept, "Accept-Encoding": "identity"}


def _readable(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return clean_body(json.loads(raw))
    except (ValueError, RecursionError):
        return raw
