"""The vocabularies of tiktoken: which are at hand, and which one a model has.

Nothing is downloaded: the package must be installed, and its file in `TIKTOKEN_CACHE_DIR`, or where
tiktoken keeps it by itself.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

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
NAMES = tuple(_FILES)

# What stands before the name: an organisation, or that it was fine-tuned.
_BEFORE = r"(?:ft:|openai/)*"
_NEW = r"(gpt-(4o|4\.[15]|[5-9]|oss)|chatgpt-4o|o[1-9])(?!\d)"
_OLD = r"(gpt-(4|3\.?5)(?![.\d])|text-embedding-(ada-002|3-)|(davinci|babbage)-002)"
_MODELS = (
    ("o200k_base", re.compile(_BEFORE + _NEW)),
    ("cl100k_base", re.compile(_BEFORE + _OLD)),
)


def of_model(model: str) -> str | None:
    """Return the name of the vocabulary of a model; None if it is not one of these."""
    for name, pattern in _MODELS:
        if pattern.match(model):
            return name
    return None


def load(name: str) -> Callable[[str], tuple[str, ...]]:
    """Return what cuts texts into the tokens of a vocabulary.

    Raises:
        ValueError: its data or the package is not at hand.
    """
    return _loaded(name, str(_folder()))


@lru_cache(4)
def _loaded(name: str, folder: str) -> Callable[[str], tuple[str, ...]]:
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

    return pieces


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


def _folder() -> Path:
    named = os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR")
    return Path(named) if named else Path(tempfile.gettempdir()) / "data-gym-cache"
