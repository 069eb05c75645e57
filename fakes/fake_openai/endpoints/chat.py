"""`POST /v1/chat/completions`, streamed and not."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from fake_openai import body as whole_body
from fake_openai import checks, pieces, plausible
from fake_openai.chunks import ChunkWriter, Facts
from fake_openai.conversation import Conversation
from fake_openai.exchange import Exchange
from fake_openai.faults import BeforeHeaders, InStream, Scene
from fake_openai.frames import comment, stream
from fake_openai.ids import fill
from fake_openai.latency import Latency
from fake_openai.prepared import Prepared
from fake_openai.script import Answer, Reply, ToolCall
from fake_openai.steps import Send, Step, Steps, Stop, Wait
from fake_openai.usage import Tokens
from fake_openai.writes import Writes

_KEPT_TOKENS = 1000
_PADDING_EVERY = 0.425  # seconds, as OpenRouter does it


async def answer(exchange: Exchange, asked: Conversation, reply: Reply) -> web.StreamResponse:
    """Serve a checked request with `reply`."""
    faults = checks.faults("reply", reply.faults)
    for fault in faults:
        if isinstance(fault, BeforeHeaders):
            exchange.note(fault)
            response = await fault.strike(exchange)
            if response is not None:
                return response
    body = exchange.received.body
    choices = _choices(exchange, asked, reply, body)
    facts = _facts(exchange, asked, body, choices)
    latency = exchange.latency if reply.latency is None else reply.latency
    writes = exchange.writes if reply.writes is None else reply.writes
    streamed = bool(body.get("stream"))
    early = exchange.dialect.headers_first if streamed else exchange.dialect.body_padding
    if not early:
        await exchange.pause(latency.first(exchange.chance))
    if streamed:
        steps: Steps = _streamed(exchange, facts, choices, latency, writes)
    else:
        writes = replace(writes, newline="\n", bom=False, space_after_colon=True)
        steps = _whole(exchange, facts, choices, latency)
    in_stream = [f for f in faults if isinstance(f, InStream) and (streamed or not f.streams_only)]
    response = web.StreamResponse(headers=exchange.headers())
    content_type = exchange.dialect.content_type if streamed else "application/json"
    response.headers["Content-Type"] = content_type
    plain = streamed and not in_stream and latency == Latency() and writes == Writes()
    if plain and _may_be_kept(exchange, reply, facts, body):
        key = (asked, reply.answer, _limit(body), facts.shape)
        await exchange.deliver_again(
            response,
            facts.id,
            key,
            lambda: Prepared.of(_sends(exchange, facts, choices), facts.id, facts.created),
        )
        return response
    await exchange.deliver(response, _spoiled(exchange, facts, in_stream, steps, writes), writes)
    return response


def _may_be_kept(exchange: Exchange, reply: Reply, facts: Facts, body: Mapping[str, Any]) -> bool:
    # What is long, has further ids of its own, or several choices, is made while it is sent.
    has_ids = exchange.dialect.stamp or (
        isinstance(reply.answer, Answer) and reply.answer.tool_calls
    )
    fits = facts.tokens.completion <= _KEPT_TOKENS and body.get("n", 1) == 1
    return fits and not has_ids and exchange.request.version >= (1, 1)


def _limit(body: Mapping[str, Any]) -> int | None:
    return body.get("max_completion_tokens") or body.get("max_tokens")


def _whole(
    exchange: Exchange, facts: Facts, choices: list[pieces.Choice], latency: Latency
) -> list[Step]:
    padding = exchange.dialect.body_padding.encode()
    body: list[Step] = [Send(whole_body.whole(exchange.dialect, facts, choices), 1), Stop("end")]
    if not padding:
        return body
    waits = Wait(latency.first(exchange.chance), padding, _PADDING_EVERY)
    return [Send(padding * exchange.chance.randint(1, 3)), waits, *body]


def _choices(
    exchange: Exchange, asked: Conversation, reply: Reply, body: Mapping[str, Any]
) -> list[pieces.Choice]:
    limit = _limit(body)
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
    lasting = exchange.lasting
    options = body.get("stream_options") or {}
    filled = {
        key: fill(value, lasting) if isinstance(value, str) else value
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
        stamp={"id": fill(dialect.stamp_id, rng), "seed": rng.getrandbits(31)},
        obfuscate=options.get("include_obfuscation") is not False,
    )


def _sends(exchange: Exchange, facts: Facts, choices: list[pieces.Choice]) -> Iterator[Send]:
    writer = ChunkWriter(exchange.dialect, facts, exchange.lasting)
    return stream(writer, choices, exchange.lasting)


def _streamed(
    exchange: Exchange,
    facts: Facts,
    choices: list[pieces.Choice],
    latency: Latency,
    writes: Writes,
) -> Iterator[Step]:
    dialect = exchange.dialect
    sends = _sends(exchange, facts, choices)
    if not writes.plain:
        sends = (Send(writes.dress(send.data), send.events, final=send.final) for send in sends)
    if writes.bom:
        yield Send(b"\xef\xbb\xbf")
    if dialect.headers_first and latency.first_token:
        said = writes.dress(comment(dialect)) if dialect.keep_alive else b""
        yield Wait(latency.first(exchange.chance), said)
    yield from _paced(sends, latency, exchange.chance) if latency.between else sends
    yield Stop("end")


def _paced(sends: Iterable[Send], latency: Latency, chance: random.Random) -> Iterator[Step]:
    begun = False
    for send in sends:
        if begun and send.events:
            yield Wait(latency.next(chance))
        begun = begun or bool(send.events)
        yield send


def _spoiled(
    exchange: Exchange, facts: Facts, faults: Sequence[InStream], steps: Steps, writes: Writes
) -> Steps:
    if not faults:
        return steps  # made one by one while they are sent
    scene = Scene(
        exchange.dialect,
        exchange.rng,
        facts.id,
        facts.created,
        facts.model,
        writes,
        streamed=bool(exchange.received.body.get("stream")),
    )
    spoiled = list(steps)
    for fault in faults:
        changed = fault.change(spoiled, scene)
        if changed is not None:
            exchange.note(fault)
            spoiled = changed
    return spoiled
