"""`POST /v1/moderations`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from fake_openai.asking import validation
from fake_openai.counting import tokens
from fake_openai.endpoint import Endpoint
from fake_openai.front.exchange import Exchange
from fake_openai.schemas.moderations import MODERATIONS
from fake_openai.telling.ids import fill
from fake_openai.telling.judging import result

_USUAL = "omni-moderation-latest"


async def create(exchange: Exchange) -> web.StreamResponse:
    """Serve a judgement of each input."""
    body = exchange.json()
    validation.check(body, MODERATIONS)
    model = body.get("model") or _USUAL
    results = [result(text, images=images) for text, images in _inputs(body["input"])]
    exchange.admit(model, tokens.count(json.dumps(body["input"])))
    told = {"id": fill("modr-{digits4}", exchange.rng), "model": model, "results": results}
    return exchange.respond(200, "application/json", (json.dumps(told, indent=2) + "\n").encode())


def _inputs(value: Any) -> list[tuple[str, bool]]:
    """Return each input as its text, and whether there is an image with it."""
    if isinstance(value, str):
        return [(value, False)]
    if all(isinstance(one, str) for one in value):
        return [(one, False) for one in value]
    parts: Sequence[Any] = value
    texts = [one if isinstance(one, str) else one.get("text", "") for one in parts]
    images = any(isinstance(one, dict) and one["type"] == "image_url" for one in parts)
    return [("\n".join(texts), images)]


ENDPOINTS = (Endpoint("moderations", "POST", "/moderations", create),)
