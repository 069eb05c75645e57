"""The server, in process."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from aiohttp import web

from . import checks
from .clocks.clock import Clock
from .delivery.writes import Writes
from .front.listener import Listener
from .front.service import Service
from .keeping.limits import Limits
from .latency import Latency
from .scripts.scripted import Scripted

EPOCH = 1_790_000_000


class FakeOpenAI(Scripted):
    """An OpenAI-compatible API on a local port, for tests.

    `async with FakeOpenAI() as fake:` serves at `fake.base_url`. With no set-up it answers every
    well-formed request with a few sentences that depend only on `seed` and the conversation.

    Args:
        dialect: whose API: openai, azure, deepseek, vllm, sglang, mistral, qwen, kimi, openrouter,
            groq or ollama.
        seed: of answers, ids, padding, jitter, random writes: the same requests get the same bytes.
        api_keys: keys that are accepted; None = any (vllm and sglang, which one hosts oneself, then
            want none at all).
        host: address to listen at.
        port: port to listen at; 0 = a free one.
        latency: of the model.
        writes: borders of writes and form of lines.
        limits: on requests, tokens and concurrency.
        created: seconds since 1970 told to clients in `created`; None = the real time.
        journal_size: requests kept in `requests`.
        clock: time by which the server waits; None = the real one. `VirtualClock()` leaps where all
            wait, `ManualClock()` is moved by `advance`.
        admin: whether the admin API is served at `url` + `/_fake/`; text = with this token only,
            None = only where `host` can be reached from this machine alone.
        tls: certificate and key with which it speaks TLS; None = plain HTTP.
        tokenizer: what counts tokens: `own`, the same everywhere; `o200k_base` or `cl100k_base` of
            tiktoken, whose data must be at hand, as nothing is downloaded; `auto` = that of the
            model where it is at hand now, else `own`.
        models: the models there are, all others do not exist; None = any name will do.

    Raises:
        TypeError: an argument is of the wrong kind.
        ValueError: there is no such dialect, or a number is out of range.
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
        limits: Limits = Limits(),  # noqa: B008 (immutable)
        created: int | None = EPOCH,
        journal_size: int = 10_000,
        clock: Clock | None = None,
        admin: bool | str | None = None,
        tls: ssl.SSLContext | None = None,
        tokenizer: str = "own",
        models: Sequence[str] | None = None,
    ) -> None:
        checks.instance("clock", clock, Clock, optional=True)
        clock = clock or Clock()
        self._service = Service(
            dialect,
            seed,
            api_keys=api_keys,
            latency=latency,
            writes=writes,
            limits=limits,
            created=created,
            journal_size=journal_size,
            listener=Listener(host, port, clock, tls),
            clock=clock,
            admin=admin,
            tokenizer=tokenizer,
            models=models,
        )
        self._server: web.Server | None = None

    @property
    def open_connections(self) -> int:
        """TCP connections that are open now."""
        return 0 if self._server is None else len(self._server.connections)

    async def quiet(self, seconds: float = 1.0) -> int:
        """Wait until no connection is open, at most `seconds`; return how many are left.

        Raises:
            TypeError: `seconds` is no number.
            ValueError: it is below 0.
        """
        checks.number("seconds", seconds)
        checks.not_negative("seconds", seconds)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                # Those who served a connection hear of its end a turn of the loop later.
                while self.open_connections or self._service.active:  # noqa: ASYNC110
                    await asyncio.sleep(0.002)
        return self.open_connections

    async def advance(self, seconds: float, *, waits: int = 0) -> None:
        """Move the time of the server on by `seconds`; its clock must be one that can be moved.

        Args:
            seconds: how far.
            waits: do it only once so many waits of the server are under way.

        Raises:
            RuntimeError: the clock is the real one.
            TimeoutError: after 5 s of real time there were not that many waits.
        """
        await self._service.clock.advance(seconds, waits=waits)

    def refusing(self) -> AbstractAsyncContextManager[None]:
        """Let the kernel refuse new connections meanwhile; those that are open stay open."""
        return self._service.listener.refusing()

    async def start(self) -> Self:
        """Listen.

        Raises:
            RuntimeError: it does already.
            OSError: the address cannot be listened at.
        """
        if self._server is not None:
            raise RuntimeError(f"the fake is running already, at {self.url}")
        self._service.clock.start()
        try:
            self._server = self._service.server()
            await self._service.listener.open(self._server)
        except BaseException:
            self._server = None
            self._service.clock.stop()
            raise
        return self

    async def close(self) -> None:
        """Stop: end all waits, close all connections."""
        server, self._server = self._server, None
        try:
            await self._service.listener.close()
            self._service.stop()
            if server is not None:
                server.pre_shutdown()
                await server.shutdown(1.0)
                await asyncio.sleep(0)  # connections are lost in the next turn of the loop
        finally:
            if server is not None:
                self._service.clock.stop()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
        if self._service.broken is not None and error is None:
            raise self._service.broken
