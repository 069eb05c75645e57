"""What an event source does: connect, read, wait, connect again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

import aiohttp

from steadystream.errors import DeadlineExceeded, Stalled, StreamFault
from steadystream.policy.backoff import Dice
from steadystream.policy.reconnection import Over, Reconnection, Reopen
from steadystream.protocol.message_event import MessageEvent, ReadyState

from .event_stream import Asking, EventStream

_Got = TypeVar("_Got")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long is waited, in seconds; None = no limit.

    Attributes:
        idle: for anything to come.
        comments_count: whether comments, and parts of an event, are something.
        total: for all of it.
    """

    idle: float | None
    comments_count: bool
    total: float | None


@dataclass(kw_only=True)
class Listening:
    """The course of an event source, one step after the other.

    Attributes:
        ask: how its stream is asked for.
        core: what decides about connecting again.
        limits: how long is waited.
        dice: for the jitter of waits.
        on_open: called when a connection is there.
        on_error: called when one has ended, before the next, or for good.
        state: where it stands.
        events: received and not yet handed out.
    """

    ask: Asking
    core: Reconnection
    limits: Limits
    dice: Dice = field(repr=False)
    on_open: Callable[[], object] | None
    on_error: Callable[[], object] | None
    state: ReadyState = ReadyState.CONNECTING
    events: deque[MessageEvent] = field(default_factory=deque, repr=False)
    _stream: EventStream | None = None
    _scope: asyncio.Timeout | None = None
    _deadline: float | None = None
    _silent_since: float = 0.0
    _open_at: float = 0.0

    def begin(self) -> None:
        """Start the clock of the total limit."""
        total = self.limits.total
        self._deadline = None if total is None else _now() + total

    @property
    def closed(self) -> bool:
        """Whether nothing comes any more."""
        return self.state is ReadyState.CLOSED

    @property
    def connected(self) -> bool:
        """Whether there is a connection, or just was one."""
        return self._stream is not None

    def close(self) -> None:
        """End it at once, whatever it is waiting for."""
        self.state = ReadyState.CLOSED
        self.events.clear()
        if self._stream is not None:
            self._stream.end(None)
        if self._scope is not None and not self._scope.expired():
            self._scope.reschedule(_now())

    async def step(self, session: aiohttp.ClientSession) -> None:
        """Read once, or connect once, or decide what follows an end. May be cancelled."""
        stream = self._stream
        if stream is not None and stream.ended:
            self._stream = None
            self._decide(stream.fault)
            return
        try:
            await (self._open(session) if stream is None else self._read(stream))
        except StreamFault as fault:
            if self.closed:
                return
            if stream is None:
                self._decide(fault)
            else:
                stream.end(fault)

    async def _open(self, session: aiohttp.ClientSession) -> None:
        await self._within(self._deadline, _sleep_until(self._open_at))
        if self.closed:
            return
        self._silent_since = _now()
        stream = await self._within(self._due(), self.ask(session, self.core.last_event_id))
        if self.closed:
            if stream is not None:
                stream.end(None)
        elif stream is None:
            self._shut()
        else:
            self._stream = stream
            self.core.accept()
            self._silent_since = _now()
            self.state = ReadyState.OPEN
            if self.on_open is not None:
                self.on_open()

    async def _read(self, stream: EventStream) -> None:
        got = await self._within(self._due(), stream.read())
        if got is None or self.closed:
            return
        events, size = got
        if events or (size and self.limits.comments_count):
            self._silent_since = _now()
        if events or stream.ended:
            self.core.take(events, stream.decoder.last_event_id, stream.decoder.retry)
        self.events.extend(
            MessageEvent(e.type, e.type, e.data or "", stream.origin, e.id) for e in events
        )

    def _decide(self, fault: StreamFault | None) -> None:
        """Do what follows an end.

        Raises:
            StreamFault: nothing can be done about it.
        """
        now = _now()
        step = self.core.after(fault, now=now, deadline=self._deadline, dice=self.dice)
        match step:
            case Over():
                self.state = ReadyState.CLOSED
            case Reopen(seconds):
                self.state = ReadyState.CONNECTING
                self._open_at = now + seconds
                if self.on_error is not None:
                    self.on_error()
            case _:
                self._shut()
                raise (fault or self._late()).give_up(step.why)

    def _shut(self) -> None:
        self.state = ReadyState.CLOSED
        if self.on_error is not None:
            self.on_error()

    def _due(self) -> float | None:
        """Return when the wait for more is over."""
        idle = self.limits.idle
        ends = (None if idle is None else self._silent_since + idle, self._deadline)
        return min((end for end in ends if end is not None), default=None)

    async def _within(self, due: float | None, waiting: Awaitable[_Got]) -> _Got | None:
        """Return what is waited for; None where `close` ended the wait.

        Raises:
            StreamFault: it did not come in time.
        """
        scope = asyncio.timeout_at(due)
        try:
            async with scope:
                self._scope = scope
                return await waiting
        except TimeoutError:
            if not scope.expired():
                raise
        finally:
            self._scope = None
        return None if self.closed else self._overdue()

    def _overdue(self) -> NoReturn:
        if self._deadline is not None and _now() >= self._deadline:
            raise self._late()
        received = 0 if self._stream is None else self._stream.received
        what = "no event and no comment" if self.limits.comments_count else "no event"
        raise Stalled(self.limits.idle or 0.0, received, what=what)

    def _late(self) -> DeadlineExceeded:
        return DeadlineExceeded(self.limits.total, what="the event source had not ended")


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _sleep_until(time: float) -> None:
    await asyncio.sleep(time - _now())
