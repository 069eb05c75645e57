"""What the server does with a request: everything between the socket and the endpoints."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from aiohttp import web

from . import checks, conversation, dialects
from .desk import Desk
from .endpoints import chat
from .error_styles import render
from .errors import ApiError
from .exchange import Exchange
from .journal import Ended, Journal, Received, without_secrets
from .latency import Latency
from .listener import Listener
from .prepared import Shelf
from .routes import check_key, find
from .script import Answer, Reply
from .validation import check_chat, decode
from .writes import Writes, checked_writes

# What aiohttp logs of a malformed request quotes its headers, and keys are in them.
_SILENT = logging.Logger("fake_openai")  # noqa: LOG001 (one that hands on to no other)
_SILENT.addHandler(logging.NullHandler())
_LARGEST_BODY = 256 * 1024 * 1024


class Service:
    """Serves requests; the arguments are those of `FakeOpenAI`.

    Attributes:
        listener: the listening socket.
        desk: scripts in force.
        journal: requests so far.
        shelf: streams that may be sent again.
        broken: the first error that was nobody's plan.
    """

    def __init__(
        self,
        dialect: str,
        seed: int,
        *,
        api_keys: Sequence[str] | None,
        latency: Latency,
        writes: Writes,
        created: int | None,
        journal_size: int,
        listener: Listener,
    ) -> None:
        checks.whole_number("seed", seed)
        checks.instance("latency", latency, Latency)
        checks.whole_number("created", created, optional=True)
        self.dialect = dialects.find(dialect)
        self.seed = seed
        self.api_keys = checks.keys(api_keys)
        self.latency = latency
        self.writes = checked_writes(writes)
        self.listener = listener
        self.desk = Desk(seed)
        self.journal = Journal(journal_size)
        self.shelf = Shelf()
        self.broken: Exception | None = None
        self._created = created
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing = False

    def server(self) -> web.Server:
        """Return a server of connections for this service."""
        self._closing = False
        return web.Server(
            self._handle,
            request_factory=_request,
            handler_cancellation=True,
            access_log=None,
            logger=_SILENT,
        )

    def stop(self) -> None:
        """End the requests being served."""
        self._closing = True
        for task in tuple(self._tasks):
            task.cancel()

    @property
    def active(self) -> int:
        """Requests being served now."""
        return len(self._tasks)

    def created(self, attempt: int) -> int:
        """Return the time told to clients: each attempt of a conversation is a second later."""
        return int(time.time()) if self._created is None else self._created + attempt

    def whole(self, received: Received) -> None:
        """Take down that an answer was sent whole."""
        self.desk.whole(received.conversation)

    def true_choice(self, asked: conversation.Conversation, reply: Reply, index: int) -> Answer:
        """Return the true answer for choice `index`."""
        assert isinstance(reply.answer, Answer)  # noqa: S101 (the desk fills it in)
        if index == 0 or self.desk.is_scripted(asked):
            return reply.answer
        return self.desk.unscripted(asked, index)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a handler runs in a task)
        self._tasks.add(task)
        received = Received(request.method, request.path, without_secrets(request.headers))
        try:
            return await self._serve(request, received)
        except asyncio.CancelledError:
            left: Ended = "server closed" if self._closing else "client left"
            received.ended = received.ended or left
            raise
        except ConnectionError:
            received.ended = received.ended or "client left"
            # What aiohttp does with a handler whose client is gone; anything else it would log.
            raise asyncio.CancelledError from None
        finally:
            self._tasks.discard(task)

    async def _serve(self, request: web.BaseRequest, received: Received) -> web.StreamResponse:
        # All of it, always: a connection closed with bytes unread is reset by the kernel, and what
        # was sent before is lost.
        _continue(request)
        received.raw_body = await request.read()
        self.journal.add(received)
        exchange = Exchange(self, request, received)
        try:
            response = await self._answer(exchange)
        except ApiError as error:
            response = await exchange.refuse(render(error, self.dialect))
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 (a broken plan must fail the test, not hang it)
            self.broken = self.broken or error
            response = exchange.respond(500, "text/plain", f"the fake broke: {error!r}".encode())
        if not received.ended:
            received.ended = "fault" if received.faults else "whole"
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
        received.attempt = self.desk.count(asked)
        return await chat.answer(exchange, asked, self.desk.reply(received, asked))


def _continue(request: web.BaseRequest) -> None:
    # RFC 9110, 10.1.1: some clients send a large body only after this.
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _request(*args: Any) -> web.BaseRequest:  # of aiohttp's arguments only the last is ours
    loop = asyncio.get_running_loop()
    make = cast("Callable[..., web.BaseRequest]", web.BaseRequest)
    return make(*args, loop, client_max_size=_LARGEST_BODY)


def _lenient(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
