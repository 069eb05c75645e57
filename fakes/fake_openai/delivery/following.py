"""Sends a body whose steps have times of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiohttp import web
from msgspec.structs import replace

from fake_openai.front.exchange import Exchange
from fake_openai.scripts.script import Reply

from . import spoiling
from .steps import Send, Step
from .writes import Writes


@dataclass(frozen=True, slots=True)
class _Body:
    """What is known of a body; see `spoiling.Told`."""

    id: str
    created: int
    streamed: bool


async def follow(
    exchange: Exchange, reply: Reply, id: str, steps: Iterable[Step], *, streamed: bool = True
) -> web.StreamResponse:
    """Send `steps`, with the writes and the faults of `reply`.

    Args:
        exchange: the request.
        reply: what goes wrong, and where writes end.
        id: of the answer.
        steps: the body.
        streamed: whether it is an event stream; otherwise it is one JSON value.
    """
    writes = spoiling.boundaries(exchange, reply)
    if not streamed:
        writes = writes.of_json
    faults = spoiling.in_stream(reply, streamed=streamed)
    dressed = steps if writes.plain else _dressed(steps, writes)
    told = _Body(id, exchange.created, streamed)
    spoilt = spoiling.spoil(exchange, told, faults, dressed, writes)
    content_type = exchange.dialect.content_type if streamed else "application/json"
    headers = {**exchange.headers(), "Content-Type": content_type}
    response = spoilt.response(headers.items())
    await exchange.deliver(response, spoilt.steps, spoilt.writes)
    return response


def _dressed(steps: Iterable[Step], writes: Writes) -> Iterator[Step]:
    if writes.bom:
        yield Send(b"\xef\xbb\xbf")
    for step in steps:
        yield replace(step, data=writes.dress(step.data)) if isinstance(step, Send) else step
