"""Vectors for texts: always the same for a text, and near for texts that share words."""

from __future__ import annotations

import hashlib
import math
import re
import struct
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from operator import add, sub

_WORD = re.compile(r"\w+|[^\w\s]")
# Words that say nothing of what a text is about; signs do not, either.
_LITTLE = frozenset(
    _WORD.findall(
        "a an and are as at be but by can did do does for from had has have he her him his how"
        " i if in into is it its me my no not of on or our she so than that the their them then"
        " there they this to was we were what when where which who why will with would you your"
    )
)


def embed(text: str, dimensions: int) -> list[float]:
    """Return the vector of `text`, of length 1.

    The angle between two vectors follows from the words of the texts, whatever their order and
    case. A vector of fewer dimensions is the beginning of a longer one, made length 1 again.
    """
    words = Counter(word.lower() for word in _WORD.findall(text))
    total: Sequence[float] = [0.0] * dimensions
    for word, count in sorted(words.items()):
        weight = math.sqrt(count) * (1.0 if _says(word) else 0.2)
        total = list(map(add, total, [weight * value for value in _word(word, dimensions)]))
    if not words:
        total = _word(text, dimensions)
    length = math.sqrt(math.fsum(value * value for value in total))
    return [_float32(value / length) for value in total]


def base64(vector: Sequence[float]) -> str:
    """Return `vector` as the API encodes it: little-endian float32, in base64."""
    return b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _says(word: str) -> bool:
    return word not in _LITTLE and word[0].isalnum()


@lru_cache(4096)
def _word(word: str, dimensions: int) -> tuple[float, ...]:
    # The sum of two bytes is nearly enough distributed like the normal.
    raw = hashlib.shake_256(word.encode("utf-8", "surrogatepass")).digest(dimensions * 2)
    return tuple(map(float, map(sub, raw[::2], raw[1::2])))


def _float32(value: float) -> float:
    single: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return single
