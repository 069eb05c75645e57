"""`POST /v1/chat/completions`, streamed and not."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from aiohttp import web

from fake_openai.asking import conversation
from fake_openai.asking.understood import Name, Told, Understood
from fake_openai.counting import tokens
from fake_openai.delivery import serving
from fake_openai.delivery.steps import Send
from fake_openai.endpoint import Endpoint
from fake_openai.front.exchange import Exchange
from fake_openai.front.json_body import decode
from fake_openai.schemas import lengths
from fake_openai.schemas.chat_check import check_chat
from fake_openai.scripts.script import Answer, Reply
from fake_openai.telling import body as whole_body
from fake_openai.telling import choices
from fake_openai.telling.chunks import ChunkWriter, Facts
from fake_openai.telling.frames import stream
from fake_openai.telling.pieces import Choice

from . import stored_chat

_KEPT_TOKENS = 1000


async def create(exchange: Exchange) -> web.StreamResponse:
    """Serve a chat completion."""
    known = _understood(exchange)
    reply = exchange.deal(known.asked, known.bounds.limit or 0)
    response = await serving.struck(exchange, reply)
    if response is not None:
        return response
    telling = _telling(exchange, reply, known)
    stored_chat.keep(exchange, known.body, telling)
    return await serving.tell(exchange, reply, telling)


def _understood(exchange: Exchange) -> Understood:
    received, dialect, memory = exchange.received, exchange.dialect, exchange.scope.memory
    key = (dialect.name, received.path, tokens.in_force().name, received.raw_body)
    known = memory.get(key)
    if known is not None:
        # One of its own for the journal: who looks there may change what they find.
        received.body = decode(received.raw_body)
        return known
    known = _understand(exchange)
    body = {**decode(received.raw_body), "model": known.asked.model}
    memory.keep(key, replace(known, body=body))
    return known


def _understand(exchange: Exchange) -> Understood:
    body, dialect = exchange.json(), exchange.dialect
    if "model" in exchange.params:
        body.setdefault("model", exchange.params["model"])
    check_chat(body, dialect)
    asked = conversation.read(dialect, exchange.received.path, body)
    name, limit = choices.limit_of(body)
    lengths.check(dialect, asked.model, asked.prompt_tokens, limit, name)
    return Understood(body, asked, choices.bounds_of(body))


@dataclass(frozen=True, slots=True)
class _Telling:
    """A chat completion as it is told; see `serving.Telling`."""

    exchange: Exchange
    answer: Answer
    facts: Facts
    choices: list[Choice]
    name: Name
    streamed: bool

    @property
    def id(self) -> str:
        return self.facts.id

    @property
    def created(self) -> int:
        return self.facts.created

    def events(self) -> Iterator[Send]:
        lasting = self.exchange.lasting
        return stream(
            ChunkWriter(self.exchange.dialect, self.facts, lasting), self.choices, lasting
        )

    def whole(self) -> bytes:
        return whole_body.whole(self.exchange.dialect, self.facts, self.choices)

    def key(self) -> Hashable | None:
        # What is long, has further ids of its own, or several choices, is made while it is sent.
        has_ids = self.exchange.dialect.stamp or self.answer.tool_calls
        long = self.facts.tokens.completion > _KEPT_TOKENS or self.facts.top_logprobs is not None
        if has_ids or long or len(self.choices) > 1:
            return None
        return (self.name, len(self.id), len(str(self.created)))


def _telling(exchange: Exchange, reply: Reply, known: Understood) -> _Telling:
    assert isinstance(reply.answer, Answer)  # noqa: S101 (the desk fills it in)
    body, asked, bounds, answer = known.body, known.asked, known.bounds, reply.answer
    told = known.told_before(exchange.seed, answer)
    if told is None:
        made = choices.choices(exchange, asked, answer, bounds, body.get("n") or 1)
        shared = choices.facts(exchange, asked, body, made)
        name = Name((asked, answer, bounds, shared.shape))
        told = Told(exchange.seed, answer, made, shared, name)
        known.keep(told)
    facts = choices.told(exchange, told.facts)
    exchange.used = facts.tokens.total
    return _Telling(exchange, answer, facts, told.choices, told.name, bool(body.get("stream")))


ENDPOINTS = (Endpoint("chat", "POST", "/chat/completions", create, generates=True),)
