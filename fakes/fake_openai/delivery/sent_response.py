"""A response that is written here, past aiohttp: a busy server makes hundreds of them at once.

Nothing of its head is kept: of a stream that waits that would be 4 KiB.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from email.utils import formatdate
from functools import lru_cache

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from .wire import transport_of

END = b"0\r\n\r\n"
"""The end of a chunked body."""


class SentResponse(web.StreamResponse):
    """A chunked response to a request of HTTP/1.1, with status 200.

    Args:
        request: what it answers.
        headers: of the response, those of the transfer excepted. They go out as they are, so none
            of them may come from a client.
    """

    def __init__(self, request: web.BaseRequest, headers: Mapping[str, str]) -> None:
        super().__init__()
        self._kept_alive = request.keep_alive
        self._told: Mapping[str, str] | None = headers
        self._open: asyncio.Transport | None = None

    @property
    def keep_alive(self) -> bool | None:
        """Whether the connection may serve another request."""
        return self._kept_alive

    @property
    def chunked(self) -> bool:
        """Whether the body is sent in chunks."""
        return True

    def enable_chunked_encoding(self, chunk_size: int | None = None) -> None:
        """Do nothing: it is chunked."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write the head, unless somebody took it.

        Raises:
            ConnectionResetError: the client is gone.
        """
        if self._told is not None:
            self._open = transport_of(request)
            self._open.write(self.head())
        return request.writer

    async def write_eof(self, data: bytes = b"") -> None:
        """End the body, unless who took the head does so."""
        transport, self._open = self._open, None
        if transport is not None and not transport.is_closing():
            transport.write(data + END)

    def head(self) -> bytes:
        """Return status line and headers, once, as aiohttp would write them."""
        told, self._told = self._told, None
        assert told is not None  # noqa: S101 (it is taken once)
        lines = [f"{name}: {value}\r\n" for name, value in told.items()]
        lines.append("Transfer-Encoding: chunked\r\n")
        if "Date" not in told and "date" not in told:
            lines.append(f"Date: {_date(int(time.time()))}\r\n")
        if not self._kept_alive:
            lines.append("Connection: close\r\n")
        return f"HTTP/1.1 200 OK\r\n{''.join(lines)}\r\n".encode()


@lru_cache(1)
def _date(now: int) -> str:
    return formatdate(now, usegmt=True)
