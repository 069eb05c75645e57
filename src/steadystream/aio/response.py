"""What unmodified code is given in place of the upstream's response."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any, NoReturn

import aiohttp

from steadystream.errors import (
    ConnectFailed,
    DeadlineExceeded,
    GaveUp,
    NoFirstToken,
    Stalled,
    StreamFault,
    UpstreamError,
)
from steadystream.events import WireEvent
from steadystream.protocol.transcript import Transcript

from .answer import Answer
from .body import PulledReader, logical_response
from .resending import Resender

_CLOSING: set[asyncio.Task[None]] = set()
"""Keeps the tasks that close a pipeline alive until they are done."""


class AnswerBroken(aiohttp.ClientPayloadError):
    """An answer broke and could not be mended.

    Attributes:
        fault: what broke it last, with the reason why it was given up.
        partial: what was received of it.
    """

    def __init__(self, fault: StreamFault) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.partial: Transcript | None = fault.partial
        self.gave_up: GaveUp | None = fault.gave_up

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.fault,)


class AnswerLate(aiohttp.SocketTimeoutError):
    """An answer did not go on, or was not whole, in the time allowed.

    Attributes:
        fault: which limit it was.
        partial: what was received of it.
    """

    def __init__(self, fault: StreamFault) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.partial: Transcript | None = fault.partial
        self.gave_up: GaveUp | None = fault.gave_up

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.fault,)


def broken(fault: StreamFault) -> AnswerBroken | AnswerLate:
    """Return a fault as an error that code written for aiohttp knows."""
    if isinstance(fault, (NoFirstToken, Stalled, DeadlineExceeded)):
        return AnswerLate(fault)
    return AnswerBroken(fault)


def raise_unanswered(fault: StreamFault) -> NoReturn:
    """Raise the fault of an answer that never began; a failure to connect as aiohttp raised it.

    What aiohttp raised carries the fault and the partial, as everything does that leaves.
    """
    told = fault.__cause__
    if isinstance(fault, ConnectFailed) and isinstance(told, aiohttp.ClientError):
        vars(told).update(fault=fault, partial=fault.partial)
        raise told from None
    raise broken(fault) from fault


def partial_of(error: BaseException | None) -> Transcript | None:
    """Return what was received of the answer that `error` ended.

    Looks through the causes, since SDKs wrap what they get: `openai.APIConnectionError` holds it
    three errors deep. None when none of them carries an answer.
    """
    partials = (getattr(each, "partial", None) for each in _causes(error))
    return next((partial for partial in partials if isinstance(partial, Transcript)), None)


def fault_of(error: BaseException | None) -> StreamFault | None:
    """Return the fault behind `error`: what broke the answer, and in `.gave_up` why it stayed so.

    Looks through the causes as `partial_of` does. None when none of them is a fault of ours.
    """
    for each in _causes(error):
        for fault in (each, getattr(each, "fault", None)):
            if isinstance(fault, StreamFault):
                return fault
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or error.__context__


class LogicalBody:
    """The bytes of one answer, whatever the number of attempts.

    Attributes:
        answer: what they are read from.
    """

    def __init__(self, answer: Answer, sender: Resender) -> None:
        self.answer = answer
        self._sender = sender
        self._batches = answer.batches()
        self._over = False
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
                data = b"".join([e.raw for e in batch if isinstance(e, WireEvent)])
                if data:
                    return data
        except UpstreamError as fault:
            self._over = True
            if not fault.raw:
                raise
            return fault.raw
        self._over = True
        return b""

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
            reader = asyncio.current_task()
            if pulling.cancelled() and reader is not None and not reader.cancelling():
                msg = "Connection closed"  # by `close` or `release`, under the reader's hands
                raise aiohttp.ClientConnectionError(msg) from None
            raise  # what was read, or will be, is for the next reader
        except StreamFault as fault:
            self._over = True
            self._pulling = None
            raise broken(fault) from fault
        self._pulling = None
        return data

    def end(self) -> None:
        """Close the attempt under way now, and the pipeline as soon as the loop runs."""
        if self._over:
            return
        self._over = True
        self._sender.close()
        with contextlib.suppress(RuntimeError):  # no running loop: nothing is left to wait for
            task = asyncio.get_running_loop().create_task(self._close())
            _CLOSING.add(task)
            task.add_done_callback(_CLOSING.discard)

    async def _close(self) -> None:
        if self._pulling is not None:
            self._pulling.cancel()
            await asyncio.wait((self._pulling,))
        await self._batches.aclose()
        await self.answer.close()


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
    request: aiohttp.ClientRequest, upstream: aiohttp.ClientResponse, body: bytes
) -> aiohttp.ClientResponse:
    """Return a response that was read already, to be read again as it came."""

    async def nothing() -> bytes:
        return b""

    return logical_response(request, upstream, PulledReader(nothing, body))
