"""Connections, and what comes over them that is no HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from aiohttp import HttpVersion10, HttpVersion11, web
from aiohttp.http import SERVER_SOFTWARE
from aiohttp.http_exceptions import HttpProcessingError

from fake_openai.errors.errors import ErrorBody

LARGEST_BODY = 256 * 1024 * 1024
_NO_REQUEST = "UNKNOWN"  # method that aiohttp gives to what it cannot read


class Unreadable(Exception):
    """A request whose body cannot be read.

    Attributes:
        too_large: it is larger than `LARGEST_BODY`; else its framing or coding is broken.
    """

    def __init__(self, *, too_large: bool) -> None:
        super().__init__("the body is too large" if too_large else "the body is broken")
        self.too_large = too_large


class Connections(web.Server):
    """A server of connections that refuses what is no HTTP in words of ours, not of aiohttp.

    Args:
        handle: answers a request.
        refusal: makes the answer to what is no HTTP; called with the error when a handler broke.
        settings: those of `aiohttp.web.Server`.
    """

    def __init__(
        self,
        handle: Callable[[web.BaseRequest], Any],
        refusal: Callable[[BaseException | None], ErrorBody],
        **settings: Any,
    ) -> None:
        super().__init__(handle, request_factory=_request, **settings)
        self._refusal = refusal
        self._settings = {
            name: value for name, value in settings.items() if name != "handler_cancellation"
        }

    def __call__(self) -> web.RequestHandler:
        """Return what serves one connection."""
        loop = asyncio.get_running_loop()
        return _Connection(self, self._refusal, loop=loop, **self._settings)


class _Connection(web.RequestHandler):
    __slots__ = ("_refusal",)

    def __init__(
        self, server: web.Server, refusal: Callable[[BaseException | None], ErrorBody], **more: Any
    ) -> None:
        super().__init__(server, **more)
        self._refusal = refusal

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 (it quotes what came, and keys may be in that)
    ) -> web.StreamResponse:
        """Return the answer to what is no HTTP, or to a request whose handler broke."""
        broke = status >= 500  # noqa: PLR2004 (not the client's fault)
        refused = self._refusal(exc if broke else None)
        if request.writer.output_size > 0:
            raise ConnectionError("a response was begun already")
        response = web.Response(
            status=refused.status,
            body=refused.body,
            headers={**refused.headers, "Content-Type": refused.content_type},
        )
        response.force_close()
        return response


async def body(request: web.BaseRequest) -> bytes:
    """Return the body of a request, all of it.

    Raises:
        Unreadable: it is broken, or larger than any server would take, or no request of an API.
    """
    if isinstance(request, _NoRequest):
        raise Unreadable(too_large=False)
    # RFC 9110, 10.1.1: some clients send a large body only after this.
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        if not request.content.is_eof():
            return await request.read()
        whole = request.content.read_nowait()
    except web.HTTPRequestEntityTooLarge:
        raise Unreadable(too_large=True) from None
    except (web.RequestPayloadError, HttpProcessingError):
        raise Unreadable(too_large=False) from None
    if len(whole) > LARGEST_BODY:
        raise Unreadable(too_large=True)
    return whole


class _Request(web.BaseRequest):
    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        # aiohttp puts its own name where the provider puts none.
        if response.headers.get("Server") == SERVER_SOFTWARE:
            del response.headers["Server"]


class _NoRequest(_Request):
    """What is HTTP, but nothing that a server of an API takes: HTTP/0.9, 2.0, or for a proxy."""


def _request(message: Any, *more: Any) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    kind: type[_Request] = _Request
    if not HttpVersion10 <= message.version <= HttpVersion11 or message.method == "CONNECT":
        kind = _NoRequest
    if kind is _NoRequest or message.method == _NO_REQUEST:
        message = message._replace(version=HttpVersion11)  # of the refusal
    make = cast("Callable[..., web.BaseRequest]", kind)
    return make(message, *more, loop, client_max_size=LARGEST_BODY)
