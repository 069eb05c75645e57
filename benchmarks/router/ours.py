"""This library, as it is by default but for its waits; the endpoint that broke is asked again."""

from __future__ import annotations

import asyncio
from typing import Any

from steadystream import (
    Backoff,
    Message,
    Retries,
    SteadyClient,
    SteadyStream,
    SteadyStreamError,
    Timeouts,
)

from .cases import MESSAGES, Case
from .servers import KEY, PATIENCE, SILENCE, Endpoints
from .telling import Told

_RETRIES = Retries(backoff=Backoff(base=0.01, cap=0.05))
_TIMEOUTS = Timeouts(first_token=SILENCE, idle=SILENCE)


def middleware(at: Endpoints) -> SteadyStream:
    """Return the middleware, for a session under somebody else's code."""
    return SteadyStream(dialect=at.dialect, retries=_RETRIES, timeouts=_TIMEOUTS)


async def ask(case: Case, at: Endpoints) -> Told:
    """Ask through the client; through its blocking twin where the caller has no event loop."""
    told = Told()
    client = SteadyClient(
        at.first, api_key=KEY, dialect=at.dialect, retries=_RETRIES, timeouts=_TIMEOUTS
    )
    asked = {"model": "m", "messages": MESSAGES, **case.body}
    try:
        async with asyncio.timeout(PATIENCE):
            if case.blocks:
                await asyncio.to_thread(_block, client, asked, told)
            else:
                await _read(client, asked, told)
    except TimeoutError as error:
        told.hung, told.error = True, error
    except SteadyStreamError as error:
        told.error = error
    return told


async def _read(client: SteadyClient, asked: dict[str, Any], told: Told) -> None:
    async with client, client.stream(**asked) as answer:
        async for event in answer:
            if isinstance(event, Message):
                _take(event, told)


def _block(client: SteadyClient, asked: dict[str, Any], told: Told) -> None:
    with client.sync() as blocking, blocking.stream(**asked) as answer:
        for event in answer:
            if isinstance(event, Message):
                _take(event, told)


def _take(event: Message, told: Told) -> None:
    for choice in event.chunk.choices if event.chunk is not None else ():
        delta = choice.delta
        told.text += delta.content or ""
        told.reasoning += delta.reasoning
        for call in delta.tool_calls or ():
            function = call.function
            if function is not None:
                told.call(call.index or 0, function.name, function.arguments)
