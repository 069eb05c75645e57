"""Upstreams made of plain values: no sockets, virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from steadystream.errors import ConnectFailed, Rejected, StreamFault
from steadystream.events import Batch, Opened
from steadystream.protocol.reading import Reader
from steadystream.request import Request
from steadystream.stages.patience import patience_of
from steadystream.stages.watch import watch_of

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
        headers: of every answer.
        open: attempts that are open now.
    """

    def __init__(self, *scripts: Sequence[Step] | Callable[[Request], Sequence[Step]]) -> None:
        self.scripts = list(scripts)
        self.requests: list[Request] = []
        self.headers: dict[str, str] = {}
        self.open = 0

    def __call__(self, request: Request) -> Any:
        return aclosing(self._play(request))

    async def _play(self, request: Request) -> AsyncGenerator[Batch, None]:  # noqa: C901
        self.requests.append(request)
        script = self.scripts[min(len(self.requests), len(self.scripts)) - 1]
        steps = script(request) if callable(script) else script
        reader, wait, patience = Reader(), Wait(), patience_of(request)
        watch = watch_of(request)
        self.open += 1
        try:
            watch.sent()
            if steps and isinstance(steps[0], (Rejected, ConnectFailed)):
                raise steps[0]
            head = Opened(request.attempt, 200, dict(self.headers))
            watch.opened(head)
            yield [head]
            patience.begin(wait.fail)
            for step in steps:
                if isinstance(step, StreamFault):
                    raise step
                if isinstance(step, (int, float)):
                    await wait(step)
                    continue
                batch = reader.feed(step)
                if batch:
                    carries = patience.weigh(batch)
                    if carries:
                        watch.first_token()
                    patience.arrived(batch)
                    yield batch
                    patience.taken(reader.received, carries=carries)
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
            patience.end()
            watch.ended(reader.received)
            self.open -= 1


class Wait:
    """What a source waits in: it goes on in time, or fails."""

    def __init__(self) -> None:
        self._waiter: asyncio.Future[None] | None = None

    async def __call__(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._waiter = waiter = loop.create_future()
        timer = loop.call_later(seconds, lambda: waiter.done() or waiter.set_result(None))
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiter = None

    def fail(self, fault: StreamFault) -> bool:
        if self._waiter is None or self._waiter.done():
            return False
        self._waiter.set_exception(fault)
        return True
