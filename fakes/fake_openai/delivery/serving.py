"""Serves what an endpoint has to say: faults, latency and borders of writes, for all endpoints."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from aiohttp import web

from fake_openai import checks
from fake_openai.errors.outages import outage
from fake_openai.faults import BeforeHeaders
from fake_openai.front.exchange import Exchange
from fake_openai.keeping.slots import Full
from fake_openai.latency import Latency
from fake_openai.scripts.script import Reply
from fake_openai.telling.frames import comment

from .pacing import Pacing
from .prepared import Prepared, merged
from .sent_response import SentResponse
from .spoiling import boundaries, in_stream, spoil
from .steps import Send, Step, Steps, Stop
from .writes import Writes

_PADDING_EVERY = 0.425  # seconds, as OpenRouter does it
_PREPARED = (Writes(), Writes("whole"))


class Telling(Protocol):
    """An answer as an endpoint tells it."""

    @property
    def id(self) -> str:
        """Id of the answer."""
        ...

    @property
    def created(self) -> int:
        """Seconds since 1970."""
        ...

    @property
    def streamed(self) -> bool:
        """Whether it is told as an event stream."""
        ...

    def events(self) -> Iterator[Send]:
        """Yield the events of the stream; the last is `final`."""
        ...

    def whole(self) -> bytes:
        """Return the body where it is not streamed."""
        ...

    def key(self) -> Hashable | None:
        """Return what tells streams apart that differ in more than id and time; None = all do."""
        ...


async def struck(exchange: Exchange, reply: Reply) -> web.StreamResponse | None:
    """Let the faults of `reply` strike that come before the headers.

    Returns:
        The response that one of them gave; None if the answer may follow.
    """
    for fault in checks.faults("reply", reply.faults):
        if isinstance(fault, BeforeHeaders):
            exchange.note(fault)
            response = await fault.strike(exchange)
            if response is not None:
                return response
    return None


async def tell(exchange: Exchange, reply: Reply, telling: Telling) -> web.StreamResponse:
    """Send `telling` with the latency, the writes and the remaining faults of `reply`."""
    latency = exchange.latency if reply.latency is None else reply.latency
    if not reply.faults and latency.instant:
        response = await _told_again(exchange, reply, telling)
        if response is not None:
            return response
    try:
        place = None if latency.load is None else exchange.enter(latency.load)
    except Full:
        return await full(exchange, latency)
    pacing = Pacing(exchange, latency, place)
    writes = boundaries(exchange, reply)
    streamed = telling.streamed
    early = exchange.dialect.headers_first if streamed else exchange.dialect.body_padding
    if not early:
        await pacing.before_headers(streamed=streamed)
    faults = in_stream(reply, streamed=streamed)
    headers = _headers(exchange, telling)
    if streamed:
        steps: Steps = _streamed(exchange, telling, pacing, writes)
    else:
        writes = writes.of_json
        steps = _whole(exchange, telling, pacing)
    spoilt = spoil(exchange, telling, faults, steps, writes)
    if faults or exchange.request.version < (1, 1):
        response = spoilt.response(headers.items())
    else:
        response = SentResponse(exchange.request, headers)
    del headers  # a response that waits long keeps none of them
    await exchange.deliver(response, spoilt.steps, spoilt.writes)
    return response


async def _told_again(
    exchange: Exchange, reply: Reply, telling: Telling
) -> web.StreamResponse | None:
    """Send `telling` from bytes that are kept; None if such as this are made while they are sent.

    Args:
        exchange: the request.
        reply: what it gets, without faults and latency.
        telling: the answer.
    """
    writes = exchange.writes if reply.writes is None else reply.writes
    prepared = telling.streamed and writes in _PREPARED and exchange.request.version >= (1, 1)
    name = telling.key() if prepared else None
    if name is None:
        return None
    together = writes.mode != "event"

    def made() -> Prepared:
        sends = merged(telling.events()) if together else telling.events()
        return Prepared.of(sends, telling.id, telling.created)

    response = SentResponse(exchange.request, _headers(exchange, telling))
    key = (name, writes.mode)
    await exchange.deliver_again(response, telling.id, key, made, together=together)
    return response


async def full(exchange: Exchange, latency: Latency) -> web.StreamResponse:
    """Refuse a request because as many wait already as may."""
    assert latency.load is not None  # noqa: S101 (nothing else is ever full)
    status, wait = latency.load.full_status, latency.load.retry_after
    error = outage(status, exchange.dialect, exchange.model, wait or 1.0, exchange.rng)
    told = {} if wait is None else {"retry-after": f"{wait:g}"}
    return await exchange.refuse(replace(error, headers={**error.headers, **told}))


def _headers(exchange: Exchange, telling: Telling) -> dict[str, str]:
    content_type = "application/json"
    if telling.streamed:
        content_type = getattr(telling, "content_type", exchange.dialect.content_type)
    return {**exchange.headers(), "Content-Type": content_type}


def _whole(exchange: Exchange, telling: Telling, pacing: Pacing) -> list[Step]:
    padding = exchange.dialect.body_padding.encode()
    body: list[Step] = [Send(telling.whole(), 1), Stop("end")]
    if not padding:
        return body
    waits = pacing.in_body(padding, _PADDING_EVERY, streamed=False)
    return [Send(padding * exchange.chance.randint(1, 3)), waits, *body]


def _streamed(
    exchange: Exchange, telling: Telling, pacing: Pacing, writes: Writes
) -> Iterator[Step]:
    dialect = exchange.dialect
    sends: Iterable[Send] = telling.events()
    if not writes.plain:
        sends = (Send(writes.dress(send.data), send.events, final=send.final) for send in sends)
    if writes.bom:
        yield Send(b"\xef\xbb\xbf")
    if dialect.headers_first and pacing.begins_late:
        said = writes.dress(comment(dialect)) if dialect.keep_alive else b""
        yield pacing.in_body(said, streamed=True)
    yield from pacing.paced(sends)
    yield Stop("end")
