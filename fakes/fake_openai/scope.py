"""What one user of the server sees: scripts, conversations, journal, stored objects.

Tests that share a server each take a scope of their own and never meet. Requests that name none
are in the scope of the server itself.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from .desk import Desk
from .dialect import Dialect
from .journal import Journal
from .latency import Latency
from .limits import Ledger, Limits
from .prepared import Shelf
from .writes import Writes

_KEPT = 10_000


@dataclass(slots=True)
class Settings:
    """What may be set for a scope at any time.

    Attributes:
        dialect: whose API it is.
        seed: of answers, ids, padding, jitter and random writes.
        latency: of the model.
        writes: borders of writes and form of lines.
        limits: on requests, tokens and concurrency.
    """

    dialect: Dialect
    seed: int
    latency: Latency
    writes: Writes
    limits: Limits


class Scope:
    """One user's part of the server.

    Args:
        name: empty for that of the server itself.
        settings: in force from the beginning.
        journal_size: requests kept.

    Attributes:
        desk: scripts in force, and conversations.
        journal: requests so far.
        shelf: streams that may be sent again.
        ledger: what counts against the limits.
    """

    def __init__(self, name: str, settings: Settings, journal_size: int) -> None:
        self.name = name
        self.settings = settings
        self.desk = Desk(settings.seed)
        self.journal = Journal(journal_size)
        self.shelf = Shelf()
        self.ledger = Ledger(settings.limits)
        self._stores: dict[str, Store] = {}

    def store(self, kind: str) -> Store:
        """Return the objects of one kind (`files`, `responses`, ...) that the API keeps."""
        return self._stores.setdefault(kind, Store())

    def clear(self) -> None:
        """Forget all that was asked, scripted, stored and used."""
        self.desk.clear()
        self.journal.clear()
        self.ledger = Ledger(self.settings.limits)
        self._stores.clear()


class Store(OrderedDict[str, Any]):
    """Objects by id, the latest ten thousand of them."""

    def __setitem__(self, id: str, value: Any) -> None:
        super().__setitem__(id, value)
        if len(self) > _KEPT:
            self.popitem(last=False)
