"""Text that matches a regular expression, for schemas and grammars that ask for one."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

# The parser behind `re` has no public name; it is the one thing that reads an expression as `re`
# does, and its form has been the same since Python 3.11.
_parser: Any = import_module("re._parser")

_MOST_REPEATS = 8
_PRINTABLE = string.ascii_letters + string.digits + " -_."
_CATEGORIES: Mapping[str, str] = {
    "CATEGORY_DIGIT": string.digits,
    "CATEGORY_NOT_DIGIT": string.ascii_letters,
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": string.ascii_letters + string.digits,
    "CATEGORY_WORD": string.ascii_letters + string.digits,
    "CATEGORY_NOT_WORD": " -.",
}


def matching(pattern: str, rng: random.Random) -> str | None:
    """Return a text in which `pattern` is found.

    Returns:
        None if the pattern cannot be read, or asks for more than is understood (conditions around
        the match, for example).
    """
    try:
        parsed = _parser.parse(pattern)
        made = _Writer(rng).all(parsed)
        return made if re.search(pattern, made) else None
    except (re.error, RecursionError, OverflowError, _NotUnderstood):
        return None


class _NotUnderstood(Exception):
    """The expression has a part that is not written here."""


class _Writer:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._groups: dict[int, str] = {}
        self._parts: Mapping[str, Callable[[Any], str]] = {
            "LITERAL": chr,
            "NOT_LITERAL": lambda code: self._one(c for c in _PRINTABLE if ord(c) != code),
            "ANY": lambda _: self._one(string.ascii_lowercase),
            "IN": self._class,
            "BRANCH": lambda found: self.all(self._rng.choice(found[1])),
            "SUBPATTERN": self._group,
            "GROUPREF": lambda number: self._groups.get(number, ""),
            "ATOMIC_GROUP": self.all,
            "MAX_REPEAT": self._repeat,
            "MIN_REPEAT": self._repeat,
            "POSSESSIVE_REPEAT": self._repeat,
            "AT": lambda _: "",
            "ASSERT": lambda _: "",  # what it wants is checked on the whole
            "ASSERT_NOT": lambda _: "",
        }

    def all(self, parsed: Iterable[tuple[Any, Any]]) -> str:
        """Write one part after another."""
        return "".join(self._part(str(op), value) for op, value in parsed)

    def _part(self, op: str, value: Any) -> str:
        write = self._parts.get(op)
        if write is None:
            raise _NotUnderstood(op)
        return write(value)

    def _group(self, found: Any) -> str:
        number, *_, inner = found
        text = self.all(inner)
        if number is not None:
            self._groups[number] = text
        return text

    def _repeat(self, found: Any) -> str:
        least, most, inner = found
        # A few more than the least is enough, and an expression cannot ask for megabytes.
        wanted = self._rng.randint(least, min(int(most), least + _MOST_REPEATS))
        return "".join(self.all(inner) for _ in range(wanted))

    def _class(self, members: Sequence[tuple[Any, Any]]) -> str:
        negated = str(members[0][0]) == "NEGATE"
        inside = "".join(self._members(members[1:] if negated else members))
        if not negated:
            return self._one(inside)
        return self._one(character for character in _PRINTABLE if character not in inside)

    @staticmethod
    def _members(members: Iterable[tuple[Any, Any]]) -> Iterable[str]:
        for op, value in members:
            match str(op):
                case "LITERAL":
                    yield chr(value)
                case "RANGE":
                    low, high = value
                    yield "".join(map(chr, range(low, min(high, low + 255) + 1)))
                case _:
                    yield _CATEGORIES.get(str(value), "")

    def _one(self, characters: Iterable[str]) -> str:
        allowed = "".join(characters)
        if not allowed:
            raise _NotUnderstood("a class without printable characters")
        return self._rng.choice(allowed)
