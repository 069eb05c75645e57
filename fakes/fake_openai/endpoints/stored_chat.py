"""`/v1/chat/completions` with GET, POST and DELETE: completions kept with `store: true`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from fake_openai.asking import validation
from fake_openai.asking.rules import Record
from fake_openai.endpoint import Endpoint
from fake_openai.errors.errors import ApiError
from fake_openai.front.exchange import Exchange
from fake_openai.keeping import pages
from fake_openai.schemas.shared import METADATA
from fake_openai.telling.ids import fill

_STORE = "chat completions"
_UPDATE = Record(members={"metadata": METADATA}, required=("metadata",))
_FILTER = re.compile(r"metadata\[(.*)\]", re.DOTALL)
_ASKED = ("tool_choice", "tools", "response_format")
_SAMPLING = {"top_p": 1.0, "temperature": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0}
_KEYS = (
    "object", "id", "model", "created", "request_id", "tool_choice", "usage", "seed", "top_p",
    "temperature", "presence_penalty", "frequency_penalty", "system_fingerprint", "input_user",
    "service_tier", "tools", "metadata", "choices", "response_format",
)  # fmt: skip


class _Telling(Protocol):
    """A chat completion as it is told."""

    def whole(self) -> bytes:
        """Return it as it is when it is not streamed."""
        ...


@dataclass(slots=True)
class _Kept:
    told: dict[str, Any]
    messages: list[dict[str, Any]]


def keep(exchange: Exchange, body: Mapping[str, Any], telling: _Telling) -> None:
    """Keep a completion, once it is whole, if that was asked for."""
    if not body.get("store") or "stored_chat" not in exchange.dialect.serves:
        return

    def whole() -> None:
        completion = json.loads(telling.whole())
        told = _told(exchange, body, completion)
        messages = [_message(told["id"], *one) for one in enumerate(body["messages"])]
        exchange.scope.store(_STORE)[told["id"]] = _Kept(told, messages)

    exchange.when_whole = whole


def _told(
    exchange: Exchange, body: Mapping[str, Any], completion: Mapping[str, Any]
) -> dict[str, Any]:
    lasting = exchange.lasting
    seed = body.get("seed")
    known = {
        **completion,
        "request_id": fill("req_{hex32}", lasting),
        "seed": lasting.getrandbits(63) if seed is None else seed,
        "input_user": body.get("user"),
        "metadata": body.get("metadata") or {},
        **{name: body.get(name) for name in _ASKED},
        **{name: body.get(name, usual) for name, usual in _SAMPLING.items()},
    }
    return {name: known[name] for name in _KEYS if name in known}


def _message(id: str, place: int, message: Mapping[str, Any]) -> dict[str, Any]:
    content = message.get("content")
    parts = content if isinstance(content, list) else None
    told = {"id": f"{id}-{place}", "role": message["role"], "content": None if parts else content}
    known = ("tool_calls", "tool_call_id", "function_call", "refusal")
    more = {name: message[name] for name in known if message.get(name) is not None}
    return {**told, "name": message.get("name"), "content_parts": parts, **more}


async def listing(exchange: Exchange) -> web.StreamResponse:
    """List the completions that are kept."""
    query = exchange.request.query
    wanted = {found[1]: value for key, value in query.items() if (found := _FILTER.fullmatch(key))}
    model = query.get("model")
    told = [
        kept.told
        for kept in exchange.scope.store(_STORE).values()
        if model in (None, kept.told["model"]) and wanted.items() <= kept.told["metadata"].items()
    ]
    return _written(exchange, pages.page(told, query, order="asc"))


async def one(exchange: Exchange) -> web.StreamResponse:
    """Tell of a completion."""
    return _written(exchange, _find(exchange).told)


async def messages(exchange: Exchange) -> web.StreamResponse:
    """List the messages that a completion answered."""
    found = _find(exchange)
    return _written(exchange, pages.page(found.messages, exchange.request.query, order="asc"))


async def update(exchange: Exchange) -> web.StreamResponse:
    """Set the metadata of a completion."""
    body = exchange.json()
    validation.check(body, _UPDATE)
    told = _find(exchange).told
    told["metadata"] = body["metadata"]
    return _written(exchange, told)


async def delete(exchange: Exchange) -> web.StreamResponse:
    """Forget a completion."""
    id = _find(exchange).told["id"]
    del exchange.scope.store(_STORE)[id]
    return _written(exchange, {"object": "chat.completion.deleted", "id": id, "deleted": True})


def _find(exchange: Exchange) -> _Kept:
    id = exchange.params["id"]
    found = exchange.scope.store(_STORE).get(id)
    if found is None:
        told = f"No chat completion found with id '{id}'."
        raise ApiError(404, told, param="completion_id", kind="no_object")
    return found  # type: ignore[no-any-return]  # nothing else is in this store


def _written(exchange: Exchange, value: Any) -> web.StreamResponse:
    dialect = exchange.dialect
    text = json.dumps(value, indent=dialect.indent, ensure_ascii=False) + dialect.body_end
    return exchange.respond(200, "application/json", text.encode("utf-8", "replace"))


ENDPOINTS = (
    Endpoint("stored_chat", "GET", "/chat/completions", listing),
    Endpoint("stored_chat", "GET", "/chat/completions/{id}", one),
    Endpoint("stored_chat", "POST", "/chat/completions/{id}", update),
    Endpoint("stored_chat", "DELETE", "/chat/completions/{id}", delete),
    Endpoint("stored_chat", "GET", "/chat/completions/{id}/messages", messages),
)
