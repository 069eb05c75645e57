"""The listening socket: opened, closed, and opened again on the same port."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import ssl
from collections.abc import AsyncIterator

from aiohttp import web

from fake_openai import checks
from fake_openai.clocks.clock import Clock

_BACKLOG = 4096
_LAST_PORT = 65535


class Listener:
    """Listens for a server.

    Args:
        host: address to listen at.
        port: port to listen at; 0 = a free one, which then stays the same.
        clock: the time by which it goes down.
        tls: certificate and key; None = plain HTTP.

    Attributes:
        token: by which the server knows what it asks itself.
    """

    def __init__(
        self, host: str, port: int, clock: Clock, tls: ssl.SSLContext | None = None
    ) -> None:
        checks.text("host", host)
        checks.whole_number("port", port)
        checks.instance("tls", tls, ssl.SSLContext, optional=True)
        if not 0 <= port <= _LAST_PORT:
            raise ValueError(f"port must be 0 to {_LAST_PORT}, got {port}")
        self.host = host
        self.port = port
        self.token = secrets.token_hex(16)
        self._clock = clock
        self._tls = tls
        self._server: web.Server | None = None
        self._socket: asyncio.Server | None = None
        self._later: asyncio.Task[None] | None = None
        self._called_off = asyncio.Event()

    @property
    def url(self) -> str:
        """Its address, as clients want it.

        Raises:
            RuntimeError: a free port is yet to be found.
        """
        return self._url(self.host)

    @property
    def itself(self) -> str:
        """Address under which this machine reaches it."""
        return self._url({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host))  # noqa: S104

    def _url(self, host: str) -> str:
        if not self.port:
            raise RuntimeError(
                "the fake was not started, and its port is not known before: use it as a context"
                " manager, or give it a port"
            )
        scheme = "http" if self._tls is None else "https"
        return (
            f"{scheme}://[{host}]:{self.port}" if ":" in host else f"{scheme}://{host}:{self.port}"
        )

    async def open(self, server: web.Server) -> None:
        """Listen for `server`."""
        self._server = server
        await self._listen()

    async def close(self) -> None:
        """Stop listening, for good."""
        self._server = None
        await self._call_off()
        await self._stop()

    @contextlib.asynccontextmanager
    async def refusing(self) -> AsyncIterator[None]:
        """Let the kernel refuse new connections meanwhile."""
        await self._stop()
        try:
            yield
        finally:
            await self._listen()

    async def go_down(self, seconds: float) -> None:
        """Let the kernel refuse new connections for `seconds`; returns at once."""
        await self._call_off()
        await self._stop()
        self._called_off = asyncio.Event()
        self._later = asyncio.create_task(self._listen_after(seconds, self._called_off))

    async def _call_off(self) -> None:
        """End a wait to listen again. Not by cancelling: `create_server` would leak its socket."""
        self._called_off.set()
        if self._later is not None:
            await self._later
            self._later = None

    async def _listen_after(self, seconds: float, called_off: asyncio.Event) -> None:
        waits = [
            asyncio.ensure_future(self._clock.sleep(seconds)),
            asyncio.ensure_future(called_off.wait()),
        ]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.wait(waits)
        if not called_off.is_set():
            await self._listen()

    async def _listen(self) -> None:
        if self._server is None or self._socket is not None:
            return
        self._socket = await asyncio.get_running_loop().create_server(
            self._server,
            self.host,
            self.port,
            ssl=self._tls,
            reuse_address=True,
            backlog=_BACKLOG,
        )
        self.port = self._socket.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        listening, self._socket = self._socket, None
        if listening is not None:
            listening.close()
            await asyncio.sleep(0)  # the loop closes the socket in its next turn
