"""Sends an event stream whose steps have times of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiohttp import web
from msgspec.structs import replace

from . import spoiling
from .exchange import Exchange
from .script import Reply
from .steps import Send, Step
from .writes import Writes


@dataclass(frozen=True, slots=True)
class _Stream:
    """What is known of a stream; see `spoiling.Told`."""

    id: str
    created: int
    streamed: bool = True


async def follow(
    exchange: Exchange, reply: Reply, id: str, steps: Iterable[Step]
) -> web.StreamResponse:
    """Send `steps`, the stream of the answer `id`, with the writes and the faults of `reply`."""
    writes = spoiling.boundaries(exchange, reply)
    faults = spoiling.in_stream(reply, streamed=True)
    dressed = steps if writes.plain else _dressed(steps, writes)
    told = _Stream(id, exchange.created)
    spoilt = spoiling.spoil(exchange, told, faults, dressed, writes)
    headers = {**exchange.headers(), "Content-Type": exchange.dialect.content_type}
    response = spoilt.response(headers.items())
    await exchange.deliver(response, spoilt.steps, spoilt.writes)
    return response


def _dressed(steps: Iterable[Step], writes: Writes) -> Iterator[Step]:
    if writes.bom:
        yield Send(b"\xef\xbb\xbf")
    for step in steps:
        yield replace(step, data=writes.dress(step.data)) if isinstance(step, Send) else step
