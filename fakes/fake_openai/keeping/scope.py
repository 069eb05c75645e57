"""What one user of the server sees: scripts, conversations, journal, stored objects.

Tests that share a server each take a scope of their own and never meet. Requests that name none
are in the scope of the server itself.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from fake_openai.asking.understood import Memory
from fake_openai.clocks.clock import Clock
from fake_openai.delivery.prepared import Shelf
from fake_openai.scripts.desk import Desk

from .journal import Journal
from .limits import Ledger
from .load import Load
from .settings import Settings
from .slots import Batch

if TYPE_CHECKING:
    from fake_openai.recording.replay import Replay

_KEPT = 10_000


class Scope:
    """One user's part of the server.

    Args:
        name: `default` for that of the server itself.
        settings: in force from the beginning.
        journal_size: requests kept.

    Attributes:
        desk: scripts in force, and conversations.
        journal: requests so far.
        shelf: streams that may be sent again.
        memory: requests that were understood.
        ledger: what counts against the limits.
        replay: a recording that answers in place of everything else.
    """

    def __init__(self, name: str, settings: Settings, journal_size: int) -> None:
        self.name = name
        self.settings = settings
        self.desk = Desk(settings)
        self.journal = Journal(journal_size)
        self.shelf = Shelf()
        self.memory = Memory()
        self.ledger = Ledger(settings.limits)
        self.replay: Replay | None = None
        self._stores: dict[str, Store] = {}
        self._batches: dict[Load, Batch] = {}

    def batch(self, load: Load, clock: Clock) -> Batch:
        """Return the batch that works under `load`; it outlives `clear`, as requests are in it."""
        return self._batches.setdefault(load, Batch(load, clock))

    def store(self, kind: str) -> Store:
        """Return the objects of one kind (`files`, `responses`, ...) that the API keeps."""
        return self._stores.setdefault(kind, Store())

    def reseed(self, seed: int) -> None:
        """Set the seed; conversations begin anew, as their answers came from the one before."""
        self.settings.seed = seed
        self.shelf = Shelf()
        self.desk.forget()

    def clear(self) -> None:
        """Forget all that was asked, scripted, stored and used."""
        self.desk.clear()
        self.journal.clear()
        self.ledger = Ledger(self.settings.limits)
        self.replay = None
        self._stores.clear()


class Store(OrderedDict[str, Any]):
    """Objects by id, the latest ten thousand of them."""

    def __setitem__(self, id: str, value: Any) -> None:
        super().__setitem__(id, value)
        if len(self) > _KEPT:
            self.popitem(last=False)
