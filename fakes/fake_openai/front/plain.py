"""Serves endpoints where no model answers; faults strike them from outside."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from fake_openai.delivery import serving, spoiling
from fake_openai.delivery.steps import Send, Step, Stop
from fake_openai.endpoint import Endpoint

from .exchange import Exchange


async def serve(exchange: Exchange, endpoint: Endpoint) -> web.StreamResponse:
    """Answer a request as `endpoint` does, if no fault comes before."""
    reply = exchange.strike()
    response = await serving.struck(exchange, reply)
    if response is not None:
        return response
    response = await endpoint.serve(exchange)
    faults = spoiling.in_stream(reply, streamed=False)
    if not faults or not isinstance(response, web.Response) or response.prepared:
        return response
    body = response.body if isinstance(response.body, bytes) else b""
    exchange.received.tape.forget()  # nothing of it was sent
    exchange.received.bytes_sent = 0
    headers = [(name, value) for name, value in response.headers.items() if name != _LENGTH]
    steps: list[Step] = [Send(body, 1, final=True), Stop("end")]
    told = _Body(exchange.created)
    writes = spoiling.boundaries(exchange, reply)
    spoilt = spoiling.spoil(exchange, told, faults, steps, writes)
    answer = spoilt.response(headers, response.status)
    await exchange.deliver(answer, spoilt.steps, spoilt.writes)
    return answer


_LENGTH = "Content-Length"


@dataclass(frozen=True, slots=True)
class _Body:
    """What is known of a body that another made; see `spoiling.Told`."""

    created: int
    id: str = ""
    streamed: bool = False
