"""`/v1/batches`: really run, against the endpoints of the server itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import web

from fake_openai.asking import validation
from fake_openai.asking.complaints import invalid
from fake_openai.endpoint import Endpoint
from fake_openai.errors.errors import ApiError
from fake_openai.front.exchange import Exchange
from fake_openai.keeping import batch, files, pages
from fake_openai.keeping.batch import Batch
from fake_openai.schemas.batches import BATCHES


async def create(exchange: Exchange) -> web.StreamResponse:
    """Begin a batch."""
    body = exchange.json()
    validation.check(body, BATCHES)
    file = files.find(exchange.scope, body["input_file_id"])
    if file.told["purpose"] != "batch":
        told = "Invalid value for 'input_file_id': the purpose of the file must be 'batch', got"
        raise invalid(f"{told} '{file.told['purpose']}'.", "input_file_id", None, "")
    begun = Batch.begun(exchange, body)
    exchange.scope.store("batches")[begun.told["id"]] = begun
    response = _written(exchange, begun)
    exchange.spawn(begun.run(exchange, file.data, _Itself(exchange)))
    return response


async def listing(exchange: Exchange) -> web.StreamResponse:
    """List the batches, the latest first."""
    told = [one.told for one in exchange.scope.store("batches").values()]
    body = json.dumps(pages.page(told, exchange.request.query), indent=2).encode()
    return exchange.respond(200, "application/json", body)


async def one(exchange: Exchange) -> web.StreamResponse:
    """Tell of a batch."""
    return _written(exchange, _find(exchange))


async def cancel(exchange: Exchange) -> web.StreamResponse:
    """Cancel a batch; what was answered until then is kept."""
    found = _find(exchange)
    if found.ended:
        told = f"Cannot cancel a batch with status '{found.told['status']}'."
        raise ApiError(409, told)
    found.cancel()
    return _written(exchange, found)


def _find(exchange: Exchange) -> Batch:
    id = exchange.params["id"]
    found = exchange.scope.store("batches").get(id)
    if not isinstance(found, Batch):
        raise ApiError(404, f"No batch found with id '{id}'.")
    return found


def _written(exchange: Exchange, found: Batch) -> web.StreamResponse:
    body = json.dumps(found.told, indent=2, ensure_ascii=False).encode("utf-8", "replace")
    return exchange.respond(200, "application/json", body)


class _Itself(batch.Ask):
    """Sends requests to the server itself, in the name of who began the batch."""

    def __init__(self, exchange: Exchange) -> None:
        self._url, own = exchange.itself
        self._headers = own | {
            name: value
            for name, value in exchange.request.headers.items()
            if name.lower() in ("authorization", "api-key", "x-fake-scope")
        }

    async def __call__(self, path: str, body: Mapping[str, Any]) -> tuple[int, str, Any]:
        """Return status, request id and decoded body."""
        try:
            async with (
                aiohttp.ClientSession(headers=self._headers) as session,
                session.post(self._url + path, json=body, ssl=False) as response,
            ):
                raw, told = await response.read(), response.headers
        except (aiohttp.ClientError, TimeoutError) as error:
            said = {
                "message": f"The request failed: {type(error).__name__}",
                "type": "server_error",
            }
            return 500, "", {"error": {**said, "param": None, "code": None}}
        try:
            decoded = json.loads(raw)
        except ValueError:
            decoded = raw.decode("utf-8", "replace")
        return response.status, told.get("x-request-id", ""), decoded


ENDPOINTS = (
    Endpoint("batches", "POST", "/batches", create),
    Endpoint("batches", "GET", "/batches", listing),
    Endpoint("batches", "GET", "/batches/{id}", one),
    Endpoint("batches", "POST", "/batches/{id}/cancel", cancel),
)
