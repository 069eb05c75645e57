"""A client of raw sockets, and a reading of streams, that share nothing with what they test."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

CHAT = "/v1/chat/completions"


def chat(question: str = "hi", **more: Any) -> dict[str, Any]:
    """Return the body of a streamed chat request; `partial=` adds a partial answer."""
    partial = more.pop("partial", None)
    messages: list[dict[str, Any]] = [{"role": "user", "content": question}]
    if partial is not None:
        extra = partial if isinstance(partial, dict) else {"content": partial}
        messages.append({"role": "assistant", **extra})
    return {"model": "m", "messages": messages, "stream": True, **more}


@dataclass
class Raw:
    """A response as it stood on the wire.

    Attributes:
        head: status line and headers.
        reads: the body without its transfer encoding, read by read.
        end: `whole` = the body ended as it should; `cut` = EOF before; `reset`; `nothing` = EOF
            before any byte.
    """

    status: int = 0
    head: str = ""
    body: bytes = b""
    chunks: list[bytes] = field(default_factory=list)
    end: Literal["whole", "cut", "reset", "nothing"] = "nothing"

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.split("\r\n")[1:]
        return {k.lower(): v for k, _, v in (line.partition(": ") for line in lines) if k}

    @property
    def events(self) -> list[Any]:
        return events(self.body)

    @property
    def text(self) -> str:
        return text(self.body)

    def json(self) -> Any:
        return json.loads(self.body)


async def ask(
    fake: Any,
    body: Mapping[str, Any] | bytes,
    path: str = CHAT,
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
) -> Raw:
    """Send one request over a socket of its own and read to the end."""
    reader, writer = await asyncio.open_connection(fake.host, fake.port)
    try:
        return await ask_on(reader, writer, body, path, method=method, headers=headers)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def ask_on(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    body: Mapping[str, Any] | bytes,
    path: str = CHAT,
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
) -> Raw:
    """The same over a connection that is open."""
    writer.write(encoded(body, path, method=method, headers=headers))
    return await read(reader)


def encoded(
    body: Mapping[str, Any] | bytes,
    path: str = CHAT,
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return the bytes of a request."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = {
        "Host": "x",
        "Authorization": "Bearer sk-test",
        "Content-Length": str(len(raw)),
        **(headers or {}),
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in head.items() if v), "", ""]
    return "\r\n".join(lines).encode() + raw


async def read(reader: asyncio.StreamReader) -> Raw:
    """Read one response."""
    raw = Raw()
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        raw.head = head[:-4].decode()
        raw.status = int(raw.head.split(" ")[1])
        raw.end = "cut"
        length = raw.headers.get("content-length")
        if length is not None:
            raw.body = await reader.readexactly(int(length))
            raw.end = "whole"
        else:
            await _read_chunks(reader, raw)
    except asyncio.IncompleteReadError as cut:
        raw.body += cut.partial if raw.head else b""
    except ConnectionResetError:
        raw.end = "reset"
    return raw


async def _read_chunks(reader: asyncio.StreamReader, raw: Raw) -> None:
    while True:
        size = int((await reader.readuntil(b"\r\n"))[:-2], 16)
        data = (await reader.readexactly(size + 2))[:-2]
        if size == 0:
            raw.end = "whole"
            return
        raw.chunks.append(data)
        raw.body += data


def events(body: bytes) -> list[Any]:
    """Return the data of the events in `body` (LF only): decoded JSON, or text."""
    found: list[Any] = []
    for event in body.decode().split("\n\n")[:-1]:
        for line in event.split("\n"):
            if line.startswith("data: "):
                data = line.removeprefix("data: ")
                try:
                    found.append(json.loads(data))
                except ValueError:
                    found.append(data)
    return found


def deltas(body: bytes, index: int = 0) -> list[dict[str, Any]]:
    """Return the deltas of one choice."""
    return [
        choice["delta"]
        for event in events(body)
        if isinstance(event, dict)
        for choice in event.get("choices", ())
        if choice["index"] == index
    ]


def text(body: bytes, index: int = 0) -> str:
    """Return the content that is a string, joined."""
    parts = (delta.get("content") for delta in deltas(body, index))
    return "".join(part for part in parts if isinstance(part, str))


def finish_reasons(body: bytes) -> list[str]:
    """Return the finish reasons in the order they came."""
    return [
        choice["finish_reason"]
        for event in events(body)
        if isinstance(event, dict)
        for choice in event.get("choices", ())
        if choice["finish_reason"]
    ]


def usage(body: bytes) -> Any:
    """Return the last usage object of a stream, None if there is none."""
    told = [e["usage"] for e in events(body) if isinstance(e, dict) and e.get("usage")]
    return told[-1] if told else None
