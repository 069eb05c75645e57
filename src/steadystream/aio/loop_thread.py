"""An event loop in a thread of its own, for callers that have none."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Generic, TypeAlias, TypeVar

from steadystream.errors import Disconnected, InvalidRequest

_Got = TypeVar("_Got")
Work: TypeAlias = Callable[[], Coroutine[Any, Any, _Got]]

SETTLE_SECONDS = 2.0
"""How long work that is cancelled may take to close what it has open."""
# On Windows a wait without limit does not see Ctrl-C.
_LOOK_SECONDS = 0.1 if sys.platform == "win32" else None


class LoopThread:
    """Runs coroutines for any number of threads; the thread starts with the first of them.

    It does not keep the interpreter alive. A process that was forked off after the start cannot use
    it: threads stay behind in a fork.

    Args:
        last: run when it is closed.
    """

    def __init__(self, last: Work[None]) -> None:
        self._last = last
        self._lock = threading.Lock()
        self._calls: set[_Call[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._process = 0
        self._closed = False

    @property
    def is_open(self) -> bool:
        """Whether `close` was not called."""
        return not self._closed

    def run(self, work: Work[_Got]) -> _Got:
        """Return what `work` returns, or raise what it raises.

        An exception that interrupts the wait, as Ctrl-C does, cancels the work before it goes on.

        Raises:
            InvalidRequest: it was closed, or belongs to another process.
            Disconnected: it was closed meanwhile.
        """
        call = _Call(work)
        with self._lock:
            loop = self._started()
            self._calls.add(call)
        try:
            return call.result(loop)
        finally:
            with self._lock:
                self._calls.discard(call)

    def close(self) -> None:
        """Cancel what runs, run `last`, and end the thread."""
        with self._lock:
            self._closed = True
            loop, thread = self._loop, self._thread
        if loop is None or thread is None or self._process != os.getpid():
            return
        with suppress(RuntimeError):  # closed before
            loop.call_soon_threadsafe(self._stop.set)
        if thread is not threading.current_thread():
            thread.join()

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._closed:
            msg = "expected an open client, got one that was closed"
            raise InvalidRequest(msg)
        if self._loop is None:
            runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
            self._loop = runner.get_loop()
            self._process = os.getpid()
            self._thread = threading.Thread(
                target=_serve,
                args=(runner, self._stop, self._last, self._lock, self._calls),
                name="steadystream",
                daemon=True,
            )
            self._thread.start()
        elif self._process != os.getpid():
            msg = (
                "expected a client that was first used in this process, got one from before a fork"
            )
            raise InvalidRequest(msg)
        return self._loop


class _Call(Generic[_Got]):
    """One piece of work that another thread waits for."""

    def __init__(self, work: Work[_Got]) -> None:
        self._work = work
        self._done: Future[_Got] = Future()
        self._task: asyncio.Task[_Got] | None = None
        self._left = False

    def result(self, loop: asyncio.AbstractEventLoop) -> _Got:
        try:
            with suppress(RuntimeError):  # closed just now: `fail` is called
                loop.call_soon_threadsafe(self._begin)
            return self._wait()
        except BaseException:
            if not self._done.done():  # not the work failed, but the wait was interrupted
                with suppress(Exception):
                    loop.call_soon_threadsafe(self._leave)
                    self._done.result(SETTLE_SECONDS)
            raise

    def fail(self) -> None:
        """Let whoever waits know that nothing will come."""
        if not self._done.done():
            fault = Disconnected(0, "the client was closed")
            fault.transient = False
            self._done.set_exception(fault)

    def _wait(self) -> _Got:
        while True:
            try:
                return self._done.result(_LOOK_SECONDS)
            except TimeoutError:
                if self._done.done():  # the work's own, or it was done just now
                    return self._done.result()

    def _begin(self) -> None:
        if self._left:
            self.fail()
            return
        self._task = asyncio.get_running_loop().create_task(self._work())
        self._task.add_done_callback(self._finish)

    def _leave(self) -> None:
        self._left = True
        if self._task is not None:
            self._task.cancel()

    def _finish(self, task: asyncio.Task[_Got]) -> None:
        if self._done.done():
            return
        if task.cancelled():
            self.fail()
        elif (error := task.exception()) is not None:
            self._done.set_exception(error)
        else:
            self._done.set_result(task.result())


def _serve(
    runner: asyncio.Runner,
    stop: asyncio.Event,
    last: Work[None],
    lock: threading.Lock,
    calls: set[_Call[Any]],
) -> None:
    """Be the thread. Knows nothing that would keep the client alive."""
    try:
        with runner:
            runner.run(_until(stop, last))
    except RuntimeError:
        # While the interpreter ends, 3.12 starts no thread any more, also not to end a resolver's.
        if threading.main_thread().is_alive():
            raise
    finally:
        with lock:
            left = list(calls)
        for call in left:
            call.fail()


async def _until(stop: asyncio.Event, last: Work[None]) -> None:
    await stop.wait()
    await last()
    await asyncio.sleep(0)  # what was closed has its say
