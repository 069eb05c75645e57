"""All bytes of a response as they came over the wire, head and transfer encoding included."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from support.openai_client import CHAT, encoded


@dataclass
class Wire:
    """What came.

    Attributes:
        data: the bytes.
        end: how the connection ended.
    """

    data: bytes = b""
    end: Literal["eof", "reset", "open"] = "open"

    @property
    def head(self) -> bytes:
        """Status line and headers of the last response that has a head."""
        return self._split()[0]

    @property
    def before(self) -> bytes:
        """The interim responses."""
        rest = self.data
        while rest.startswith(b"HTTP/1.1 1"):
            rest = rest.partition(b"\r\n\r\n")[2]
        return self.data[: len(self.data) - len(rest)]

    @property
    def rest(self) -> bytes:
        """What stands behind the head, transfer encoding included."""
        return self._split()[1]

    @property
    def chunks(self) -> list[bytes]:
        """The chunks of the transfer encoding that are whole, without the last, empty one."""
        found = []
        rest = self.rest
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            end = int(size, 16)
            if end == 0 or len(rest) < end:
                break
            found.append(rest[:end])
            rest = rest[end + 2 :]
        return found

    @property
    def body(self) -> bytes:
        """The body, in chunks or not."""
        if b"transfer-encoding: chunked" in self.head.lower():
            return b"".join(self.chunks)
        return self.rest

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """Names in lower case, and values."""
        lines = [line.partition(b":") for line in self.head.split(b"\r\n")[1:]]
        return [(name.decode().lower(), value.strip()) for name, _, value in lines]

    @property
    def without_date(self) -> bytes:
        """The bytes, the time of day excepted."""
        lines = self.data.split(b"\r\n")
        return b"\r\n".join(line for line in lines if not line.startswith(b"Date: "))

    def header(self, name: str) -> list[bytes]:
        """Return the values of a header."""
        return [value for known, value in self.headers if known == name]

    def _split(self) -> tuple[bytes, bytes]:
        head, _, rest = self.data[len(self.before) :].partition(b"\r\n\r\n")
        return head, rest


@dataclass
class _Reading(asyncio.Protocol):
    wire: Wire
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def data_received(self, data: bytes) -> None:
        self.wire.data += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.wire.end = "eof" if exc is None else "reset"
        self.over.set()


async def wire(
    fake: Any,
    body: Mapping[str, Any] | bytes,
    path: str = CHAT,
    *,
    seconds: float = 10.0,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
    version: str = "1.1",
) -> Wire:
    """Send one request and return all that comes until the server ends the connection."""
    told = Wire()
    loop = asyncio.get_running_loop()
    transport, reading = await loop.create_connection(lambda: _Reading(told), fake.host, fake.port)
    sent = encoded(body, path, method=method, headers={"Connection": "close", **(headers or {})})
    transport.write(sent.replace(b" HTTP/1.1\r\n", f" HTTP/{version}\r\n".encode(), 1))
    try:
        async with asyncio.timeout(seconds):
            await reading.over.wait()
    except TimeoutError:
        pass
    finally:
        transport.close()
    return told
