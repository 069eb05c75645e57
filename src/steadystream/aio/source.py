"""Sending over a `ClientSession` of one's own."""

from __future__ import annotations

import functools
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from steadystream.errors import SteadyStreamError
from steadystream.request import Request
from steadystream.stages.leaving import Leave, left_by_us

from .faults import closed_session, fault_of


def target_of(url: str) -> str:
    """Return host and port of a URL, without user and password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def written(body: Mapping[str, Any]) -> bytes:
    """Return a request body as JSON."""
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:  # half a surrogate pair, which only an escape can hold
        return json.dumps(body).encode()


def canceller(session: aiohttp.ClientSession) -> Callable[[Request], Awaitable[None]]:
    """Return what sends a request over `session` of which only the effect is wanted."""

    async def cancel(request: Request) -> None:
        sent = session.post(request.url, json={}, headers=request.headers, allow_redirects=False)
        async with sent as response:
            await response.read()

    return cancel


@functools.lru_cache(64)
def _timeout(connect: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=connect)


@dataclass(eq=False)
class HttpSender:
    """Sends a request as JSON over POST.

    Attributes:
        session: where connections come from.
        connect: limit for a connection to come about, seconds.
        response: of the last attempt whose headers came.
        closed: whether `close` was called.
        leave: ends what waits for the sake of the answer.
    """

    session: aiohttp.ClientSession
    connect: float | None
    response: aiohttp.ClientResponse | None = None
    closed: bool = False
    leave: Leave = field(default_factory=Leave, repr=False)
    _asking: Request | None = field(default=None, repr=False)

    async def __call__(self, request: Request) -> aiohttp.ClientResponse:
        """Return the response once its headers are here.

        Raises:
            StreamFault: none came.
        """
        self._refuse(request)
        try:
            self._asking = request
            self.response = await self.session.request(
                request.method,
                request.url,
                data=None if request.method == "GET" else written(request.body),
                headers=request.headers,
                timeout=_timeout(self.connect),
                allow_redirects=False,
            )
        except Exception as error:
            self._refuse(request)
            fault = fault_of(error, target=target_of(request.url), connect=self.connect)
            if isinstance(fault, SteadyStreamError):
                raise fault from error
            raise
        finally:
            self._asking = None
        return self.response

    def _refuse(self, request: Request) -> None:
        """Raise what it means that nothing may be sent any more."""
        if self.session.closed:
            raise closed_session()
        if self.closed:
            raise left_by_us(request)

    def close(self) -> None:
        """Close the attempt under way at once, and make no other."""
        self.closed = True
        self.leave.end()
        if self.response is not None:
            self.response.close()
        asking = self._asking
        if asking is not None and asking.patience is not None:
            asking.patience.leave(left_by_us(asking))
