"""The only file that touches aiohttp's private attributes.

What it relies on is written down in `tests/contract/`, which runs on the oldest and on the newest
aiohttp that is supported.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import hdrs
from aiohttp.base_protocol import BaseProtocol
from aiohttp.helpers import TimerNoop, get_env_proxy_for_url
from aiohttp.payload import BytesPayload
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

Pull = Callable[[], Awaitable[bytes]]
"""Returns the next bytes of a body, b"" at its end."""


def take_buffered(content: aiohttp.StreamReader) -> bytes:
    """Return the bytes that came before an error and wait in the reader behind it.

    A reader with an exception raises it from every public method, although the bytes that arrived
    before are still in its buffer.
    """
    parts = [bytes(part) for part in content._buffer]  # noqa: SLF001
    if parts:
        parts[0] = parts[0][content._buffer_offset :]  # noqa: SLF001
        content._buffer.clear()  # noqa: SLF001
    return b"".join(parts)


def interrupt(content: aiohttp.StreamReader, error: Exception) -> bool:
    """Raise `error` where the next bytes of a body are waited for; False when nobody waits.

    Bytes that have just come, whose reader has not run yet, are not waited for any more.
    """
    waiter = getattr(content, "_waiter", None)  # the empty body of aiohttp has none
    if waiter is None or waiter.done():
        return False
    waiter.set_exception(error)
    return True


def body_of(request: aiohttp.ClientRequest) -> bytes | None:
    """Return the body of a request that is sent from memory; None for files, forms and streams."""
    body = request.body
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if isinstance(body, BytesPayload):
        try:
            return body.decode().encode()
        except UnicodeDecodeError:
            return None
    return None


async def resend_as(request: aiohttp.ClientRequest, url: str, body: bytes) -> None:
    """Change where a request goes on the same host, and what it says.

    `update_body` came with 3.12.4; before it, the body is set with the length header removed.
    """
    request.url = URL(url, encoded=True)
    if hasattr(request, "update_body"):
        await request.update_body(body)
        return
    request.headers.pop(hdrs.CONTENT_LENGTH, None)
    request.update_body_from_data(body)


def request_like(
    request: aiohttp.ClientRequest,
    url: str,
    body: bytes | None,
    headers: CIMultiDict[str] | None = None,
    method: str | None = None,
) -> aiohttp.ClientRequest:
    """Return a request of its own, which can be under way at the same time as `request`.

    All that the caller gave with the request holds for it too: proxy, TLS, traces, cookies, the
    response class, and the time limit of the session.

    Args:
        request: what it is made after. It is not changed.
        url: where it goes. What the caller said of TLS and of `Host` is about his host, and does
            not hold for another: neither a certificate of his nor the leave to check none.
        body: what it says; None = nothing.
        headers: instead of those of `request`.
        method: instead of that of `request`.
    """
    target = URL(url, encoded=True)
    same_host = target.origin() == request.url.origin()
    kept = CIMultiDict(request.headers if headers is None else headers)
    if body is None:
        for name in (hdrs.CONTENT_LENGTH, hdrs.CONTENT_TYPE, hdrs.CONTENT_ENCODING):
            kept.popall(name, None)
    elif hdrs.CONTENT_LENGTH in kept:
        kept[hdrs.CONTENT_LENGTH] = str(len(body))
    # Said anew where the request is made.
    if request.chunked:
        kept.popall(hdrs.TRANSFER_ENCODING, None)
    if request.compress:
        kept.popall(hdrs.CONTENT_ENCODING, None)
    if not same_host:
        kept.popall(hdrs.HOST, None)
    same_form = body is not None and same_host  # another server may not take it compressed
    proxy, proxy_auth = request.proxy, request.proxy_auth
    if not same_host and request.session.trust_env:
        proxy, proxy_auth = _proxy(request, target)
    return type(request)(
        method or request.method,
        target,
        headers=kept,
        skip_auto_headers=request.skip_auto_headers,
        data=body,
        version=request.version,
        compress=request.compress if same_form else None,
        chunked=request.chunked if same_form else None,
        loop=request.loop,
        response_class=request.response_class,
        proxy=proxy,
        proxy_auth=proxy_auth,
        proxy_headers=request.proxy_headers,
        timer=request._timer,  # noqa: SLF001
        session=request.session,
        ssl=request.ssl if same_host else True,
        server_hostname=request.server_hostname if same_host else None,
        traces=request._traces,  # noqa: SLF001
    )


def _proxy(request: aiohttp.ClientRequest, url: URL) -> tuple[URL | None, aiohttp.BasicAuth | None]:
    """Return the proxy on the way to another host than that of `request`.

    What the environment says is said for each host; what the caller gave is for all.
    """
    if request.proxy is not None and request.proxy != _proxy_of_environment(request.url)[0]:
        return request.proxy, request.proxy_auth
    return _proxy_of_environment(url)


def _proxy_of_environment(url: URL) -> tuple[URL | None, aiohttp.BasicAuth | None]:
    try:
        return get_env_proxy_for_url(url)
    except LookupError:
        return None, None


class _Undivided(aiohttp.StreamReader):
    """A body of which always as much is read as is there.

    aiohttp notes where HTTP chunks end, for `readchunk`, and takes its buffer apart chunk by chunk.
    A server that sends an event a chunk makes that the larger part of what an event costs, and
    nobody asks here where chunks end.
    """

    __slots__ = ()

    async def readany(self) -> bytes:
        """Return what is there, or comes next; b"" at the end.

        aiohttp waits in a coroutine of its own under a timer. Where there is no timer to observe,
        the wait that is most of all waits is made here; anything unusual is left to aiohttp.
        """
        if type(self._timer) is TimerNoop and self._waiter is None and self._exception is None:
            while not self._buffer and not self._eof and self._protocol.connected:
                self._waiter = self._loop.create_future()
                try:
                    await self._waiter
                finally:
                    self._waiter = None
            if self._buffer and self._exception is None and not self._buffer_offset:
                return self._take()
        return await super().readany()

    def begin_http_chunk_receiving(self) -> None:
        pass

    def end_http_chunk_receiving(self) -> None:
        pass

    def _read_nowait(self, n: int) -> bytes:
        if n != -1 or not self._buffer or self._buffer_offset:
            return super()._read_nowait(n)
        self._timer.assert_timeout()
        return self._take()

    def _take(self) -> bytes:
        """Return what is there; there is something.

        After each read, aiohttp 3.14 goes through its parser and its transport to make sure that
        they are not paused. Here they are asked first, as earlier releases do.
        """
        buffer = self._buffer
        data = buffer.popleft() if len(buffer) == 1 else b"".join(buffer)
        buffer.clear()
        self._size -= len(data)
        self._cursor += len(data)
        if self._protocol._reading_paused:  # noqa: SLF001
            self._protocol.resume_reading()
        return data


def undivided(response: aiohttp.ClientResponse) -> aiohttp.StreamReader:
    """Return the body of a response, to be read with `readany` alone from now on."""
    content = response.content
    if type(content) is aiohttp.StreamReader:  # the empty one of a response without body stays
        content.__class__ = _Undivided
        content._http_chunk_splits = None  # noqa: SLF001
    return content


class _NoFlow(BaseProtocol):
    """Stands where a reader expects its connection; a pulled body needs no flow control."""

    @property
    def connected(self) -> bool:
        return True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self, resume_parser: bool = True) -> None:
        pass


_NO_LIMIT = 2**30
"""Reading by line fails above twice this. Events were limited before they came here, and what a
session's `read_bufsize` lets through bare must pass."""


