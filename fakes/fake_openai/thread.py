"""The server in a thread of its own, for synchronous code."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Coroutine, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from .clocks.clock import Clock
from .clocks.virtual_clock import VirtualClock
from .delivery.writes import Writes
from .keeping.limits import Limits
from .latency import Latency
from .scripts.scripted import Scripted
from .server import EPOCH, FakeOpenAI

_T = TypeVar("_T")


class FakeOpenAIThread(Scripted):
    """`FakeOpenAI` in its own thread and event loop: `with FakeOpenAIThread() as fake:`.

    Everything may be called from any thread. Arguments, attributes and errors are those of
    `FakeOpenAI`.
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
        if isinstance(clock, VirtualClock):
            raise ValueError(  # noqa: TRY004 (it is a clock, but not one for here)
                "VirtualClock moves the loop that client and fake share, and a thread has a loop "
                "of its own: expected ManualClock(), which advance() moves"
            )
        self._fake = FakeOpenAI(
            dialect,
            seed,
            api_keys=api_keys,
            host=host,
            port=port,
            latency=latency,
            writes=writes,
            limits=limits,
            created=created,
            journal_size=journal_size,
            clock=clock,
            admin=admin,
            tls=tls,
            tokenizer=tokenizer,
            models=models,
        )
        self._service = self._fake._service  # noqa: SLF001 (both are handles of one server)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def open_connections(self) -> int:
        """TCP connections that are open now."""
        return self._fake.open_connections

    def quiet(self, seconds: float = 1.0) -> int:
        """Wait until no connection is open, at most `seconds`; return how many are left."""
        return self._run(self._fake.quiet(seconds))

    def advance(self, seconds: float, *, waits: int = 0) -> None:
        """Move the time of the server on by `seconds`; see `FakeOpenAI.advance`."""
        self._run(self._fake.advance(seconds, waits=waits))

    @contextlib.contextmanager
    def refusing(self) -> Iterator[None]:
        """Let the kernel refuse new connections meanwhile; those that are open stay open."""
        down = self._fake.refusing()
        self._run(down.__aenter__())
        try:
            yield
        finally:
            self._run(down.__aexit__(None, None, None))

    def start(self) -> Self:
        """Start the thread and listen.

        Raises:
            RuntimeError: it does already.
            OSError: the address cannot be listened at.
        """
        if self._loop is not None:
            raise RuntimeError(f"the fake is running already, at {self.url}")
        ready = threading.Event()
        loop = asyncio.new_event_loop()

        def serve() -> None:
            asyncio.set_event_loop(loop)
            loop.call_soon(ready.set)
            try:
                loop.run_forever()
            finally:
                loop.close()

        self._loop = loop
        self._thread = threading.Thread(target=serve, name="fake-openai", daemon=True)
        self._thread.start()
        ready.wait()
        try:
            self._run(self._fake.start())
        except BaseException:
            self._stop()
            raise
        return self

    def close(self) -> None:
        """Stop the server and its thread."""
        if self._loop is None:
            return
        try:
            self._run(self._fake.__aexit__(None, None, None))
        finally:
            self._stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
            return
        # The error under way says more than what broke in the server.
        with contextlib.suppress(Exception):
            self.close()

    def _stop(self) -> None:
        loop, self._loop = self._loop, None
        if loop is not None and self._thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()
            self._thread = None

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        if self._loop is None:
            work.close()
            raise RuntimeError("the fake is not running: use it as a context manager")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
