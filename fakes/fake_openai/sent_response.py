"""A response whose bytes go past aiohttp: a busy server makes hundreds of them at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import formatdate
from functools import lru_cache

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter


class SentResponse(web.StreamResponse):
    """A chunked response of HTTP/1.1 that is written by whoever made it, head and all.

    Args:
        request: what it answers.
        headers: of the response, those of the transfer excepted. They go out as they are, so none
            of them may come from a client.
    """

    def __init__(self, request: web.BaseRequest, headers: Mapping[str, str]) -> None:
        super().__init__()
        self._kept_alive = request.keep_alive
        self._told = headers

    @property
    def keep_alive(self) -> bool | None:
        """Whether the connection may serve another request."""
        return self._kept_alive

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:  # noqa: ARG002
        """Do nothing: the head was written."""
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: the end was written."""

    def head(self) -> bytes:
        """Return status line and headers, as aiohttp would write them."""
        told = self._told
        lines = [f"{name}: {value}\r\n" for name, value in told.items()]
        lines.append("Transfer-Encoding: chunked\r\n")
        if all(name.lower() != "date" for name in told):
            lines.append(f"Date: {_date(int(time.time()))}\r\n")
        if not self._kept_alive:
            lines.append("Connection: close\r\n")
        return f"HTTP/1.1 200 OK\r\n{''.join(lines)}\r\n".encode()


@lru_cache(1)
def _date(now: int) -> str:
    return formatdate(now, usegmt=True)
