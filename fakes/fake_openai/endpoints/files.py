"""`/v1/files`: kept as they come, content included."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from fake_openai.asking.complaints import above, below, invalid, missing, not_among
from fake_openai.endpoint import Endpoint
from fake_openai.front import uploads
from fake_openai.front.exchange import Exchange
from fake_openai.keeping import files, pages

_SECRET_PURPOSES = ("assistants", "user_data", "vision")
_ANCHORS = ("created_at",)
_SOONEST, _LATEST = 3600, 2_592_000


async def create(exchange: Exchange) -> web.StreamResponse:
    """Keep a file."""
    parts = await uploads.form(exchange.request.headers, exchange.received.raw_body)
    for name in ("file", "purpose"):
        if name not in parts:
            raise missing(name)
    purpose, file = parts["purpose"].text, parts["file"]
    if purpose not in files.PURPOSES:
        raise not_among("purpose", files.PURPOSES, purpose)
    expires = _expires(parts.get("expires_after[anchor]"), parts.get("expires_after[seconds]"))
    kept = files.keep(exchange, file.filename or "upload", purpose, file.data, expires)
    return _written(exchange, kept.told)


async def listing(exchange: Exchange) -> web.StreamResponse:
    """List the files."""
    query = exchange.request.query
    purpose = query.get("purpose")
    told = [file.told for file in exchange.scope.store("files").values()]
    wanted = [one for one in told if purpose in (None, one["purpose"])]
    return _written(exchange, pages.page(wanted, query, usual=10_000, most=10_000))


async def one(exchange: Exchange) -> web.StreamResponse:
    """Tell of a file."""
    return _written(exchange, files.find(exchange.scope, exchange.params["id"]).told)


async def content(exchange: Exchange) -> web.StreamResponse:
    """Give out what is in a file."""
    file = files.find(exchange.scope, exchange.params["id"])
    if file.told["purpose"] in _SECRET_PURPOSES:
        told = f"Not allowed to download files of purpose: {file.told['purpose']}"
        raise invalid(told, None, None, "")
    name = file.told["filename"].encode("ascii", "replace").decode()
    quoted = "".join("_" if c in '"\\' or not c.isprintable() else c for c in name)
    headers = {"content-disposition": f'attachment; filename="{quoted}"'}
    return exchange.respond(200, "application/octet-stream", file.data, headers)


async def delete(exchange: Exchange) -> web.StreamResponse:
    """Forget a file."""
    id = exchange.params["id"]
    files.find(exchange.scope, id)
    del exchange.scope.store("files")[id]
    return _written(exchange, {"object": "file", "deleted": True, "id": id})


def _expires(anchor: uploads.Part | None, part: uploads.Part | None) -> int | None:
    if anchor is None and part is None:
        return None
    if anchor is None:
        raise missing("expires_after.anchor")
    if anchor.text not in _ANCHORS:
        raise not_among("expires_after.anchor", _ANCHORS, anchor.text)
    name = "expires_after.seconds"
    if part is None:
        raise missing(name)
    if not part.text.isascii() or not part.text.isdigit():
        told = f"Invalid type for '{name}': expected an integer, but got a string instead."
        raise invalid(told, name, "invalid_type")
    seconds = int(part.text[:12])
    if seconds < _SOONEST:
        raise below(name, "integer", _SOONEST, seconds)
    if seconds > _LATEST:
        raise above(name, "integer", _LATEST, seconds)
    return seconds


def _written(exchange: Exchange, value: Any) -> web.StreamResponse:
    body = (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "replace")
    return exchange.respond(200, "application/json", body)


ENDPOINTS = (
    Endpoint("files", "POST", "/files", create),
    Endpoint("files", "GET", "/files", listing),
    Endpoint("files", "GET", "/files/{id}", one),
    Endpoint("files", "GET", "/files/{id}/content", content),
    Endpoint("files", "DELETE", "/files/{id}", delete),
)
