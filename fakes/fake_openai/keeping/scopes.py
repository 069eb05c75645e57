"""The scopes of a server: made, found by header or key, bounded, deleted."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

from fake_openai import checks

from .scope import Scope
from .settings import Settings

HEADER = "X-Fake-Scope"
DEFAULT = "default"
_KEPT = 1_000
_NAME = re.compile(r"[\x20-\x7e]{1,200}")


class Scopes:
    """All scopes of a server.

    A request belongs to the scope that its header names, which is made if need be, else to that of
    its key, else to the scope of the server itself.

    Args:
        settings: of the scope of the server itself; new scopes begin with them.
        journal_size: requests kept in each.

    Attributes:
        default: the scope of the server itself.
    """

    def __init__(self, settings: Settings, journal_size: int) -> None:
        self.default = Scope(DEFAULT, settings, journal_size)
        self._size = journal_size
        self._scopes: OrderedDict[str, Scope] = OrderedDict()
        self._by_key: dict[str, Scope] = {}
        self._gone: OrderedDict[str, None] = OrderedDict()
        self._made = 0
        self._lock = threading.RLock()

    def new_name(self) -> str:
        """Return a name that no scope has."""
        with self._lock:
            while True:
                self._made += 1
                name = f"scope-{self._made}"
                if name not in self._scopes:
                    return name

    def open(self, name: str) -> Scope:
        """Return the scope `name`, made with the settings of the server if there is none.

        The one that was not used for longest goes when there are too many.

        Raises:
            TypeError: the name is no text.
            ValueError: it cannot stand in a header.
        """
        if name == DEFAULT:
            return self.default
        check_name(name)
        with self._lock:
            scope = self._scopes.get(name)
            if scope is None:
                scope = Scope(name, replace(self.default.settings), self._size)
                self._scopes[name] = self._by_key[key_of(name)] = scope
                self._gone.pop(key_of(name), None)
                if len(self._scopes) > _KEPT:
                    self.delete(next(iter(self._scopes)))
            self._scopes.move_to_end(name)
            return scope

    def get(self, name: str) -> Scope | None:
        """Return the scope `name`; None if there is none."""
        return self.default if name == DEFAULT else self._scopes.get(name)

    def find(self, headers: Mapping[str, str], key: str) -> Scope:
        """Return the scope of a request with these headers and this key.

        Raises:
            ValueError: the header names what cannot be a scope.
        """
        name = headers.get(HEADER)
        if name is not None:
            return self.open(name)
        scope = self._by_key.get(key) if self._by_key else None
        if scope is None:
            return self.default
        return self.open(scope.name)

    def is_gone(self, key: str) -> bool:
        """Say whether a key is that of a scope which was deleted."""
        return key in self._gone

    def has_key(self, key: str) -> bool:
        """Say whether a key is that of a scope."""
        return key in self._by_key

    def delete(self, name: str) -> bool:
        """Delete a scope with all that is in it; its key is refused from then on."""
        with self._lock:
            scope = self._scopes.pop(name, None)
            if scope is None:
                return False
            key = key_of(name)
            del self._by_key[key]
            self._gone[key] = None
            if len(self._gone) > _KEPT:
                self._gone.popitem(last=False)
        scope.clear()
        return True

    def discard(self, name: str) -> None:
        """Take back a scope that was just made and that nobody knows of."""
        self.delete(name)
        self._gone.pop(key_of(name), None)

    def list(self) -> list[Scope]:
        """Return all scopes, that of the server itself first."""
        with self._lock:
            return [self.default, *self._scopes.values()]

    def headers(self, scope: Scope) -> dict[str, str]:
        """Return the headers that lead a request to `scope`."""
        return {} if scope is self.default else {HEADER: scope.name}


def check_name(name: str) -> None:
    """Check the name of a scope.

    Raises:
        TypeError: it is no text.
        ValueError: it is not 1 to 200 printable ASCII characters.
    """
    checks.text("the name of a scope", name)
    if not _NAME.fullmatch(name) or name != name.strip():
        told = f"the name of a scope must be 1 to 200 printable ASCII characters, got {name!r:.250}"
        raise ValueError(told)


def key_of(name: str) -> str:
    """Return the API key that leads to the scope `name`."""
    readable = re.sub(r"[^a-zA-Z0-9]+", "-", name).strip("-")[:40]
    return f"sk-fake-{readable}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
