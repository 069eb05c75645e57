"""Tokenizers: a small one of our own, and tiktoken where it is at hand.

Ours is nobody's vocabulary. It gives counts and chunk borders that look like a real model's: a word
with the space before it is one token, a long word several, punctuation one each; English comes to
some four characters a token, Chinese and Japanese to one.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

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
        name: `own`, or that of an encoding of tiktoken.
        split: returns the tokens of a text; joined, they are the text again.
    """

    name: str
    split: Callable[[str], tuple[str, ...]]

    def count(self, text: str) -> int:
        """Return how many tokens `text` has."""
        return len(self.split(text))


OWN = Tokenizer("own", _own)
_in_force: ContextVar[Tokenizer] = ContextVar("tokenizer", default=OWN)


def use(tokenizer: Tokenizer) -> None:
    """Let `tokenizer` be in force for the task that serves a request."""
    _in_force.set(tokenizer)


def in_force() -> Tokenizer:
    """Return the tokenizer in force: ours, if nobody chose another one."""
    return _in_force.get()


def split(text: str) -> tuple[str, ...]:
    """Return the tokens of `text`; joined, they are `text` again."""
    return _in_force.get().split(text)


def count(text: str) -> int:
    """Return how many tokens `text` has."""
    return len(_in_force.get().split(text))


# Names and digests of the files in which tiktoken keeps its vocabularies.
_FILES = {
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}
NAMES = ("own", *_FILES)


def find(name: str) -> Tokenizer:
    """Return the tokenizer called `name`: `own`, `o200k_base` or `cl100k_base`.

    Nothing is downloaded: tiktoken must be installed and its file in `TIKTOKEN_CACHE_DIR`, or where
    tiktoken keeps it by itself.

    Raises:
        ValueError: there is none of that name, or its data is not at hand.
    """
    if name == "own":
        return OWN
    if name not in _FILES:
        raise ValueError(f"tokenizer must be one of {', '.join(NAMES)}, got {name!r}")
    return _tiktoken(name, str(_cache_folder()))


@lru_cache(4)
def _tiktoken(name: str, folder: str) -> Tokenizer:
    file, digest = _FILES[name]
    path = Path(folder) / file
    # A file that is wrong would be fetched anew; so it is looked at first.
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise ValueError(
            f"tokenizer {name!r} needs its data in {folder} (TIKTOKEN_CACHE_DIR); there is none"
        )
    try:
        encoding: Any = import_module("tiktoken").get_encoding(name)
    except ImportError:
        raise ValueError(f"tokenizer {name!r} needs the package tiktoken") from None

    @lru_cache(4096)
    def pieces(text: str) -> tuple[str, ...]:
        return tuple(_whole(encoding, text))

    return Tokenizer(name, pieces)


def _whole(encoding: Any, text: str) -> list[str]:
    """Return the tokens of `text`; those that share a character stand together."""
    found: list[str] = []
    held = b""
    # Lone surrogates are no UTF-8; tiktoken has its own replacement, which would not join again.
    for number in encoding.encode_ordinary(text.encode("utf-8", "replace").decode()):
        held += encoding.decode_single_token_bytes(number)
        try:
            found.append(held.decode())
        except UnicodeDecodeError:
            continue
        held = b""
    return found


def _cache_folder() -> Path:
    named = os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR")
    return Path(named) if named else Path(tempfile.gettempdir()) / "data-gym-cache"
