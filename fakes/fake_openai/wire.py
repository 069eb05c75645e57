"""What is done to a connection: resets."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import termios
import time

from aiohttp import web

from .clock import Clock

_ACKNOWLEDGED_WITHIN = 1.0  # seconds


async def reset(request: web.BaseRequest, clock: Clock) -> None:
    """Reset the connection of `request` with a TCP RST, once the peer has what was sent."""
    transport = request.transport
    if transport is None or transport.is_closing():
        return
    assert isinstance(transport, asyncio.Transport)  # noqa: S101 (a TCP server has no other)
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
