"""`POST /v1/completions`, streamed and not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from fake_openai.asking import validation
from fake_openai.asking.complaints import invalid, only_with
from fake_openai.counting.usage import Tokens
from fake_openai.delivery import serving
from fake_openai.dialect import Dialect
from fake_openai.endpoint import Endpoint
from fake_openai.errors.errors import ApiError
from fake_openai.front.exchange import Exchange
from fake_openai.schemas import lengths
from fake_openai.schemas.completions import COMPLETIONS
from fake_openai.scripts.script import Answer
from fake_openai.telling import choices, completion
from fake_openai.telling.choices import Bounds
from fake_openai.telling.completion import Completion
from fake_openai.telling.ids import fill
from fake_openai.telling.pieces import Choice, Piece

_USUAL_LIMIT = 16
_CHATS = re.compile(r"gpt-3\.5-turbo(?!-instruct).*|gpt-[45].*|chatgpt.*|o\d.*")


async def create(exchange: Exchange) -> web.StreamResponse:
    """Serve a completion."""
    body = exchange.json()
    if "model" in exchange.params:
        body.setdefault("model", exchange.params["model"])
    _check(body, exchange.dialect)
    prompts = completion.prompts_of(body["prompt"])
    asked = completion.read(exchange, body["model"], prompts, body.get("seed"))
    limit = _USUAL_LIMIT if body.get("max_tokens") is None else body["max_tokens"]
    lengths.check(exchange.dialect, asked.model, asked.prompt_tokens, limit, "max_tokens")
    reply = exchange.deal(asked, limit)
    response = await serving.struck(exchange, reply)
    if response is not None:
        return response
    assert isinstance(reply.answer, Answer)  # noqa: S101 (the desk fills it in)
    count = len(prompts) * (body.get("n") or 1)
    stop = body.get("stop") or ()
    bounds = Bounds(limit, (stop,) if isinstance(stop, str) else tuple(stop))
    made = choices.choices(exchange, asked, reply.answer, bounds, count)
    if body.get("echo"):
        each = body.get("n") or 1
        made = [_echoed(choice, prompts[choice.index // each][0]) for choice in made]
    telling = _telling(exchange, asked.prompt_tokens, body, made)
    exchange.used = telling.used.total
    return await serving.tell(exchange, reply, telling)


def _check(body: Mapping[str, Any], dialect: Dialect) -> None:
    if not body.get("model"):
        raise ApiError(400, "you must provide a model parameter", kind="invalid")
    strict = dialect.name in ("openai", "azure")
    validation.check(body, COMPLETIONS, strict=strict, old_words=True)
    if strict and _CHATS.fullmatch(body["model"]):
        told = "This is a chat model and not supported in the v1/completions endpoint. Did you mean"
        raise ApiError(404, f"{told} to use v1/chat/completions?", param="model")
    if body.get("stream_options") is not None and not body.get("stream"):
        raise only_with("stream_options", "'stream' is enabled")
    best, count = body.get("best_of"), body.get("n") or 1
    if best is not None and best < count:
        told = "You requested that the server return more choices than it will generate (HINT: you"
        told += f" must set 'n' (currently {count}) to be at most 'best_of' (currently {best}))."
        raise invalid(told, "best_of", None, "")
    if body.get("stream") and best is not None and best > count:
        raise invalid("Cannot stream results if 'best_of' is above 'n'.", "best_of", None, "")


def _echoed(choice: Choice, prompt: str) -> Choice:
    return replace(choice, pieces=(Piece("echo", prompt), *choice.pieces))


def _telling(
    exchange: Exchange, prompt_tokens: int, body: Mapping[str, Any], made: list[Choice]
) -> Completion:
    options = body.get("stream_options") or {}
    said = sum(choice.tokens for choice in made)
    best, count = body.get("best_of") or 1, body.get("n") or 1
    return Completion(
        exchange.dialect,
        fill(exchange.dialect.id.replace("chatcmpl", "cmpl"), exchange.rng, exchange.created),
        exchange.created,
        body["model"],
        made,
        Tokens(prompt_tokens, said * max(1, best // count)),
        f"{exchange.seed}/{exchange.received.conversation}",
        body.get("logprobs"),
        bool(options.get("include_usage")),
        bool(body.get("stream")),
    )


ENDPOINTS = (Endpoint("completions", "POST", "/completions", create, generates=True),)
