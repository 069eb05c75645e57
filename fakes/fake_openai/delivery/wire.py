"""What is done to a connection: writes, pauses, resets."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import termios
import time
from collections.abc import Iterable

from aiohttp import web

from fake_openai.clocks.clock import Clock

_ACKNOWLEDGED_WITHIN = 1.0  # seconds
_HIGH_WATER = 64 * 1024


def transport_of(request: web.BaseRequest) -> asyncio.Transport:
    """Return the connection of `request`.

    Raises:
        ConnectionResetError: the client is gone.
    """
    transport = request.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError("the client is gone")
    return transport  # of uvloop, too, whose class is its own


def write_each(transport: asyncio.Transport, parts: Iterable[bytes]) -> None:
    """Write each part by itself; asyncio logs what is written after the client is gone."""
    for data in parts:
        if transport.is_closing():
            return
        transport.write(data)


async def drained(request: web.BaseRequest, transport: asyncio.Transport, clock: Clock) -> None:
    """Wait for a client that reads slowly.

    Raises:
        ConnectionResetError: the client is gone.
    """
    if transport.get_write_buffer_size() > _HIGH_WATER:
        with clock.away():
            await request.writer.drain()


async def give_way(request: web.BaseRequest, transport: asyncio.Transport, clock: Clock) -> None:
    """Let others have a turn of the loop, and wait for a client that reads slowly.

    Raises:
        ConnectionResetError: the client is gone.
    """
    await drained(request, transport, clock)
    # Without a turn of the loop two writes could be read as one by a client in the same loop.
    await asyncio.sleep(0)
    if transport.is_closing():
        raise ConnectionResetError("the client is gone")


async def reset(request: web.BaseRequest, clock: Clock) -> None:
    """Reset the connection of `request` with a TCP RST, once the peer has what was sent."""
    transport = request.transport
    if transport is None or transport.is_closing():
        return
    sock: socket.socket = transport.get_extra_info("socket")
    until = time.monotonic() + _ACKNOWLEDGED_WITHIN
    while transport.get_write_buffer_size() or _unacknowledged(sock):
        if time.monotonic() > until:
            break
        await clock.give_kernel_time()  # it tells nobody when it is done
    # Linger for 0 s: closing discards nothing of ours any more and sends RST instead of FIN.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _unacknowledged(sock: socket.socket) -> int:
    try:
        answer = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    except OSError:
        return 0
    return int(struct.unpack("i", answer)[0])
