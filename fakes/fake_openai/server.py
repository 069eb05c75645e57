"""The server, in process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from . import conversation, dialects
from .desk import Desk
from .endpoints import chat
from .error_styles import render
from .errors import ApiError
from .exchange import Exchange
from .journal import Journal, Received, without_secrets
from .latency import Latency
from .listener import Listener
from .routes import check_key, find
from .script import Answer, Reply
from .scripted import Scripted
from .validation import check_chat, decode
from .writes import Writes

EPOCH = 1_790_000_000
_LARGEST_BODY = 256 * 1024 * 1024


class FakeOpenAI(Scripted):
    """An OpenAI-compatible API on a local port, for tests.

    `async with FakeOpenAI() as fake:` serves at `fake.base_url`. With no set-up it answers every
    well-formed request with a few sentences that depend only on `seed` and the conversation.

    Args:
        dialect: whose API: openai, azure, deepseek, vllm, sglang, mistral, qwen, kimi, openrouter
            or groq.
        seed: of answers, ids, padding, jitter, random writes: the same requests get the same bytes.
        api_keys: keys that are accepted; None = any (vllm and sglang, which one hosts oneself, then
            want none at all).
        host: address to listen at.
        port: port to listen at; 0 = a free one.
        latency: of the model.
        writes: borders of writes and form of lines.
        created: seconds since 1970 told to clients in `created`; None = the real time.
        journal_size: requests kept in `requests`.

    Raises:
        ValueError: there is no such dialect.
    """

    def __init__(
        self,
        dialect: str = "openai",
        seed: int = 0,
        *,
        api_keys: Sequence[str] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        latency: Latency = Latency(),  # noqa: B008 (immutable)
        writes: Writes = Writes(),  # noqa: B008 (immutable)
        created: int | None = EPOCH,
        journal_size: int = 10_000,
    ) -> None:
        self.dialect = dialects.find(dialect)
        self.seed = seed
        self.api_keys = None if api_keys is None else frozenset(api_keys)
        self.latency = latency
        self.writes = writes
        self._created = created
        self._desk = Desk(seed)
        self._journal = Journal(journal_size)
        self._server: web.Server | None = None
        self._listener = Listener(host, port)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing = False
        self._broken: Exception | None = None

    @property
    def host(self) -> str:
        """Address it listens at."""
        return self._listener.host

    @property
    def port(self) -> int:
        """Port it listens at; 0 before it does, if none was asked for."""
        return self._listener.port

    @property
    def url(self) -> str:
        """Address of the server, without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """What clients want as base URL; DeepSeek continues answers at `url` + `/beta` instead."""
        return f"{self.url}/v1"

    @property
    def open_connections(self) -> int:
        """TCP connections that are open now."""
        return 0 if self._server is None else len(self._server.connections)

    @property
    def active(self) -> int:
        """Requests being served now."""
        return len(self._tasks)

    async def quiet(self, seconds: float = 1.0) -> int:
        """Wait until no connection is open, at most `seconds`; return how many are left."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.open_connections:  # noqa: ASYNC110 (aiohttp keeps the count)
                    await asyncio.sleep(0.002)
        return self.open_connections

    def refusing(self) -> AbstractAsyncContextManager[None]:
        """Let the kernel refuse new connections meanwhile; those that are open stay open."""
        return self._listener.refusing()

    async def go_down(self, seconds: float) -> None:
        """Let the kernel refuse new connections for `seconds`; returns at once."""
        await self._listener.go_down(seconds)

    async def start(self) -> Self:
        """Listen."""
        self._closing = False
        self._server = web.Server(
            self._handle,
            request_factory=_request,
            handler_cancellation=True,
            access_log=None,
        )
        await self._listener.open(self._server)
        return self

    async def close(self) -> None:
        """Stop: end all waits, close all connections."""
        self._closing = True
        await self._listener.close()
        for task in tuple(self._tasks):
            task.cancel()
        if self._server is not None:
            self._server.pre_shutdown()
            await self._server.shutdown(1.0)
            await asyncio.sleep(0)  # connections are lost in the next turn of the loop
            self._server = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
        if self._broken is not None and error is None:
            raise self._broken

    def created(self, attempt: int) -> int:
        """Return the time told to clients: each attempt of a conversation is a second later."""
        return int(time.time()) if self._created is None else self._created + attempt

    def true_choice(self, asked: conversation.Conversation, reply: Reply, index: int) -> Answer:
        """Return the true answer for choice `index`."""
        assert isinstance(reply.answer, Answer)  # noqa: S101 (the desk fills it in)
        if index == 0 or self._desk.is_scripted(asked):
            return reply.answer
        return self._desk.unscripted(asked, index)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a handler runs in a task)
        self._tasks.add(task)
        received = Received(request.method, request.path, without_secrets(request.headers))
        try:
            return await self._serve(request, received)
        except asyncio.CancelledError:
            received.ended = "server closed" if self._closing else "client left"
            raise
        except ConnectionError:
            received.ended = "client left"
            raise
        finally:
            self._tasks.discard(task)

    async def _serve(self, request: web.BaseRequest, received: Received) -> web.StreamResponse:
        # All of it, always: a connection closed with bytes unread is reset by the kernel, and what
        # was sent before is lost.
        _continue(request)
        received.raw_body = await request.read()
        self._journal.add(received)
        exchange = Exchange(self, request, received)
        try:
            response = await self._answer(exchange)
        except ApiError as error:
            response = await exchange.refuse(render(error, self.dialect))
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 (a broken plan must fail the test, not hang it)
            self._broken = self._broken or error
            response = exchange.respond(500, "text/plain", f"the fake broke: {error!r}".encode())
        if not received.ended:
            ends = any(fault.ends for fault in received.faults)
            received.ended = "fault" if ends else "whole"
        return response

    async def _answer(self, exchange: Exchange) -> web.StreamResponse:
        received = exchange.received
        endpoint = find(received.method, received.path, self.dialect)
        check_key(exchange.request.headers, self.dialect, self.api_keys)
        if endpoint.body is not None:
            return exchange.respond(200, "application/json", endpoint.body(self.dialect))
        received.body = _lenient(received.raw_body)
        body = decode(received.raw_body)
        if endpoint.model:
            body.setdefault("model", endpoint.model)
        check_chat(body)
        received.body = body
        asked = conversation.read(self.dialect, received.path, body)
        received.model, received.question = asked.model, asked.question
        received.prefix, received.conversation = asked.prefix, asked.key
        received.attempt = self._desk.count(asked)
        response = await chat.answer(exchange, asked, self._desk.reply(received, asked))
        if not any(fault.ends for fault in received.faults):
            self._desk.whole(asked)
        return response


def _continue(request: web.BaseRequest) -> None:
    # RFC 9110, 10.1.1: some clients send a large body only after this.
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _request(*args: Any) -> web.BaseRequest:  # of aiohttp's arguments only the last is ours
    loop = asyncio.get_running_loop()
    make: Callable[..., web.BaseRequest] = web.BaseRequest
    return make(*args, loop, client_max_size=_LARGEST_BODY)


def _lenient(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
