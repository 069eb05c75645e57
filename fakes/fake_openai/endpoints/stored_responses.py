"""`/v1/responses/{id}`: what was kept, told again, followed, cancelled and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from fake_openai.asking.complaints import below, invalid
from fake_openai.delivery import following, serving
from fake_openai.endpoint import Endpoint
from fake_openai.front import plain
from fake_openai.front.exchange import Exchange
from fake_openai.keeping import pages
from fake_openai.responses import kept
from fake_openai.responses.skeleton import written
from fake_openai.schemas.responses_check import check_includes

_YES = {"true": True, "false": False, "1": True, "0": False}


async def one(exchange: Exchange) -> web.StreamResponse:
    """Tell of a response, or stream it again: what is still to come, too."""
    query = exchange.request.query
    if not _flag(query, "stream"):
        return await plain.serve(exchange, _TELL)
    reply = exchange.strike(tells=True)
    response = await serving.struck(exchange, reply)
    if response is not None:
        return response
    check_includes(exchange.request.query)
    after = _number(query, "starting_after")
    padded = _flag(query, "include_obfuscation") and exchange.dialect.responses.pads
    found, now = kept.find(exchange.scope, exchange.params["id"]), exchange.clock.now()
    steps = found.stream(now).steps(now, -1 if after is None else after, padded=padded)
    return await following.follow(exchange, reply, found.id, steps)


async def _told(exchange: Exchange) -> web.StreamResponse:
    check_includes(exchange.request.query)
    found = kept.find(exchange.scope, exchange.params["id"])
    return _written(exchange, found.told(exchange.clock.now()))


async def cancel(exchange: Exchange) -> web.StreamResponse:
    """Cancel a response in the background."""
    found, now = kept.find(exchange.scope, exchange.params["id"]), exchange.clock.now()
    found.cancel(now)
    return _written(exchange, found.told(now))


async def delete(exchange: Exchange) -> web.StreamResponse:
    """Forget a response."""
    found = kept.find(exchange.scope, exchange.params["id"])
    kept.forget(exchange.scope, found)
    return _written(exchange, {"id": found.id, "object": "response", "deleted": True})


async def input_items(exchange: Exchange) -> web.StreamResponse:
    """List what a response was made from."""
    check_includes(exchange.request.query)
    found = kept.find(exchange.scope, exchange.params["id"])
    page = pages.page(found.context, exchange.request.query)
    keys = ("object", "data", "first_id", "has_more", "last_id")
    return _written(exchange, {name: page[name] for name in keys})


def _written(exchange: Exchange, value: Any) -> web.StreamResponse:
    body = written(value, exchange.dialect.responses)
    return exchange.respond(200, "application/json", body)


def _flag(query: Mapping[str, str], name: str) -> bool:
    text = query.get(name)
    if text is None:
        return False
    if text.lower() not in _YES:
        told = f"Invalid type for '{name}': expected a boolean, but got '{text[:20]}' instead."
        raise invalid(told, name, "invalid_type")
    return _YES[text.lower()]


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.removeprefix("-").isdigit()):
        told = f"Invalid type for '{name}': expected an integer, but got '{text[:20]}' instead."
        raise invalid(told, name, "invalid_type")
    number = int(text[:20])
    if number < 0:
        raise below(name, "integer", 0, number)
    return number


_TELL = Endpoint("responses", "GET", "/responses/{id}", _told)
ENDPOINTS = (
    Endpoint("responses", "GET", "/responses/{id}", one, generates=True),
    Endpoint("responses", "DELETE", "/responses/{id}", delete),
    Endpoint("responses", "POST", "/responses/{id}/cancel", cancel),
    Endpoint("responses", "GET", "/responses/{id}/input_items", input_items),
)
