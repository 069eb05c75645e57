"""`POST /v1/chat/completions`, streamed and not."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from fake_openai import body as whole_body
from fake_openai import conversation, pieces, plausible, serving
from fake_openai.chunks import ChunkWriter, Facts
from fake_openai.conversation import Conversation
from fake_openai.endpoint import Endpoint
from fake_openai.exchange import Exchange
from fake_openai.frames import stream
from fake_openai.ids import fill
from fake_openai.schemas.chat_check import check_chat
from fake_openai.script import Answer, Reply, ToolCall
from fake_openai.steps import Send
from fake_openai.usage import Tokens

_KEPT_TOKENS = 1000


async def create(exchange: Exchange) -> web.StreamResponse:
    """Serve a chat completion."""
    body = exchange.json()
    if "model" in exchange.params:
        body.setdefault("model", exchange.params["model"])
    check_chat(body, exchange.dialect)
    asked = conversation.read(exchange.dialect, exchange.received.path, body)
    reply = exchange.deal(asked, body.get("max_completion_tokens") or body.get("max_tokens") or 0)
    response = await serving.struck(exchange, reply)
    if response is not None:
        return response
    return await serving.tell(exchange, reply, _telling(exchange, asked, reply, body))


@dataclass(frozen=True, slots=True)
class _Telling:
    """A chat completion as it is told; see `serving.Telling`."""

    exchange: Exchange
    asked: Conversation
    answer: Answer
    facts: Facts
    choices: list[pieces.Choice]
    limit: int | None
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
        if has_ids or len(self.choices) > 1 or self.facts.tokens.completion > _KEPT_TOKENS:
            return None
        return (self.asked, self.answer, self.limit, self.facts.shape)


def _telling(
    exchange: Exchange, asked: Conversation, reply: Reply, body: Mapping[str, Any]
) -> _Telling:
    assert isinstance(reply.answer, Answer)  # noqa: S101 (the desk fills it in)
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    choices = _choices(exchange, asked, reply.answer, body, limit)
    facts = _facts(exchange, asked, body, choices)
    exchange.used = facts.tokens.total
    return _Telling(exchange, asked, reply.answer, facts, choices, limit, bool(body.get("stream")))


def _choices(
    exchange: Exchange,
    asked: Conversation,
    answer: Answer,
    body: Mapping[str, Any],
    limit: int | None,
) -> list[pieces.Choice]:
    choices = []
    for index in range(body.get("n") or 1):
        true = exchange.true_choice(asked, answer, index)
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


ENDPOINTS = (Endpoint("chat", "POST", "/chat/completions", create, generates=True),)
