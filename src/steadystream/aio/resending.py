"""Sends a request of somebody else's session, again where it must be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDict

from steadystream.errors import SteadyStreamError, StreamFault
from steadystream.policy.attempts import Attempt
from steadystream.policy.backoff import is_transient
from steadystream.protocol.reading import Secrets
from steadystream.request import Request
from steadystream.stages.leaving import Leave, left_by_us

from .body import body_of, request_like, resend_as
from .exchange import HandedOver, headers_of, is_event_stream, read_error, refusal_of
from .faults import closed_session, fault_of
from .source import target_of, written

MOST_KEPT = 16 * 2**20
"""Bytes of an error answer that are kept in order to be given to the consumer as they came."""

_READABLE = frozenset({"", "identity", "gzip", "deflate"})


class Resender:
    """Sends a request through the rest of the middlewares, any number of times.

    Args:
        request: of the session; it is changed for further attempts.
        handler: the rest of the middlewares.
        asked: what is asked for with it.
        races: whether two attempts may be under way at once. Then each but the first is a request
            of its own.
        has_others: whether other upstreams may be asked besides, each by a request of its own.

    Attributes:
        target: host and port, for messages.
        leave: ends what waits for the sake of the answer.
    """

    def __init__(
        self,
        request: aiohttp.ClientRequest,
        handler: Callable[[aiohttp.ClientRequest], Awaitable[aiohttp.ClientResponse]],
        asked: Request,
        *,
        races: bool = False,
        has_others: bool = False,
    ) -> None:
        self._request = request
        self._handler = handler
        self._asked = asked
        self._races = races
        self._has_others = has_others
        self._written = body_of(request) or b""
        self._rejected: list[tuple[StreamFault, aiohttp.ClientResponse, bytes]] = []
        self._answered: list[tuple[Attempt | None, aiohttp.ClientResponse]] = []
        self.target = target_of(asked.url)
        self.leave = Leave()

    async def __call__(self, request: Request) -> aiohttp.ClientResponse:
        """Return the response once its headers are here.

        Raises:
            StreamFault: none came. The error of aiohttp is its cause.
        """
        if self.leave.left:
            raise left_by_us(request)
        if self._request.session.closed:
            raise closed_session()
        again = request.attempt > 1 or request.hedge
        if request.via is not None:
            sent = self._elsewhere(request)
        else:
            sent = await self._changed(request) if again else self._request
            self._put_headers(sent, request)
        try:
            # Before it has brought anything, nobody but the caller himself can close the answer.
            response = await (self._until_left(sent, request) if again else self._handler(sent))
        except Exception as error:
            fault = fault_of(error, target=target_of(request.url))
            if isinstance(fault, SteadyStreamError):
                raise fault from error
            raise
        self._answered = [*(self._answered if self._races else ()), (_attempt(request), response)]
        return response

    async def _changed(self, request: Request) -> aiohttp.ClientRequest:
        """Return what is asked for now as a request of the session."""
        if request.method == hdrs.METH_GET:
            sent = request_like(self._request, request.url, None, method=request.method)
            sent.headers.pop("Idempotency-Key", None)
            return sent
        same = request.body is self._asked.body
        body = self._written if same else written(request.body)
        if self._races:
            sent = request_like(self._request, request.url, body)
        else:
            sent = self._request
            await resend_as(sent, request.url, body)
        if not same:
            # A key that stood for the first body would bring its answer again, or a conflict.
            sent.headers.pop("Idempotency-Key", None)
        return sent

    def _elsewhere(self, request: Request) -> aiohttp.ClientRequest:
        """Return what is asked for at another upstream, with no header but those that it is to get.

        The request of the session stays as it is: it may be asked again.
        """
        headers = CIMultiDict(request.headers)
        headers[hdrs.ACCEPT_ENCODING] = "identity"
        body = None if request.method == hdrs.METH_GET else written(request.body)
        return request_like(self._request, request.url, body, headers, request.method)

    async def cancel(self, request: Request) -> None:
        """Send a request of which only the effect is wanted, though the answer is over."""
        headers = None if request.via is None else CIMultiDict(request.headers)
        sent = request_like(self._request, request.url, written(request.body), headers, "POST")
        async with await self._handler(sent) as response:
            await response.read()

    def _put_headers(self, sent: aiohttp.ClientRequest, request: Request) -> None:
        """Write what the stages have to say in headers, and nothing else."""
        first = self._asked.headers
        if request.headers is not first:
            for name, value in request.headers.items():
                if first.get(name.lower()) != value:
                    sent.headers[name] = value

    async def _until_left(
        self, sent: aiohttp.ClientRequest, request: Request
    ) -> aiohttp.ClientResponse:
        limit = asyncio.timeout(None)
        try:
            async with limit:
                with self.leave.ends(limit):
                    return await self._handler(sent)
        except TimeoutError:
            if limit.expired():
                raise left_by_us(request) from None
            raise

    @property
    def response(self) -> aiohttp.ClientResponse | None:
        """Of the last attempt whose headers came; of two that raced, of the one that goes on."""
        if not self._answered:
            return None
        on = [response for attempt, response in self._answered if attempt is None or _goes(attempt)]
        return on[-1] if on else self._answered[-1][1]

    def keep(self, response: aiohttp.ClientResponse | None) -> None:
        """Close all but `response`: a refusal that was not read may have lost a race."""
        for _, other in self._answered:
            if other is not response:
                other.close()

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
        if self._is_last_word(request, response):
            raise HandedOver(response)
        body = await read_error(response, MOST_KEPT)
        fault = refusal_of(response, body, secrets)
        # Two, since of two that raced the first counts.
        self._rejected = [*self._rejected[-1:], (fault, response, body)]
        return fault

    def _is_last_word(self, request: Request, response: aiohttp.ClientResponse) -> bool:
        """Say whether a response that is no event stream is what the consumer shall have."""
        if request.so_far is not None and request.so_far.started:
            return False
        # aiohttp follows a redirect with all the headers of the caller, to wherever it leads.
        redirects = 300 <= response.status < 400  # noqa: PLR2004  # HTTP status classes
        if request.via is not None and redirects:
            return False
        if self._has_others and response.status >= 400:  # noqa: PLR2004
            return False
        return not is_transient(response.status, headers_of(response))

    def rejected(self, fault: StreamFault) -> tuple[aiohttp.ClientResponse, bytes]:
        """Return the response that was refused with `fault`, and its body."""
        known = [refused for refused in self._rejected if refused[0] is fault]
        _, response, body = (known or self._rejected)[-1]
        return response, body

    def close(self) -> None:
        """Close the attempts under way at once, and make no other."""
        self.leave.end()
        self.keep(None)


def _attempt(request: Request) -> Attempt | None:
    return None if request.watch is None else request.watch.attempt


def _goes(attempt: Attempt) -> bool:
    """Say whether an attempt was neither left, nor overtaken, nor broken."""
    return attempt.fault is None and not attempt.left
