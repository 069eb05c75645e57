"""Conversations: items that the API keeps together, and that responses read and add to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_openai.errors.errors import ApiError
from fake_openai.keeping.scope import Scope

from .kept import Kept

_STORE = "conversations"
_JOINS = frozenset({"completed", "incomplete"})
Json = Mapping[str, Any]


@dataclass(slots=True)
class Talk:
    """One conversation.

    Attributes:
        id: its id.
        created: seconds since 1970.
        metadata: what the client noted beside it.
        items: what is in it, oldest first, without what is `due`.
        due: responses that will be in it once they have come to an end.
        joined: ids of all responses that are or will be in it.
    """

    id: str
    created: int
    metadata: Json
    items: list[Json] = field(default_factory=list)
    due: list[Kept] = field(default_factory=list)
    joined: set[str] = field(default_factory=set)

    def by(self, now: float) -> list[Json]:
        """Return what is in it by `now`; responses that were cancelled or failed are not."""
        for one in list(self.due):
            if not one.ended(now):
                continue
            self.due.remove(one)
            if one.told(now)["status"] in _JOINS:
                self.items += [*one.items, *one.told(now)["output"]]
        return self.items

    def told(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "id": self.id,
            "object": "conversation",
            "created_at": self.created,
            "metadata": self.metadata,
        }


def id_of(body: Json) -> str | None:
    """Return the id of the conversation that a request is part of; None = of none."""
    named = body.get("conversation")
    return named if named is None or isinstance(named, str) else named["id"]


def find(scope: Scope, id: str, param: str | None = None) -> Talk:
    """Return the conversation with `id`.

    Raises:
        ApiError: there is none.
    """
    found = scope.store(_STORE).get(id)
    if found is None:
        told = f"Conversation with id '{id}' not found."
        raise ApiError(404, told, param=param, kind="no_object")
    return found  # type: ignore[no-any-return]  # nothing else is in this store


def keep(scope: Scope, talk: Talk) -> None:
    """Keep a conversation."""
    scope.store(_STORE)[talk.id] = talk
    know(scope, talk.items)


def know(scope: Scope, items: Sequence[Json]) -> None:
    """Let references lead to `items`."""
    known = scope.store("response items")
    for item in items:
        known[item["id"]] = item


def join(scope: Scope, body: Json, kept: Kept) -> None:
    """Let a response be in the conversation that its request was part of, if it was."""
    id = id_of(body)
    talk = None if id is None else scope.store(_STORE).get(id)
    if talk is not None and kept.id not in talk.joined:
        talk.joined.add(kept.id)
        talk.due.append(kept)


def forget(scope: Scope, talk: Talk) -> None:
    """Forget a conversation; the items stay where responses have them."""
    del scope.store(_STORE)[talk.id]
