"""Carries out the steps of a response body on the connection."""

from __future__ import annotations

import asyncio
import random

from aiohttp import web

from .journal import Received
from .steps import Pace, Send, Step, Steps, Stop, Wait
from .wire import pause, reset
from .writes import Writes

_HIGH_WATER = 64 * 1024
_MERGE_AT_MOST = 1024 * 1024


class Delivery:
    """One response on its way.

    Args:
        request: the request that is answered.
        response: status and headers; its body is written here.
        received: where bytes and events are counted.
        writes: borders of writes; `writes_a_turn` of them are made in one turn of the loop.
        rng: seeded chance.
    """

    def __init__(
        self,
        request: web.BaseRequest,
        response: web.StreamResponse,
        received: Received,
        writes: Writes,
        rng: random.Random,
    ) -> None:
        self._request = request
        self._response = response
        self._received = received
        self._writes = writes
        self._rng = rng
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
        if response.content_length is None and self._request.version >= (1, 1):
            response.enable_chunked_encoding()
            self._chunked = True
        await response.prepare(self._request)
        if self._writes.mode == "event":
            await self._run_by_event(steps)
            return
        for step in steps:
            if type(step) is Send and step.times == 1:
                await self._hold(step)
            else:
                await self._flush()
                await self._do(step)

    async def _run_by_event(self, steps: Steps) -> None:
        # The path of nearly all events, so nothing is called here that is not needed.
        received, chunked, left = self._received, self._chunked, self.writes_a_turn
        transport = self._transport()
        for step in steps:
            if type(step) is not Send or step.times != 1 or self._pace is not None:
                await self._do(step)
                continue
            data = step.data
            size = len(data)
            transport.write(b"%x\r\n%b\r\n" % (size, data) if chunked else data)
            received.bytes_sent += size
            received.chunks_sent += step.events
            left -= 1
            if left == 0:
                left = self.writes_a_turn
                await self._give_way(transport)

    async def _give_way(self, transport: asyncio.Transport) -> None:
        if transport.get_write_buffer_size() > _HIGH_WATER:
            await self._drain()
        # Without a turn of the loop two writes could be read as one by a client in the same loop.
        await asyncio.sleep(0)
        if transport.is_closing():
            raise ConnectionResetError("the client is gone")

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
        if self._holding > _MERGE_AT_MOST:
            await self._flush()

    async def _flush(self) -> None:
        if not self._held:
            return
        held, self._held, self._holding = self._held, [], 0
        await self._send(
            Send(b"".join(send.data for send in held), sum(send.events for send in held))
        )

    async def _send(self, send: Send) -> None:
        for _ in range(send.times):
            if self._pace is not None:
                await self._trickle(send.data, self._pace)
            elif self._writes.mode in ("event", "whole"):
                await self._put(send.data)
            else:
                for data in self._writes.cut(send.data, self._rng):
                    await self._put(data)
        self._received.chunks_sent += send.events

    async def _trickle(self, data: bytes, pace: Pace) -> None:
        for at in range(0, len(data), pace.size):
            await self._put(data[at : at + pace.size])
            await asyncio.sleep(pace.every)

    async def _put(self, data: bytes) -> None:
        if not data:
            return
        transport = self._transport()
        transport.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)
        self._received.bytes_sent += len(data)
        await self._give_way(transport)

    def _transport(self) -> asyncio.Transport:
        transport = self._request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("the client is gone")
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (a TCP server has no other)
        return transport

    async def _drain(self) -> None:
        writer = await self._response.prepare(self._request)
        assert writer is not None  # noqa: S101 (only of a response that has ended)
        await writer.drain()

    async def _wait(self, wait: Wait) -> None:
        if not wait.comment:
            await pause(wait.seconds)
            return
        clock = asyncio.get_running_loop().time
        end = clock() + wait.seconds
        while (left := end - clock()) > 0:
            await self._put(wait.comment)
            await asyncio.sleep(min(left, wait.every))

    async def _stop(self, stop: Stop) -> None:
        if stop.how == "reset":
            await reset(self._request)
        elif stop.how == "cut":
            self._transport().close()
        else:
            await self._response.write_eof()
