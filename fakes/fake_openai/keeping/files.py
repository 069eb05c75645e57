"""Files that the API keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fake_openai.errors.errors import ApiError
from fake_openai.front.exchange import Exchange
from fake_openai.telling.ids import fill

from .scope import Scope

PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")


@dataclass(frozen=True, slots=True)
class File:
    """A file.

    Attributes:
        told: what the API tells of it.
        data: what is in it.
    """

    told: dict[str, Any]
    data: bytes


def keep(
    exchange: Exchange, filename: str, purpose: str, data: bytes, expires_after: int | None = None
) -> File:
    """Keep a file and return it; it expires so many seconds later, None = never."""
    store, created = exchange.scope.store("files"), exchange.created
    id = fill("file-{alnum22}", exchange.rng)
    told = {
        "object": "file",
        "id": id,
        "purpose": purpose,
        "filename": filename,
        "bytes": len(data),
        "created_at": created,
        "expires_at": None if expires_after is None else created + expires_after,
        "status": "processed",
        "status_details": None,
    }
    file = store[id] = File(told, data)
    return file


def find(scope: Scope, id: str) -> File:
    """Return a file.

    Raises:
        ApiError: there is none with this id.
    """
    file = scope.store("files").get(id)
    if not isinstance(file, File):
        raise ApiError(404, f"No such File object: {id}", param="id")
    return file
