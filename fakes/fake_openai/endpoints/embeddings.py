"""`POST /v1/embeddings`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from fake_openai.asking import validation
from fake_openai.asking.complaints import invalid
from fake_openai.counting import tokens
from fake_openai.endpoint import Endpoint
from fake_openai.front.exchange import Exchange
from fake_openai.schemas.embeddings import EMBEDDINGS
from fake_openai.telling import vectors

_DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}
_USUAL = 1536
_LONGEST = 8192  # tokens of one input
_MOST = 300_000  # tokens of all inputs


async def create(exchange: Exchange) -> web.StreamResponse:
    """Serve vectors."""
    body = exchange.json()
    body.setdefault("model", exchange.params.get("model"))
    validation.check(body, EMBEDDINGS)
    model = body["model"]
    dimensions = _dimensions(body)
    texts = _texts(body["input"])
    used = sum(count for _, count in texts)
    _check_lengths(texts, used)
    exchange.admit(model, used)
    encoded = body.get("encoding_format") == "base64"
    data = []
    for index, (text, _) in enumerate(texts):
        vector = vectors.embed(text, dimensions)
        data.append(
            {
                "object": "embedding",
                "index": index,
                "embedding": vectors.base64(vector) if encoded else vector,
            }
        )
    usage = {"prompt_tokens": used, "total_tokens": used}
    told = {"object": "list", "data": data, "model": model, "usage": usage}
    return exchange.respond(200, "application/json", (json.dumps(told, indent=2) + "\n").encode())


def _dimensions(body: Mapping[str, Any]) -> int:
    wanted, most = body.get("dimensions"), _DIMENSIONS.get(body["model"], _USUAL)
    if wanted is None:
        return most
    if body["model"] == "text-embedding-ada-002":
        raise invalid("This model does not support specifying dimensions.", None, None, "")
    if wanted > most:
        told = f"Invalid value for 'dimensions' = {wanted}. Must be less than or equal to {most}."
        raise invalid(told, None, None, "")
    return int(wanted)


def _texts(value: Any) -> list[tuple[str, int]]:
    """Return the inputs, each with its number of tokens; tokens stand for the text they are."""
    if isinstance(value, str):
        return [(value, tokens.count(value))]
    kinds = {type(one) for one in value}
    if len(kinds) > 1:
        told = "Invalid 'input': expected an array of strings, of tokens or of arrays of tokens,"
        raise invalid(f"{told} but got a mixture instead.", "input", "invalid_type")
    if kinds == {int}:
        return [_of_tokens(value)]
    return [(one, tokens.count(one)) if isinstance(one, str) else _of_tokens(one) for one in value]


def _of_tokens(numbers: Sequence[int]) -> tuple[str, int]:
    return " ".join(f"token{number}" for number in numbers), len(numbers)


def _check_lengths(texts: list[tuple[str, int]], used: int) -> None:
    for index, (text, count) in enumerate(texts):
        if not text:
            where = "$.input" if len(texts) == 1 else f"$.input[{index}]"
            told = f"'{where}' is invalid. Please check the API reference:"
            raise invalid(f"{told} https://platform.openai.com/docs/api-reference.", None, None, "")
        if count > _LONGEST:
            told = (
                f"This model's maximum context length is {_LONGEST} tokens, however you requested"
            )
            told += f" {count} tokens ({count} in your prompt; 0 for the completion). Please reduce"
            raise invalid(f"{told} your prompt; or completion length.", None, None, "")
    if used > _MOST:
        told = f"Requested {used} tokens, max {_MOST} tokens per request"
        raise invalid(told, None, "max_tokens_per_request", "")


ENDPOINTS = (Endpoint("embeddings", "POST", "/embeddings", create),)
