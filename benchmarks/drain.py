"""A client that costs next to nothing: it counts what comes and looks no closer."""

import asyncio
import json

from .clients import BODY, MESSAGES
from .frames import LAST_CHUNK


class Drain(asyncio.Protocol):
    """One connection; kept for any number of requests, one after another.

    Attributes:
        begun: set once an event has come.
        lost: whether the connection has ended.
    """

    def __init__(self) -> None:
        self._tail = b""
        self._whole: asyncio.Future[int] | None = None
        self._events = 0
        self.begun = asyncio.Event()
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if self._whole is not None and not self._whole.done():
            self._whole.set_exception(exc or ConnectionError("the server left"))

    def data_received(self, data: bytes) -> None:
        # Good enough for events of one line: each ends in a blank line and the end of its chunk.
        self._events += data.count(b"data: ")
        if self._events:
            self.begun.set()
        self._tail = (self._tail + data)[-len(LAST_CHUNK) :]
        if self._tail == LAST_CHUNK and self._whole is not None and not self._whole.done():
            self._whole.set_result(self._events)

    async def ask(self, request: bytes) -> int:
        """Send a request and return how many events came."""
        self._events, self._tail = 0, b""
        self._whole = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._whole

    def begin(self, request: bytes) -> None:
        """Send a request whose end nobody waits for."""
        self._transport.write(request)

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()


def request_to(path: str, host: str, question: str | None = None) -> bytes:
    """Return the bytes of a request for a streamed answer."""
    messages = MESSAGES if question is None else [{"role": "user", "content": question}]
    body = json.dumps({**BODY, "messages": messages}).encode()
    lines = (
        f"POST {path}/chat/completions HTTP/1.1",
        f"Host: {host}",
        "Authorization: Bearer sk-bench",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body
