"""A request that is taken and not answered."""

from __future__ import annotations

import math
from dataclasses import dataclass

from aiohttp import web

from fake_openai import checks

from .base import BeforeHeaders, Exchange


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoHeaders(BeforeHeaders):
    """The request is read, and then nothing comes: no status, no headers.

    Attributes:
        seconds: after which the answer comes after all; infinite = never.
    """

    ends = False

    seconds: float = math.inf

    def __post_init__(self) -> None:
        checks.not_negative("seconds of NoHeaders", self.seconds)

    async def strike(self, exchange: Exchange) -> web.StreamResponse | None:
        """Wait."""
        await exchange.pause(self.seconds)
        return None
