"""What unmodified code is given in place of the upstream's response."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, TypeAlias

import aiohttp

from steadystream.errors import StreamFault, UpstreamError
from steadystream.events import Batch, WireEvent
from steadystream.protocol.forwarding import event_bytes

from .answer import Answer, ResponseAnswer
from .body import PulledReader, logical_response
from .resending import Resender
from .response import broken

SETTLE_SECONDS = 0.1
"""How long the rest of an answer may take of which the consumer has all that counts."""

_LOG = logging.getLogger("steadystream")
_CLOSING: set[asyncio.Task[None]] = set()
"""Keeps the tasks that close a pipeline alive until they are done."""

AnyAnswer: TypeAlias = Answer | ResponseAnswer
Told = Callable[[Any], object]
"""Is told of each answer once it is over."""


class LogicalBody:
    """The bytes of one answer, whatever the number of attempts.

    Args:
        answer: what they are read from.
        sender: makes its attempts.
        seam_comments: whether a comment stands where attempts were joined.
        on_answer: is told when the answer is over, whatever its end.
    """

    def __init__(
        self,
        answer: AnyAnswer,
        sender: Resender,
        *,
        seam_comments: bool = False,
        on_answer: Told | None = None,
    ) -> None:
        self.answer = answer
        self._sender = sender
        self._seam_comments = seam_comments
        self._on_answer = on_answer
        self._batches = answer.batches()
        self._over = False
        self._settles = False
        self._pulling: asyncio.Task[bytes] | None = None

    async def pull(self) -> bytes:
        """Return the next bytes, b"" at the end.

        An error that the server put into the stream is handed on as it stood there: what reads the
        stream knows it.
        """
        if self._over:
            return b""
        try:
            async for batch in self._batches:
                data = self._bytes(batch)
                if data:
                    return data
        except StreamFault as fault:
            self._ended()
            if isinstance(fault, UpstreamError) and fault.raw:
                return fault.raw
            raise
        self._ended()
        return b""

    def _bytes(self, batch: Batch) -> bytes:
        if self._seam_comments:
            return b"".join([event_bytes(event, seam_comments=True) for event in batch])
        return b"".join([event.raw for event in batch if isinstance(event, WireEvent)])

    def _ended(self) -> None:
        """Note that the answer is over, and tell; an error of who is told harms no answer."""
        self._over = True
        tell, self._on_answer = self._on_answer, None
        if tell is None:
            return
        try:
            tell(self.answer)
        except Exception:  # noqa: BLE001  # not ours, and said
            _LOG.exception("on_answer failed; the answer is not affected")

    async def pull_or_raise(self) -> bytes:
        """Return the next bytes; raises what code written for aiohttp knows.

        With aiohttp a read may be given up (`asyncio.wait_for`) and tried again without loss. So it
        runs in a task that outlives the reader; the next one takes it over.
        """
        if self._pulling is None:
            self._pulling = asyncio.get_running_loop().create_task(self.pull())
            self._pulling.add_done_callback(_retrieved)
        pulling = self._pulling
        try:
            data = await asyncio.shield(pulling)
        except asyncio.CancelledError:
            if pulling.cancelled() and not _reader_is_cancelled():
                msg = "Connection closed"  # by `close` or `release`, under the reader's hands
                raise aiohttp.ClientConnectionError(msg) from None
            raise  # what was read, or will be, is for the next reader
        except StreamFault as fault:
            self._pulling = None
            raise broken(fault) from fault
        self._pulling = None
        return data

    def end(self) -> None:
        """Close the attempt under way now, and the pipeline as soon as the loop runs.

        Many a reader stops at `[DONE]`. There is nothing left then to be saved by closing: the rest
        is read, so that the answer is known to be whole and its connection can be used again.
        """
        if self._over:
            return
        self._over = True
        self._settles = self._pulling is None and self.answer.transcript.is_finished
        if not self._settles:
            self._sender.close()
        with contextlib.suppress(RuntimeError):  # no running loop: nothing is left to wait for
            task = asyncio.get_running_loop().create_task(self._close())
            _CLOSING.add(task)
            task.add_done_callback(_CLOSING.discard)

    async def _close(self) -> None:
        try:
            if self._settles:
                await self._settle()
            if self._pulling is not None:
                self._pulling.cancel()
                await asyncio.wait((self._pulling,))
            await self._batches.aclose()
            await self.answer.close()
        finally:
            self._sender.close()
            self._ended()

    async def _settle(self) -> None:
        with contextlib.suppress(TimeoutError, StreamFault):
            async with asyncio.timeout(SETTLE_SECONDS):
                async for _ in self._batches:
                    pass


def _reader_is_cancelled() -> bool:
    """Say whether it is the current task that is cancelled.

    A frame that held the task would hold itself: the task keeps the error with which it ends.
    """
    reader = asyncio.current_task()
    return reader is None or reader.cancelling() > 0


def _retrieved(task: asyncio.Task[bytes]) -> None:
    """Look at the outcome of a read that nobody may come back for."""
    if not task.cancelled():
        task.exception()


def logical(
    request: aiohttp.ClientRequest, sender: Resender, body: LogicalBody, first: bytes
) -> aiohttp.ClientResponse:
    """Return the response of an answer whose first bytes are here."""
    upstream = sender.response
    assert upstream is not None  # noqa: S101  # the first bytes came from it
    content = PulledReader(body.pull_or_raise, first)
    return logical_response(
        request,
        upstream,
        content,
        answer=body.answer,
        end=body.end,
        without=("content-length", "content-encoding"),
    )


def replayed(
    request: aiohttp.ClientRequest,
    upstream: aiohttp.ClientResponse,
    body: bytes,
    answer: AnyAnswer | None = None,
) -> aiohttp.ClientResponse:
    """Return a response that was read already, to be read again as it came."""

    async def nothing() -> bytes:
        return b""

    return logical_response(request, upstream, PulledReader(nothing, body), answer=answer)
