"""What the server does with a request: everything between the socket and the endpoints."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine, Sequence
from typing import Any

from aiohttp import web

from fake_openai import checks, dialects
from fake_openai.admin import door
from fake_openai.clocks.clock import Clock
from fake_openai.counting import tokens
from fake_openai.delivery.writes import Writes, checked_writes
from fake_openai.errors.error_styles import render
from fake_openai.errors.errors import ApiError, ErrorBody
from fake_openai.errors.outages import bad_key
from fake_openai.keeping.counters import Counters
from fake_openai.keeping.journal import Received
from fake_openai.keeping.limits import Limits
from fake_openai.keeping.scope import Scope
from fake_openai.keeping.scopes import HEADER, Scopes, key_of
from fake_openai.keeping.settings import Settings
from fake_openai.keeping.tape import Tapes
from fake_openai.latency import Latency

from . import connections, plain
from .bodies import Bodies
from .exchange import Exchange
from .listener import Listener
from .malformed import malformed, too_large
from .routes import check_key, check_version, find, key_in
from .secrets import clean_query, without_secrets

# What aiohttp logs of a malformed request quotes its headers, and keys are in them.
_SILENT = logging.Logger("fake_openai")  # noqa: LOG001 (one that hands on to no other)
_SILENT.addHandler(logging.NullHandler())


class Service:
    """Serves requests; the arguments are those of `FakeOpenAI`.

    Attributes:
        listener: the listening socket.
        clock: the time by which everything waits, and which the journal tells.
        admin: whether the admin API is served.
        admin_token: what its callers must know; None = nothing.
        api_keys: keys that are accepted; None = any.
        scopes: of requests.
        counters: for `/metrics`.
        measures_lag: whether they count how late the event loop is.
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
        limits: Limits,
        created: int | None,
        journal_size: int,
        listener: Listener,
        clock: Clock,
        admin: bool | str | None,
        tokenizer: str,
        models: Sequence[str] | None,
    ) -> None:
        checks.whole_number("seed", seed)
        checks.instance("latency", latency, Latency)
        checks.instance("limits", limits, Limits)
        checks.whole_number("created", created, optional=True)
        checks.admin(admin)
        checks.text("tokenizer", tokenizer)
        settings = Settings(
            dialects.find(dialect),
            seed,
            latency,
            checked_writes(writes),
            limits,
            tokenizer=tokens.find(tokenizer),
            models=checks.texts("models", models),
        )
        self.scopes = Scopes(settings, journal_size)
        self.api_keys = checks.keys(api_keys)
        self.listener = listener
        self.clock = clock
        self.admin = door.is_local(listener.host) if admin is None else bool(admin)
        self.admin_token = admin if isinstance(admin, str) else None
        self.broken: Exception | None = None
        self._created = created
        self._tasks: set[asyncio.Task[Any]] = set()
        self._background: set[asyncio.Task[None]] = set()
        self._closing = False
        self.counters = Counters()
        self.measures_lag = False
        self._tapes = Tapes()
        self._bodies = Bodies()
        self._requests = 0

    @property
    def scope(self) -> Scope:
        """The scope of requests that name none."""
        return self.scopes.default

    def key(self, scope: Scope) -> str:
        """Return a key that leads to `scope` and is accepted."""
        if scope is not self.scopes.default:
            return key_of(scope.name)
        return min(self.api_keys) if self.api_keys else "sk-fake"

    def server(self) -> web.Server:
        """Return a server of connections for this service."""
        self._closing = False
        return connections.Connections(
            self._handle,
            self._refusal,
            handler_cancellation=True,
            access_log=None,
            logger=_SILENT,
        )

    def stop(self) -> None:
        """End the requests being served."""
        self._closing = True
        self.measures_lag = False
        for task in (*self._tasks, *self._background):
            task.cancel()

    @property
    def active(self) -> int:
        """Requests being served now."""
        return len(self._tasks)

    def created(self, attempt: int) -> int:
        """Return the time told to clients: each attempt of a conversation is a second later."""
        return int(time.time()) if self._created is None else self._created + attempt

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Let `work` run until it is done or the server stops."""
        task = asyncio.ensure_future(self._guarded(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 (it must fail the test, not vanish)
            self.broken = self.broken or error

    def _refusal(self, error: BaseException | None) -> ErrorBody:
        """Return the answer to what is no HTTP; with `error`, to what broke us."""
        if error is None:
            return malformed(self.scopes.default.settings.dialect)
        if isinstance(error, Exception):
            self.broken = self.broken or error
        return ErrorBody(500, "text/plain", f"the fake broke: {error!r}".encode())

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a handler runs in a task)
        self._tasks.add(task)
        if self.admin and door.is_admin(request.path):
            return await self._serve_admin(request, task)
        received = self._received(request)
        try:
            return await self._serve(request, received)
        except asyncio.CancelledError:
            received.end("server closed" if self._closing else "client left", self.clock.now())
            raise
        except ConnectionError:
            received.end("client left", self.clock.now())
            # What aiohttp does with a handler whose client is gone; anything else it would log.
            raise asyncio.CancelledError from None
        finally:
            self._tasks.discard(task)
            self.counters.add(received)

    async def _serve_admin(
        self, request: web.BaseRequest, task: asyncio.Task[Any]
    ) -> web.StreamResponse:
        from fake_openai.admin import gate  # noqa: PLC0415 (most servers are never asked)

        try:
            return await gate.serve(self, request)
        except ConnectionError:
            raise asyncio.CancelledError from None
        finally:
            self._tasks.discard(task)

    def _received(self, request: web.BaseRequest) -> Received:
        self._requests += 1
        return Received(
            request.method,
            request.path,
            without_secrets(request.headers),
            clean_query(request.rel_url.raw_query_string),
            number=self._requests,
            time=self.clock.now(),
            tape=self._tapes.new(),
        )

    async def _serve(self, request: web.BaseRequest, received: Received) -> web.StreamResponse:
        scope, wrong = self._scope_of(request)
        received.scope = scope.name
        if request.headers.get("X-Fake-Itself") != self.listener.token:  # a batch is no client
            scope.journal.add(received)
        exchange = Exchange(self, scope, request, received)
        try:
            # All of it, always: a connection closed with bytes unread is reset by the kernel, and
            # what was sent before is lost.
            received.raw_body = await connections.body(request)
            self._bodies.add(received)
            tokens.use(scope.settings.tokenizer)
            if wrong is not None:
                raise wrong  # noqa: TRY301 (refused as everything else is)
            response = await self._answer(exchange)
        except ApiError as error:
            response = await exchange.refuse(render(error, exchange.dialect))
        except connections.Unreadable as error:
            front = too_large if error.too_large else malformed
            response = await exchange.refuse(front(exchange.dialect))
            response.force_close()
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 (a broken plan must fail the test, not hang it)
            self.broken = self.broken or error
            response = exchange.respond(500, "text/plain", f"the fake broke: {error!r}".encode())
        finally:
            exchange.close()
        if received.ended_at is None:
            received.end("fault" if received.faults else "whole", self.clock.now())
        return response

    def _scope_of(self, request: web.BaseRequest) -> tuple[Scope, ApiError | None]:
        try:
            return self.scopes.find(request.headers, self.key_from(request)), None
        except ValueError as error:
            told = f"{HEADER}: {error}"
            return self.scopes.default, ApiError(400, told, code="fake_no_scope")

    def key_from(self, request: web.BaseRequest) -> str:
        """Return the key that a request brings, whatever the dialect; empty if it brings none."""
        return key_in(request.headers, self.scopes.default.settings.dialect) or (
            request.headers.get("api-key", "")
        )

    def _check_key(self, exchange: Exchange) -> None:
        dialect = exchange.dialect
        key = key_in(exchange.request.headers, dialect)
        accepted = self.api_keys
        if accepted is not None and self.scopes.has_key(key):
            accepted = frozenset((key,))
        check_key(key, dialect, accepted)
        if self.scopes.is_gone(key):
            raise bad_key(dialect, key)

    async def _answer(self, exchange: Exchange) -> web.StreamResponse:
        received, dialect = exchange.received, exchange.dialect
        if exchange.scope.replay is not None:
            return await exchange.scope.replay.serve(exchange)
        found = find(received.method, received.path, dialect)
        self._check_key(exchange)
        check_version(received.path, exchange.request.query, dialect)
        received.endpoint, exchange.params = found.endpoint.name, found.params
        if found.endpoint.generates:
            return await found.endpoint.serve(exchange)
        return await plain.serve(exchange, found.endpoint)
