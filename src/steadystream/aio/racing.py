"""Sending where two attempts may be under way at once."""

from __future__ import annotations

import aiohttp

from steadystream.request import Request
from steadystream.stages.leaving import Leave

from .source import HttpSender


class RacingSender:
    """Sends each attempt by a sender of its own, and closes all of them.

    Args:
        session: where connections come from.
        connect: limit for a connection to come about, seconds.
    """

    def __init__(self, session: aiohttp.ClientSession, connect: float | None) -> None:
        self._session = session
        self._connect = connect
        self._senders: list[HttpSender] = []
        self.closed = False
        self.leave = Leave()

    async def __call__(self, request: Request) -> aiohttp.ClientResponse:
        """Return the response once its headers are here.

        Raises:
            StreamFault: none came.
        """
        sender = HttpSender(self._session, self._connect, closed=self.closed)
        self._senders.append(sender)
        return await sender(request)

    def close(self) -> None:
        """Close the attempts under way at once, and make no other."""
        self.closed = True
        self.leave.end()
        for sender in self._senders:
            sender.close()
