"""`/v1/conversations`: made, told, changed, deleted, and the items in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from fake_openai.asking import validation
from fake_openai.asking.rules import Array, Record
from fake_openai.endpoint import Endpoint
from fake_openai.errors.errors import ApiError
from fake_openai.front.exchange import Exchange
from fake_openai.keeping import pages
from fake_openai.responses import conversations, given
from fake_openai.responses.conversations import Talk
from fake_openai.responses.ids import Ids
from fake_openai.responses.skeleton import written
from fake_openai.schemas.responses_check import check_includes, check_items
from fake_openai.schemas.shared import METADATA

_MOST = 20  # items at a time
_CREATE = Record(members={"metadata": METADATA, "items": Array(longest=_MOST)})
_UPDATE = Record(members={"metadata": METADATA}, required=("metadata",))
_ADD = Record(members={"items": Array(longest=_MOST, null="wrong")}, required=("items",))
_LISTED = ("object", "data", "first_id", "has_more", "last_id")


async def create(exchange: Exchange) -> web.StreamResponse:
    """Make a conversation."""
    body = exchange.json()
    validation.check(body, _CREATE)
    ids = _ids(exchange)
    items = _items(exchange, body.get("items") or (), ids)
    id = ids.item("conv", upstream=True)
    talk = Talk(id, exchange.created, body.get("metadata") or {}, items)
    conversations.keep(exchange.scope, talk)
    return _written(exchange, talk.told())


async def one(exchange: Exchange) -> web.StreamResponse:
    """Tell of a conversation."""
    return _written(exchange, _find(exchange).told())


async def update(exchange: Exchange) -> web.StreamResponse:
    """Set the metadata of a conversation."""
    body = exchange.json()
    validation.check(body, _UPDATE)
    talk = _find(exchange)
    talk.metadata = body["metadata"] or {}
    return _written(exchange, talk.told())


async def delete(exchange: Exchange) -> web.StreamResponse:
    """Forget a conversation."""
    talk = _find(exchange)
    conversations.forget(exchange.scope, talk)
    told = {"id": talk.id, "object": "conversation.deleted", "deleted": True}
    return _written(exchange, told)


async def add(exchange: Exchange) -> web.StreamResponse:
    """Put items into a conversation, and list them."""
    check_includes(exchange.request.query)
    body = exchange.json()
    validation.check(body, _ADD)
    talk = _find(exchange)
    items = _items(exchange, body["items"], _ids(exchange))
    talk.by(exchange.clock.now()).extend(items)
    conversations.know(exchange.scope, items)
    return _listed(exchange, pages.page(items, {}, order="asc"))


async def listing(exchange: Exchange) -> web.StreamResponse:
    """List what is in a conversation."""
    query = exchange.request.query
    check_includes(query)
    items = _find(exchange).by(exchange.clock.now())
    return _listed(exchange, pages.page(items, query))


async def item(exchange: Exchange) -> web.StreamResponse:
    """Tell of an item."""
    check_includes(exchange.request.query)
    return _written(exchange, _item(exchange, _find(exchange)))


async def remove(exchange: Exchange) -> web.StreamResponse:
    """Take an item out of a conversation, and tell of the conversation."""
    talk = _find(exchange)
    talk.items.remove(_item(exchange, talk))
    return _written(exchange, talk.told())


def _find(exchange: Exchange) -> Talk:
    return conversations.find(exchange.scope, exchange.params["id"])


def _item(exchange: Exchange, talk: Talk) -> Mapping[str, Any]:
    wanted = exchange.params["item_id"]
    for found in talk.by(exchange.clock.now()):
        if found["id"] == wanted:
            return found
    raise ApiError(404, f"Item with id '{wanted}' not found.", kind="no_object")


def _ids(exchange: Exchange) -> Ids:
    return Ids(exchange.dialect.responses, exchange.rng, exchange.created)


def _items(exchange: Exchange, asked: Sequence[Any], ids: Ids) -> list[Mapping[str, Any]]:
    check_items(asked, "items", strict=True)
    return given.named_items(given.items(asked, exchange.scope.store("response items")), ids)


def _listed(exchange: Exchange, page: Mapping[str, Any]) -> web.StreamResponse:
    return _written(exchange, {name: page[name] for name in _LISTED})


def _written(exchange: Exchange, value: Any) -> web.StreamResponse:
    return exchange.respond(200, "application/json", written(value, exchange.dialect.responses))


_ONE, _ITEMS = "/conversations/{id}", "/conversations/{id}/items"
ENDPOINTS = (
    Endpoint("conversations", "POST", "/conversations", create),
    Endpoint("conversations", "GET", _ONE, one),
    Endpoint("conversations", "POST", _ONE, update),
    Endpoint("conversations", "DELETE", _ONE, delete),
    Endpoint("conversations", "POST", _ITEMS, add),
    Endpoint("conversations", "GET", _ITEMS, listing),
    Endpoint("conversations", "GET", _ITEMS + "/{item_id}", item),
    Endpoint("conversations", "DELETE", _ITEMS + "/{item_id}", remove),
)
