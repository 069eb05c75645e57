"""What was understood of request bodies, kept for those that come again byte for byte.

Clients that repeat a request are common, and under load nearly all do.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .conversation import Conversation

if TYPE_CHECKING:
    from .choices import Bounds

_KEPT = 256
_LARGEST = 16 * 1024  # bytes; what is larger is not kept


@dataclass(frozen=True, slots=True)
class Understood:
    """A chat request that was found to be right.

    Attributes:
        body: it, decoded; nobody else has the same object.
        asked: what it asks for.
        bounds: what bounds its choices.
    """

    body: Mapping[str, Any]
    asked: Conversation
    bounds: Bounds


Key = tuple[str, str, str, bytes]


class Memory:
    """Keeps what was understood last, by what it follows from.

    The key of an entry has all of that: dialect, path, tokenizer and bytes of the body. Requests
    that were refused are not kept.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Understood] = OrderedDict()

    def get(self, key: Key) -> Understood | None:
        """Return what was understood; None if it is not known."""
        return self._kept.get(key)

    def keep(self, key: Key, understood: Understood) -> None:
        """Keep what was understood; the entry that came first goes when there are too many."""
        if len(key[-1]) > _LARGEST:
            return
        self._kept[key] = understood
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
