"""What was understood of request bodies, kept for those that come again byte for byte.

Clients that repeat a request are common, and under load nearly all do.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fake_openai.counting import prompts

from .conversation import Conversation

if TYPE_CHECKING:
    from fake_openai.scripts.script import Answer
    from fake_openai.telling.choices import Bounds
    from fake_openai.telling.chunks import Facts
    from fake_openai.telling.pieces import Choice

_KEPT = 256
_LARGEST = 16 * 1024  # bytes; what is larger is not kept


class Name:
    """A value whose hash, which takes time, is made once.

    Args:
        value: what may be hashed, or is never asked for its hash.
    """

    __slots__ = ("_hash", "_value")

    def __init__(self, value: object) -> None:
        self._value = value
        self._hash: int | None = None

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(self._value)
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Name) and self._value == other._value


@dataclass(frozen=True, slots=True)
class Told:
    """What was told to a request.

    Attributes:
        seed: of the scope.
        answer: the true answer.
        choices: it, cut into pieces.
        facts: what does not change when it is told again.
        name: of the stream, id and time not counted.
    """

    seed: int
    answer: Answer
    choices: list[Choice]
    facts: Facts
    name: Name


@dataclass(slots=True)
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
    _told: Told | None = None

    def told_before(self, seed: int, answer: Answer) -> Told | None:
        """Return what was told with this seed and this answer; None if nothing is kept."""
        told = self._told
        if told is None or told.seed != seed:
            return None
        return told if told.answer is answer or told.answer == answer else None

    def keep(self, told: Told) -> None:
        """Keep what was told, unless it depends on more than request, seed and answer."""
        others = len(told.choices) > 1 or told.answer.tool_calls
        if not others and not prompts.is_remembered(self.asked.prompt_tokens):
            self._told = told


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
