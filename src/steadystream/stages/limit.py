"""Each attempt takes its place, or is refused one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType

from steadystream.errors import (
    BreakerOpen,
    DeadlineExceeded,
    RateLimited,
    Rejected,
    StreamFault,
)
from steadystream.events import Batch, Events, Opened, Waiting
from steadystream.policy.economy import Economy
from steadystream.policy.pace import Lane
from steadystream.protocol.tokens import tokens_asked
from steadystream.request import Request

from .leaving import Leave
from .line import turn
from .stage import Open, OpenStream
from .watch import Watch


@dataclass(slots=True)
class Limit:
    """Refuses an attempt whose upstream is down, and has it wait where that is at its rate limit.

    Goes inside `Recover`, for which a refusal is a fault like others, and outside the timeouts,
    whose clocks begin with the turn. It sees how an attempt is opened and closed; what it has to
    know of the time between, the `Watch` in the request tells it.

    Attributes:
        economy: what all answers share.
        leave: ends a wait when the answer is closed by its own side; None = nobody closes it.
        patience: seconds in line from which on another upstream is asked instead; None = there is
            no other.
    """

    economy: Economy
    leave: Leave | None = None
    patience: float | None = None

    def __call__(self, request: Request, open: Open) -> OpenStream:
        """Return the stream for `request`; it takes its place when it is entered."""
        return _Limited(self, request, open)


class _Limited(AbstractAsyncContextManager[Events]):
    def __init__(self, limit: Limit, request: Request, open: Open) -> None:
        upstream, economy = request.upstream, limit.economy
        self._patience = limit.patience
        self._circuit = economy.circuit(upstream)
        self._lane = economy.lane(upstream, request.headers)
        self._time = asyncio.get_running_loop().time
        self._request = request
        self._open = open
        self._leave = limit.leave
        self._ticket = 0
        self._sent = 0.0
        self._stream: OpenStream | None = None
        self._late: AsyncGenerator[Batch, None] | None = None

    async def __aenter__(self) -> Events:
        now = self._time()
        request, circuit, lane = self._request, self._circuit, self._lane
        if circuit is not None:
            ticket = circuit.admit(now)
            if ticket is None:
                raise BreakerOpen(request.upstream, circuit.retry_after(now))
            self._ticket = ticket
        if request.watch is not None:
            self._follow(request.watch)
        try:
            if lane is not None and not lane.is_free(now):
                tokens = tokens_asked(request.body) if lane.counts_tokens else 0
                wait = lane.expected(now, tokens)
                if wait > 0:
                    self._check(lane, now, wait)
                    self._late = self._after_the_line(lane, tokens, wait)
                    return self._late
                lane.take(now, tokens)
            elif lane is not None:
                lane.take(now)
            return await self._enter(now)
        except BaseException as error:
            self._report(error)
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._report(error)
        if self._request.watch is not None:
            self._request.watch.forget()  # or both would wait for the garbage collector
        if self._late is not None:
            await self._late.aclose()
        if self._stream is not None:
            await self._stream.__aexit__(kind, error, traceback)

    async def _enter(self, now: float) -> Events:
        """Open the stream; not before it is this attempt's turn, since its clocks begin here."""
        self._sent = now
        self._stream = self._open(self._request)
        return await self._stream.__aenter__()

    async def _after_the_line(
        self, lane: Lane, tokens: int, wait: float
    ) -> AsyncGenerator[Batch, None]:
        yield [Waiting(wait)]
        await turn(lane, tokens, self._request, self._leave or Leave())
        async for batch in await self._enter(self._time()):
            yield batch

    def _check(self, lane: Lane, now: float, wait: float) -> None:
        """Begin no wait that would last too long."""
        request, patience = self._request, self._patience
        if patience is not None and wait > patience:
            raise RateLimited(request.upstream, wait, patience)
        if request.deadline is not None and now + wait >= request.deadline:
            raise DeadlineExceeded(request.total)
        longest = lane.settings.longest_wait
        if wait > longest:
            raise RateLimited(request.upstream, wait, longest)

    def _follow(self, watch: Watch) -> None:
        if self._lane is not None:
            watch.on_opened = self._opened
        if self._circuit is not None:
            watch.on_first_token = self._began

    def _opened(self, now: float, event: Opened) -> None:
        if self._lane is not None:
            self._lane.accepted(now, event.headers)

    def _began(self, now: float, seconds: float) -> None:
        if self._circuit is not None:
            self._circuit.began(self._ticket, now, seconds)

    def _report(self, error: BaseException | None) -> None:
        """Tell breaker and pace how the attempt ended."""
        circuit, lane = self._circuit, self._lane
        if self._leave is not None:
            error = self._leave.ended(error)
        if circuit is not None:
            if isinstance(error, StreamFault) or error is None:
                circuit.ended(self._ticket, self._time(), error)
            else:
                circuit.left(self._ticket)
        if lane is None or not isinstance(error, Rejected) or not error.transient:
            return
        if error.status == 429:  # noqa: PLR2004
            lane.rejected(self._time(), self._sent, error.retry_after)
