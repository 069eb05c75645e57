"""What is done to a connection: silence and resets."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import math
import socket
import struct
import termios

from aiohttp import web

_ACKNOWLEDGED_WITHIN = 1.0  # seconds


async def pause(seconds: float) -> None:
    """Do nothing for `seconds`, which may be infinite; ends when the task is cancelled."""
    if seconds == math.inf:
        await asyncio.get_running_loop().create_future()
    elif seconds > 0:
        await asyncio.sleep(seconds)


async def reset(request: web.BaseRequest) -> None:
    """Reset the connection of `request` with a TCP RST, once the peer has what was sent."""
    transport = request.transport
    if transport is None or transport.is_closing():
        return
    assert isinstance(transport, asyncio.Transport)  # noqa: S101 (a TCP server has no other)
    sock: socket.socket = transport.get_extra_info("socket")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_ACKNOWLEDGED_WITHIN):
            while transport.get_write_buffer_size() or _unacknowledged(sock):  # noqa: ASYNC110
                await asyncio.sleep(0.001)  # the kernel tells nobody
    # Linger for 0 s: closing discards nothing of ours any more and sends RST instead of FIN.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _unacknowledged(sock: socket.socket) -> int:
    try:
        answer = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    except OSError:
        return 0
    return int(struct.unpack("i", answer)[0])
