"""Upstreams made of plain values: no sockets, virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from steadystream.errors import StreamFault
from steadystream.events import Batch, Opened
from steadystream.protocol.reading import Reader
from steadystream.request import Request

REQUEST = Request(
    "http://upstream/v1/chat/completions",
    {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True},
)

Step = bytes | float | StreamFault


def chunk(delta: dict[str, Any] | None = None, finish: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish}
    document = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m-1",
        "choices": [choice],
    }
    return f"data: {json.dumps(document | more)}\n\n".encode()


def text(*pieces: str) -> list[Step]:
    return [chunk({"content": piece}) for piece in pieces]


ROLE = chunk({"role": "assistant", "content": ""})
STOP = chunk(finish="stop")
DONE = b"data: [DONE]\n\n"
USAGE = (
    b'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-1",'
    b'"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}\n\n'
)


class Upstream:
    """Plays one script an attempt: bytes are read, numbers are waited, faults are raised.

    Attributes:
        requests: what was asked, in order.
        open: attempts that are open now.
    """

    def __init__(self, *scripts: Sequence[Step] | Callable[[Request], Sequence[Step]]) -> None:
        self.scripts = list(scripts)
        self.requests: list[Request] = []
        self.open = 0

    def __call__(self, request: Request) -> Any:
        return aclosing(self._play(request))

    async def _play(self, request: Request) -> AsyncGenerator[Batch, None]:
        self.requests.append(request)
        script = self.scripts[min(len(self.requests), len(self.scripts)) - 1]
        steps = script(request) if callable(script) else script
        reader = Reader()
        self.open += 1
        try:
            yield [Opened(request.attempt, 200, {})]
            for step in steps:
                if isinstance(step, StreamFault):
                    raise step
                if isinstance(step, (int, float)):
                    await asyncio.sleep(step)
                    continue
                batch = reader.feed(step)
                if batch:
                    yield batch
                if reader.fault is not None:
                    raise reader.fault
                if reader.done:
                    return
            batch = reader.finish()
            if batch:
                yield batch
            if reader.fault is not None:
                raise reader.fault
        finally:
            self.open -= 1
