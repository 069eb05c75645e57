"""Sends a request of somebody else's session, again where it must be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import aiohttp

from steadystream.errors import SteadyStreamError, StreamFault
from steadystream.policy.backoff import is_transient
from steadystream.protocol.reading import Secrets
from steadystream.request import Request

from .body import body_of, resend_as
from .exchange import HandedOver, headers_of, is_event_stream, read_error, refusal_of
from .faults import closed_session, fault_of
from .source import target_of, written

MOST_KEPT = 16 * 2**20
"""Bytes of an error answer that are kept in order to be given to the consumer as they came."""

_READABLE = frozenset({"", "identity", "gzip", "deflate"})


class Resender:
    """Sends a request through the rest of the middlewares, any number of times.

    Attributes:
        response: of the last attempt whose headers came.
        target: host and port, for messages.
    """

    def __init__(
        self,
        request: aiohttp.ClientRequest,
        handler: Callable[[aiohttp.ClientRequest], Awaitable[aiohttp.ClientResponse]],
        asked: Request,
    ) -> None:
        self._request = request
        self._handler = handler
        self._asked = asked
        self._written = body_of(request) or b""
        self._rejected: tuple[aiohttp.ClientResponse, bytes] | None = None
        self._closed = False
        self.response: aiohttp.ClientResponse | None = None
        self.target = target_of(asked.url)

    async def __call__(self, request: Request) -> aiohttp.ClientResponse:
        """Return the response once its headers are here.

        Raises:
            StreamFault: none came. The error of aiohttp is its cause.
        """
        if self._closed:
            msg = "Connection closed"
            raise aiohttp.ClientConnectionError(msg)
        if self._request.session.closed:
            raise closed_session()
        if request.attempt > 1:
            await self._change(request)
        try:
            self.response = await self._handler(self._request)
        except Exception as error:
            fault = fault_of(error, target=self.target)
            if isinstance(fault, SteadyStreamError):
                raise fault from error
            raise
        return self.response

    async def _change(self, request: Request) -> None:
        """Put what is asked for now into the request of the session."""
        if request.body is self._asked.body:
            await resend_as(self._request, request.url, self._written)
            return
        # A key that stood for the first body would bring its answer again, or a conflict.
        self._request.headers.pop("Idempotency-Key", None)
        await resend_as(self._request, request.url, written(request.body))

    async def refusal(
        self, request: Request, response: aiohttp.ClientResponse, secrets: Secrets
    ) -> StreamFault | None:
        """Return what it means that a response is no event stream; None when it is one.

        Raises:
            HandedOver: it is for the consumer to read, and no further attempt can help.
        """
        encoding = response.headers.get("Content-Encoding", "").lower()
        if is_event_stream(response) and encoding in _READABLE:
            return None
        under_way = request.so_far is not None and request.so_far.started
        if not under_way and not is_transient(response.status, headers_of(response)):
            raise HandedOver(response)
        body = await read_error(response, MOST_KEPT)
        self._rejected = (response, body)
        return refusal_of(response, body, secrets)

    def last_rejected(self) -> tuple[aiohttp.ClientResponse, bytes]:
        """Return the response that was refused last, and its body."""
        assert self._rejected is not None  # noqa: S101  # asked for behind a `Rejected`
        return self._rejected

    def close(self) -> None:
        """Close the attempt under way at once, and make no other."""
        self._closed = True
        if self.response is not None:
            self.response.close()
