"""Sending over a `ClientSession` of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import msgspec

from steadystream.errors import SteadyStreamError
from steadystream.request import Request

from .faults import closed_session, fault_of


def target_of(url: str) -> str:
    """Return host and port of a URL, without user and password."""
    return urlsplit(url).netloc.rpartition("@")[2]


@dataclass(frozen=True)
class HttpSender:
    """Sends a request as JSON over POST.

    Attributes:
        session: where connections come from.
        connect: limit for a connection to come about, seconds.
    """

    session: aiohttp.ClientSession
    connect: float | None

    async def __call__(self, request: Request) -> aiohttp.ClientResponse:
        """Return the response once its headers are here.

        Raises:
            StreamFault: none came.
        """
        if self.session.closed:
            raise closed_session()
        try:
            return await self.session.post(
                request.url,
                data=msgspec.json.encode(request.body),
                headers=request.headers,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.connect),
                allow_redirects=False,
            )
        except Exception as error:
            fault = fault_of(error, target=target_of(request.url), connect=self.connect)
            if isinstance(fault, SteadyStreamError):
                raise fault from error
            raise
