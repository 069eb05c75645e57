"""A server that goes down for a while."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from fake_openai import checks

from .base import BeforeHeaders, Exchange


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RefuseConnection(BeforeHeaders):
    """The server goes down: this request is reset, and for a while the kernel refuses connections.

    The listening socket is really closed; afterwards the server listens again on the same port.
    Connections already open stay open. `FakeOpenAI.refusing()` does the same for a block of code.

    Attributes:
        seconds: until it listens again.
    """

    seconds: float = 0.2

    def __post_init__(self) -> None:
        checks.not_negative("seconds of RefuseConnection", self.seconds)

    async def strike(self, exchange: Exchange) -> web.StreamResponse | None:
        """Close the listening socket and reset the connection."""
        await exchange.go_down(self.seconds)
        await exchange.reset()
        return web.StreamResponse()
