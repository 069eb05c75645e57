"""`POST /v1/responses/input_tokens`: what a request would come to."""

from __future__ import annotations

from aiohttp import web

from fake_openai.endpoint import Endpoint
from fake_openai.front.exchange import Exchange
from fake_openai.responses import asking, given
from fake_openai.responses.skeleton import written
from fake_openai.schemas import responses_check


async def count(exchange: Exchange) -> web.StreamResponse:
    """Count the tokens of all that would be read."""
    body = exchange.json()
    responses_check.check_counted(body, exchange.dialect)
    read = asking.read(exchange, body)
    told = {"object": "response.input_tokens", "input_tokens": given.counted(body, read)}
    return exchange.respond(200, "application/json", written(told, exchange.dialect.responses))


ENDPOINTS = (Endpoint("responses", "POST", "/responses/input_tokens", count),)
