"""A server of raw bytes, for claims that the fake is too well-behaved to test."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterable
from contextlib import asynccontextmanager
from enum import Enum, auto
from typing import Any

OK = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    b"X-Request-Id: req_1\r\nSet-Cookie: a=b\r\nTransfer-Encoding: chunked\r\n\r\n"
)
END = b"0\r\n\r\n"


class Act(Enum):
    """What happens to a connection."""

    CLOSE = auto()
    RESET = auto()
    HOLD = auto()


Step = bytes | float | Act


def http_chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def response(status: str, body: bytes, *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


class Wire:
    """Answers the n-th request with the n-th script, the last one again and again.

    Attributes:
        requests: (head, body) of each request, as bytes.
        open: connections that are open now.
    """

    def __init__(self, scripts: tuple[Iterable[Step], ...]) -> None:
        self.play(*scripts)
        self.requests: list[tuple[bytes, bytes]] = []
        self.open = 0
        self.url = ""
        self.server: asyncio.Server | None = None

    def play(self, *scripts: Iterable[Step]) -> None:
        """Answer with these from now on."""
        self._scripts = [list(script) for script in scripts]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [h for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")]
        body = await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
        self.requests.append((head, body))
        for step in self._scripts[min(len(self.requests), len(self._scripts)) - 1]:
            if step is Act.HOLD:
                await reader.read(1)
                return False
            if isinstance(step, Act):
                _end(writer, step)
                return False
            if isinstance(step, float):
                await asyncio.sleep(step)
                continue
            assert isinstance(step, bytes)
            writer.write(step)
            await writer.drain()
        return True

    def stop(self) -> None:
        """Refuse further connections; open ones go on."""
        assert self.server is not None
        self.server.close()

    async def idle(self) -> int:
        """Return the connections left once the loop had time to close them."""
        for _ in range(50):
            if self.open == 0:
                break
            await asyncio.sleep(0.01)
        return self.open


def _end(writer: asyncio.StreamWriter, act: Act) -> None:
    if act is Act.RESET:
        sock: socket.socket = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


@asynccontextmanager
async def wire(*scripts: Iterable[Step]) -> Any:
    """Serve the scripts on a free port of the loopback."""
    served = Wire(scripts)
    served.server = server = await asyncio.start_server(served.handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    served.url = f"http://127.0.0.1:{port}/v1"
    async with server:
        yield served
