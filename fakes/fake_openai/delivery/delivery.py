"""Carries out the steps of a response body on the connection."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator

from aiohttp import web

from fake_openai.clocks.clock import Clock
from fake_openai.keeping.journal import Received

from .over import OverError
from .prepared import MERGE_AT_MOST, joined
from .steps import Pace, Send, Step, Steps, Stop, Wait
from .wire import give_way, reset, transport_of, write_each
from .writes import Writes

_TOO_SHORT = 1e-9  # seconds; what rounding leaves is no wait


class Delivery:
    """One response on its way.

    Args:
        request: the request that is answered.
        response: status and headers; its body is written here.
        received: where bytes and events are counted.
        end: called when all that matters was sent, before the last bytes of it are.
        writes: borders of writes; `writes_a_turn` of them are made in one turn of the loop.
        rng: returns seeded chance.
        clock: the time by which it waits.
        turn: waits for the turn of the request among others, if there are any that matter, and
            returns by what they stretch its next wait.
    """

    def __init__(
        self,
        request: web.BaseRequest,
        response: web.StreamResponse,
        received: Received,
        *,
        writes: Writes,
        rng: Callable[[], random.Random],
        clock: Clock,
        turn: Callable[[], Awaitable[float]],
        end: Callable[[], None],
    ) -> None:
        self._request = request
        self._response = response
        self._received = received
        self._writes = writes
        self._rng = rng
        self._clock = clock
        self._turn = turn
        self._end = end
        self._chunked = False
        self._pace: Pace | None = None
        self._held: list[Send] = []
        self._holding = 0
        self.writes_a_turn = 1

    async def run(self, steps: Steps) -> None:
        """Send status and headers, then carry out `steps`.

        Raises:
            ConnectionResetError: the client is gone.
        """
        response = self._response
        if self._request.version >= (1, 1):
            response.enable_chunked_encoding()
            self._chunked = response.chunked
        await response.prepare(self._request)
        try:
            await self._run(steps)
        except OverError:
            await self._flush()
            await self._stop(Stop("end"))

    async def _run(self, steps: Steps) -> None:
        if self._writes.mode == "event" and not self._writes.gap:
            await self._run_by_event(steps)
            return
        merges = self._writes.mode != "event"
        for step in steps:
            if type(step) is Send and step.times == 1 and merges:
                await self._hold(step)
            else:
                await self._flush()
                await self._do(step)

    async def _run_by_event(self, steps: Steps) -> None:
        # The path of nearly all events. Those of one turn are made first and then written one
        # after another: a reader that is awake anyhow costs less than one to be woken each time.
        ready: list[Send] = []
        for step in steps:
            if type(step) is not Send or step.times != 1 or self._pace is not None:
                await self._write_each(ready)
                await self._do(step)
            else:
                ready.append(step)
                if len(ready) >= self.writes_a_turn:
                    await self._write_each(ready)

    async def _write_each(self, ready: list[Send]) -> None:
        if not ready:
            return
        transport, received = self._transport(), self._received
        wire = []
        received.tape.add(self._clock.now(), [send.data for send in ready])
        for send in ready:
            data = send.data
            wire.append(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)
            # Counted before: a client in another thread may look as soon as it has the bytes.
            received.bytes_sent += len(data)
            received.chunks_sent += send.events
            if send.final:
                self._end()
        ready.clear()
        write_each(transport, wire)
        await self._give_way(transport)

    async def _do(self, step: Step) -> None:
        match step:
            case Send():
                await self._send(step)
            case Wait():
                await self._wait(step)
            case Pace():
                self._pace = step
            case Stop():
                await self._stop(step)

    async def _hold(self, send: Send) -> None:
        self._held.append(send)
        self._holding += send.size
        if self._holding > MERGE_AT_MOST:
            await self._flush()

    async def _flush(self) -> None:
        if not self._held:
            return
        held, self._held, self._holding = self._held, [], 0
        await self._send(joined(held))

    async def _send(self, send: Send) -> None:
        left = send.size
        for _ in range(send.times):
            for data in self._cut(send.data):
                left -= len(data)
                if left == 0:
                    self._received.chunks_sent += send.events
                    if send.final:
                        self._end()
                await self._put(data)

    def _cut(self, data: bytes) -> Iterator[bytes]:
        if self._pace is None:
            return self._writes.cut(data, self._rng())
        size = self._pace.size
        return (data[at : at + size] for at in range(0, len(data), size))

    async def _put(self, data: bytes) -> None:
        transport = self._transport()
        self._received.bytes_sent += len(data)
        self._received.tape.add(self._clock.now(), (data,))
        transport.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)
        await self._give_way(transport)
        if self._pace is not None:
            await self._clock.sleep(self._pace.every + self._pace.per_byte * len(data))
        elif self._writes.gap:
            await self._clock.sleep(self._writes.gap)

    def _transport(self) -> asyncio.Transport:
        return transport_of(self._request)

    async def _give_way(self, transport: asyncio.Transport) -> None:
        await give_way(self._request, transport, self._clock)

    async def _wait(self, wait: Wait) -> None:
        if wait.unless is not None:
            await wait.unless.wait(self._clock.sleep(wait.seconds))
            return
        stretch = await self._turn_of(wait) if wait.loaded else 1.0
        if not wait.comment:
            await self._clock.sleep(wait.seconds * stretch)
            return
        # Counted and not clocked: the same seed gives the same bytes on a busy machine too.
        left = wait.seconds * stretch
        while left > _TOO_SHORT:
            await self._put(wait.comment)
            await self._clock.sleep(min(left, wait.every))
            left -= wait.every

    async def _turn_of(self, wait: Wait) -> float:
        turn = asyncio.ensure_future(self._turn())
        try:
            await asyncio.sleep(0)
            while wait.comment and not turn.done():
                await self._put(wait.comment)
                await self._clock.sleep_or(wait.every, turn)
            with self._clock.away():
                return await turn
        finally:
            turn.cancel()

    async def _stop(self, stop: Stop) -> None:
        transport = self._transport()
        self._end()
        if stop.how == "reset":
            await reset(self._request, self._clock)
        elif stop.how == "cut":
            transport.close()
        else:
            await self._response.write_eof()
