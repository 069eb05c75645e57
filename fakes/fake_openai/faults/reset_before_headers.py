"""A connection that is reset instead of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from .base import BeforeHeaders, Exchange


@dataclass(frozen=True, slots=True, repr=False)
class ResetBeforeHeaders(BeforeHeaders):
    """The request is read whole, then the connection is reset (TCP RST)."""

    async def strike(self, exchange: Exchange) -> web.StreamResponse | None:
        """Reset the connection."""
        await exchange.reset()
        return web.StreamResponse()
