"""Status line, headers and framing of a response, where they are not as they should be.

aiohttp writes the heads of all other responses, and would refuse to write these.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from multidict import CIMultiDict


@dataclass(slots=True)
class Head:
    """What faults want of a head; as it is at the beginning, nothing.

    Attributes:
        http10: the response says HTTP/1.0, and its body ends with the connection.
        interim: responses with a status from 100 to 199 that come before: status and headers.
        headers: put in the place of those of the same name; None = no such header.
        extra: written as they are behind all others, CR LF excepted.
        length: the body has a `content-length`; the value is added to the right one.
        both: with a `content-length` the body is chunked all the same.
    """

    http10: bool = False
    interim: list[tuple[int, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    headers: dict[str, str | None] = field(default_factory=dict)
    extra: list[bytes] = field(default_factory=list)
    length: int | None = None
    both: bool = False

    @property
    def plain(self) -> bool:
        """Whether aiohttp can write it."""
        special = self.http10 or self.interim or self.extra or self.length is not None
        return not special and None not in self.headers.values()

    def response(
        self, status: int, headers: Iterable[tuple[str, str]], size: int
    ) -> web.StreamResponse:
        """Return a response with `headers` and a body of `size` bytes."""
        names = {name.lower() for name in self.headers}
        told = [(name, value) for name, value in headers if name.lower() not in names]
        told += [(name, value) for name, value in self.headers.items() if value is not None]
        if self.plain:
            return web.StreamResponse(status=status, headers=CIMultiDict(told))
        length = None if self.length is None else max(0, size + self.length)
        return Shaped(self, status, told, length, right=length == size)


class Shaped(web.StreamResponse):
    """A response whose head is written here.

    Args:
        head: what is special about it.
        status: of the response.
        headers: of the response.
        length: value of `content-length`; None = no such header.
        right: whether that is the length of the body.
    """

    def __init__(
        self,
        head: Head,
        status: int,
        headers: Sequence[tuple[str, str]],
        length: int | None,
        *,
        right: bool,
    ) -> None:
        super().__init__(status=status, headers=CIMultiDict(headers))
        self._special = head
        self._length = length
        self._closes = head.http10 or (length is not None and not right)
        self._begun = False
        self._over = False
        self._old = False
        self._transport: asyncio.WriteTransport | None = None

    @property
    def chunked(self) -> bool:
        """Whether the body is sent in chunks."""
        return not self._special.http10 and (self._length is None or self._special.both)

    @property
    def keep_alive(self) -> bool | None:
        """Whether the connection may serve another request."""
        return not self._closes

    def enable_chunked_encoding(self, chunk_size: int | None = None) -> None:
        """Do nothing: the head says how the body is sent."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write the head, once.

        Raises:
            ConnectionResetError: the client is gone.
        """
        if not self._begun:
            self._begun = True
            old = request.version < (1, 1)
            self._closes |= old or not request.keep_alive
            transport = request.transport
            if transport is None or transport.is_closing():
                raise ConnectionResetError("the client is gone")
            self._transport = transport
            transport.write(self._lines(old=old))
        return request.writer

    async def write_eof(self, data: bytes = b"") -> None:
        """End the body."""
        transport = self._transport
        if self._over or transport is None or transport.is_closing():
            return
        self._over = True
        transport.write(data + (b"0\r\n\r\n" if self.chunked and not self._old else b""))
        if self._closes:
            transport.close()

    def _lines(self, *, old: bool) -> bytes:
        self._old = old
        lines: list[bytes] = []
        for status, headers in () if old else self._special.interim:
            lines += [b"HTTP/1.1 " + _status(status), *map(_line, headers), b""]
        version = b"HTTP/1.0 " if old or self._special.http10 else b"HTTP/1.1 "
        lines += [version + _status(self.status), *map(_line, self.headers.items())]
        if self._length is not None:
            lines.append(b"Content-Length: %d" % self._length)
        if self.chunked and not old:
            lines.append(b"Transfer-Encoding: chunked")
        if "Date" not in self.headers:
            lines.append(_line(("Date", formatdate(usegmt=True))))
        lines += self._special.extra
        if self._closes and self._length is None and not self._special.http10:
            lines.append(b"Connection: close")
        return b"\r\n".join([*lines, b"", b""])


def _status(status: int) -> bytes:
    return f"{status} {HTTPStatus(status).phrase}".encode()


def _line(header: tuple[str, str]) -> bytes:
    name, value = header
    return f"{name}: {value}".encode("utf-8", "surrogateescape")
