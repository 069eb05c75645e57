"""A small deterministic tokenizer: words and pieces of words.

It is nobody's vocabulary. It gives counts and chunk borders that look like a real model's: a word
with the space before it is one token, a long word several, punctuation one each.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PIECE = re.compile(
    r" ?[^\W\d_]{1,8}"  # a word, or eight letters of it, with the space before it
    r"| ?\d{1,3}"
    r"|\s+?(?= ?\S)|\s+"  # white space; the last blank belongs to the word after it
    r"| ?."
    r"|.",
    re.DOTALL,
)


@lru_cache(4096)
def split(text: str) -> tuple[str, ...]:
    """Return the tokens of `text`; joined, they are `text` again."""
    return tuple(_PIECE.findall(text))


def count(text: str) -> int:
    """Return how many tokens `text` has."""
    return len(split(text))
