"""Lists that are given out page by page, by cursor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fake_openai.asking.complaints import above, below, invalid, not_among

_ORDERS = ("asc", "desc")


def page(
    items: Iterable[Mapping[str, Any]],
    query: Mapping[str, str],
    *,
    usual: int = 20,
    most: int = 100,
    order: str = "desc",
) -> dict[str, Any]:
    """Return the page of `items` that `query` asks for.

    Args:
        items: objects with an `id`, oldest first.
        query: of the request: `limit`, `order`, `after` (the id before the page).
        usual: items of a page if none is asked for.
        most: items of a page at most.
        order: `asc` = oldest first, or `desc`, if none is asked for.

    Raises:
        ApiError: a part of the query is wrong, or there is no item to begin after.
    """
    limit = _limit(query.get("limit"), usual, most)
    wanted = query.get("order", order)
    if wanted not in _ORDERS:
        raise not_among("order", _ORDERS, wanted)
    found = list(items)
    if wanted == "desc":
        found.reverse()
    after = query.get("after")
    if after is not None:
        ids = [item["id"] for item in found]
        if after not in ids:
            raise invalid(f"No object with id '{after}' to begin after.", "after", None, "")
        found = found[ids.index(after) + 1 :]
    data = found[:limit]
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": len(found) > limit,
    }


def _limit(text: str | None, usual: int, most: int) -> int:
    if text is None:
        return usual
    if not text.isascii() or not text.removeprefix("-").isdigit():
        told = f"Invalid type for 'limit': expected an integer, but got '{text[:20]}' instead."
        raise invalid(told, "limit", "invalid_type")
    limit = int(text[:20])
    if limit < 1:
        raise below("limit", "integer", 1, limit)
    if limit > most:
        raise above("limit", "integer", most, limit)
    return limit
