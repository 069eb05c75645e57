"""`POST /v1/chat/completions`, streamed and not."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from .. import body as whole_body
from .. import pieces, plausible
from ..conversation import Conversation
from ..delivery import Delivery
from ..exchange import Exchange
from ..faults import BeforeHeaders, Fault, InStream, Scene
from ..frames import ChunkWriter, Facts, comment, stream
from ..ids import fill
from ..latency import Latency
from ..script import Answer, Reply, ToolCall
from ..steps import Send, Step, Stop, Wait
from ..usage import Tokens
from ..writes import Writes


async def answer(exchange: Exchange, asked: Conversation, reply: Reply) -> web.StreamResponse:
    """Serve a checked request with `reply`."""
    faults = (reply.faults,) if isinstance(reply.faults, Fault) else reply.faults
    for fault in faults:
        if isinstance(fault, BeforeHeaders):
            exchange.note(fault)
            response = await fault.strike(exchange)
            if response is not None:
                return response
    body = exchange.received.body
    choices = _choices(exchange, asked, reply, body)
    facts = _facts(exchange, asked, body, choices)
    latency = reply.latency or exchange.latency
    writes = reply.writes or exchange.writes
    streamed = bool(body.get("stream"))
    if not (streamed and exchange.dialect.headers_first):
        await exchange.pause(latency.first(exchange.rng))
    if streamed:
        steps = _streamed(exchange, facts, choices, latency, writes)
    else:
        steps = [Send(whole_body.whole(exchange.dialect, facts, choices), 1), Stop("end")]
    steps = _spoiled(exchange, facts, faults, steps, writes if streamed else Writes())
    response = _response(exchange, steps, streamed=streamed, plain=not faults)
    await Delivery(exchange.request, response, exchange.received, writes, exchange.rng).run(steps)
    return response


def _response(
    exchange: Exchange, steps: list[Step], *, streamed: bool, plain: bool
) -> web.StreamResponse:
    headers = exchange.headers()
    headers["Content-Type"] = exchange.dialect.content_type if streamed else "application/json"
    if not streamed and plain:
        headers["Content-Length"] = str(sum(s.size for s in steps if isinstance(s, Send)))
    exchange.received.status = 200
    return web.StreamResponse(headers=headers)


def _choices(
    exchange: Exchange, asked: Conversation, reply: Reply, body: Mapping[str, Any]
) -> list[pieces.Choice]:
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    choices = []
    for index in range(body.get("n") or 1):
        true = exchange.true_choice(asked, reply, index)
        said = _continued(exchange, asked, true)
        echo = asked.prefix if exchange.echoes and said is not None else ""
        said = said or plausible.other(f"{exchange.seed}/{asked.key}")
        choices.append(pieces.cut(_with_ids(said, exchange), index, max_tokens=limit, echo=echo))
    return choices


def _continued(exchange: Exchange, asked: Conversation, true: Answer) -> Answer | None:
    if asked.as_user:
        return plausible.other(f"{exchange.seed}/{asked.key}/user")
    if not asked.continues:
        return true
    return pieces.rest_after(true, asked.prefix, asked.reasoning)


def _with_ids(answer: Answer, exchange: Exchange) -> Answer:
    def named(tool: ToolCall) -> ToolCall:
        if tool.id is not None:
            return tool
        return replace(tool, id=fill(exchange.dialect.call_id, exchange.rng))

    if not answer.tool_calls:
        return answer
    return replace(answer, tool_calls=[named(tool) for tool in answer.tool_calls])


def _facts(
    exchange: Exchange, asked: Conversation, body: Mapping[str, Any], choices: list[pieces.Choice]
) -> Facts:
    dialect, rng, created = exchange.dialect, exchange.rng, exchange.created
    options = body.get("stream_options") or {}
    filled = {
        key: fill(value, rng, created) if isinstance(value, str) else value
        for key, value in dialect.values.items()
    }
    return Facts(
        id=fill(dialect.id, rng, created),
        created=created,
        model=asked.model,
        values=filled,
        tokens=Tokens(
            asked.prompt_tokens,
            sum(choice.tokens for choice in choices),
            sum(choice.reasoning_tokens for choice in choices),
        ),
        include_usage=bool(options.get("include_usage")),
        obfuscate=options.get("include_obfuscation") is not False,
    )


def _streamed(
    exchange: Exchange,
    facts: Facts,
    choices: list[pieces.Choice],
    latency: Latency,
    writes: Writes,
) -> list[Step]:
    dialect, rng = exchange.dialect, exchange.rng
    sends = list(stream(ChunkWriter(dialect, facts, rng), choices, rng))
    if not writes.plain:
        sends = [replace(send, data=writes.dress(send.data)) for send in sends]
    steps: list[Step] = _paced(sends, latency, rng) if latency.between else list(sends)
    if dialect.headers_first and latency.first_token:
        said = writes.dress(comment(dialect)) if dialect.keep_alive else b""
        steps.insert(0, Wait(latency.first(rng), said))
    if writes.bom:
        steps.insert(0, Send(b"\xef\xbb\xbf"))
    return [*steps, Stop("end")]


def _paced(sends: list[Send], latency: Latency, rng: random.Random) -> list[Step]:
    steps: list[Step] = []
    begun = False
    for send in sends:
        if begun and send.events:
            steps.append(Wait(latency.next(rng)))
        begun = begun or bool(send.events)
        steps.append(send)
    return steps


def _spoiled(
    exchange: Exchange, facts: Facts, faults: tuple[Fault, ...], steps: list[Step], writes: Writes
) -> list[Step]:
    scene = Scene(exchange.dialect, exchange.rng, facts.id, facts.created, facts.model, writes)
    for fault in faults:
        if isinstance(fault, InStream):
            changed = fault.change(steps, scene)
            if changed is not None:
                exchange.note(fault)
                steps = changed
    return steps
