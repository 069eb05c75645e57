"""Tokenizers: a small one of our own, and tiktoken where it is at hand.

Ours is nobody's vocabulary. It gives counts and chunk borders that look like a real model's: a word
with the space before it is one token, a long word several, punctuation one each; English comes to
some four characters a token, Chinese and Japanese to one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from . import vocabularies

_LATIN = "A-Za-z\u00aa-\u024f"
_ALPHABETS = "\u0370-\u1fff"  # Greek, Cyrillic, Hebrew, Arabic, Indic scripts and more
_PIECE = re.compile(
    rf" ?(?:(?![\d_\u00d7\u00f7])[{_LATIN}]){{1,8}}"  # a word, or eight letters of it
    rf"| ?(?:(?![\W\d_])[{_ALPHABETS}]){{1,4}}"
    r"| ?\d{1,3}"
    r"|\s+?(?= ?\S)|\s+"  # white space; the last blank belongs to the word after it
    r"| ?."
    r"|.",
    re.DOTALL,
)


@lru_cache(4096)
def _own(text: str) -> tuple[str, ...]:
    return tuple(_PIECE.findall(text))


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """A way to cut text into tokens.

    Attributes:
        name: `own`, `auto`, or that of a vocabulary of tiktoken.
        split: returns the tokens of a text; joined, they are the text again.
        by_model: of `auto`, returns the tokenizer for a model.
        at_hand: of `auto`, names of the tokenizers that it has.
    """

    name: str
    split: Callable[[str], tuple[str, ...]]
    by_model: Callable[[str], Tokenizer] | None = None
    at_hand: tuple[str, ...] = ()

    def count(self, text: str) -> int:
        """Return how many tokens `text` has."""
        return len(self.split(text))


OWN = Tokenizer("own", _own)
_in_force: ContextVar[Tokenizer] = ContextVar("tokenizer", default=OWN)


def use(tokenizer: Tokenizer) -> None:
    """Let `tokenizer` be in force for the task that serves a request."""
    _in_force.set(tokenizer)


def settle(model: str) -> str:
    """Let the tokenizer for `model` be in force, where that depends on it; return its name."""
    tokenizer = _in_force.get()
    if tokenizer.by_model is not None:
        tokenizer = tokenizer.by_model(model)
        _in_force.set(tokenizer)
    return tokenizer.name


def in_force() -> Tokenizer:
    """Return the tokenizer in force: ours, if nobody chose another one."""
    return _in_force.get()


def split(text: str) -> tuple[str, ...]:
    """Return the tokens of `text`; joined, they are `text` again."""
    return _in_force.get().split(text)


def count(text: str) -> int:
    """Return how many tokens `text` has."""
    return len(_in_force.get().split(text))


NAMES = ("own", "auto", *vocabularies.NAMES)


def find(name: str) -> Tokenizer:
    """Return the tokenizer called `name`: `own`, `auto`, `o200k_base` or `cl100k_base`.

    What `auto` has at hand is looked for now, and not again later.

    Raises:
        ValueError: there is none of that name, or its data is not at hand.
    """
    if name == "own":
        return OWN
    if name == "auto":
        return _auto()
    if name not in NAMES:
        raise ValueError(f"tokenizer must be one of {', '.join(NAMES)}, got {name!r}")
    return Tokenizer(name, vocabularies.load(name))


def _auto() -> Tokenizer:
    found: dict[str | None, Tokenizer] = {}
    for name in vocabularies.NAMES:
        with suppress(ValueError):  # not at hand
            found[name] = find(name)

    def by_model(model: str) -> Tokenizer:
        return found.get(vocabularies.of_model(model), OWN)

    return Tokenizer("auto", _own, by_model, tuple(one.name for one in (*found.values(), OWN)))