class PulledReader(aiohttp.StreamReader):
    """A body that is fetched when somebody reads it, in the task that reads.

    It is a real `StreamReader`, buffer and all, since clients look inside. Nothing is read ahead:
    back-pressure and cancellation need no code.

    Args:
        pull: fetches the next bytes.
        first: bytes that are there already.
    """

    __slots__ = ("_pull", "_pulling")

    def __init__(self, pull: Pull, first: bytes = b"") -> None:
        loop = asyncio.get_running_loop()
        super().__init__(_NoFlow(loop), limit=_NO_LIMIT, loop=loop)
        self._pull = pull
        self._pulling = False
        self.feed_data(first, len(first))

    async def _wait(self, func_name: str) -> None:
        """Fetch more; every reading method waits here while the buffer is empty."""
        if self._pulling:
            msg = f"{func_name}() called while another coroutine is already waiting for data"
            raise RuntimeError(msg)
        self._pulling = True
        try:
            data = await self._pull()
        except Exception as error:
            self.set_exception(error)
            raise
        finally:
            self._pulling = False
        if data:
            self.feed_data(data, len(data))
        else:
            self.feed_eof()


class _Logical(aiohttp.ClientResponse):
    """The response that the consumer holds: of one answer, whatever the number of attempts.

    Closing the response of an attempt poisons its `content`; this one has a content of its own, and
    closing it ends the attempt that is under way.
    """

    steadystream_answer: Any = None
    _end: Callable[[], None] | None = None

    def close(self) -> None:
        super().close()
        self._stop()

    def release(self) -> Any:
        released = super().release()
        self._stop()
        return released

    def __del__(self, *_: Any) -> None:
        self._stop()

    def _stop(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            end()


_CLASSES: dict[type, type[_Logical]] = {}


def _logical_class(base: type[aiohttp.ClientResponse]) -> type[_Logical]:
    if base not in _CLASSES:
        _CLASSES[base] = type("SteadyResponse", (_Logical, base), {})
    return _CLASSES[base]


class _Sent:
    """Stands where a response expects the writer of its request: all of it was sent."""

    output_size = 0


# The argument came with 3.13.
_WRITER: dict[str, Any] = (
    {"stream_writer": _Sent()}
    if "stream_writer" in inspect.signature(aiohttp.ClientResponse).parameters
    else {}
)


def logical_response(
    request: aiohttp.ClientRequest,
    upstream: aiohttp.ClientResponse,
    content: PulledReader,
    *,
    answer: Any = None,
    end: Callable[[], None] | None = None,
    without: tuple[str, ...] = (),
) -> aiohttp.ClientResponse:
    """Return a response with the status and headers of `upstream` and a body of our own.

    Args:
        request: what it answers.
        upstream: the response that gives status, headers and cookies.
        content: the body.
        answer: kept with the response, for `answer_of`.
        end: called once when the consumer closes or releases the response.
        without: names of headers that the new body makes untrue.
    """
    response = _logical_class(request.response_class)(
        upstream.method,
        upstream.real_url,
        writer=None,
        continue100=None,
        timer=TimerNoop(),
        request_info=upstream.request_info,
        traces=upstream._traces,  # noqa: SLF001
        loop=asyncio.get_running_loop(),
        session=request.session,
        **_WRITER,
    )
    response.version, response.status, response.reason = (
        upstream.version,
        upstream.status,
        upstream.reason,
    )
    kept = [(n, v) for n, v in upstream.headers.items() if n.lower() not in without]
    response._headers = CIMultiDictProxy(CIMultiDict(kept))  # noqa: SLF001
    response._raw_headers = tuple(  # noqa: SLF001
        (n, v) for n, v in upstream.raw_headers if n.decode().lower() not in without
    )
    if hasattr(upstream, "_raw_cookie_headers"):
        response._raw_cookie_headers = upstream._raw_cookie_headers  # noqa: SLF001
    else:
        response.cookies = upstream.cookies
    response._closed = False  # noqa: SLF001
    response.content = content
    response.steadystream_answer = answer
    response._end = end  # noqa: SLF001
    content.on_eof(functools.partial(_end_of, weakref.ref(response)))
    return response


def _end_of(response: weakref.ref[aiohttp.ClientResponse]) -> None:
    """Note that the body of a response is read. The body must not keep the response alive."""
    alive = response()
    if alive is not None:
        alive._closed = True  # noqa: SLF001


def answer_behind(response: aiohttp.ClientResponse) -> Any:
    """Return the answer that `logical_response` kept with a response; None for any other."""
    return response.steadystream_answer if isinstance(response, _Logical) else None
