"""`GET /v1/models` and `GET /v1/models/{id}`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from fake_openai.dialect import Dialect
from fake_openai.endpoint import Endpoint
from fake_openai.errors.outages import no_model
from fake_openai.front.exchange import Exchange

_CREATED = 1_740_000_000


async def listing(exchange: Exchange) -> web.StreamResponse:
    """Serve the list of models."""
    dialect = exchange.dialect
    models = [_model(name, dialect) for name in _names(exchange)]
    return _written(exchange, {"object": "list", "data": models})


async def one(exchange: Exchange) -> web.StreamResponse:
    """Serve one model.

    Raises:
        ApiError: there is no such model.
    """
    dialect, name = exchange.dialect, exchange.params["id"]
    if name not in _names(exchange):
        raise no_model(dialect, name)
    return _written(exchange, _model(name, dialect))


def _names(exchange: Exchange) -> Sequence[str]:
    given = exchange.scope.settings.models
    return exchange.dialect.models if given is None else given


def _model(name: str, dialect: Dialect) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": dialect.owner}


def _written(exchange: Exchange, value: Any) -> web.StreamResponse:
    body = (json.dumps(value, indent=2) + "\n").encode()
    return exchange.respond(200, "application/json", body)


ENDPOINTS = (
    Endpoint("models", "GET", "/models", listing),
    Endpoint("models", "GET", "/models/{id*}", one),
)
