"""The members with which providers hide the length of tokens."""

from __future__ import annotations

import random
from functools import lru_cache

from .ids import ALNUM

_MISTRAL = "abcdefghijklmnopqrstuvwxyz0123456789"
_POOL = 4096
STEP = 17
ROOM = _POOL - 16


@lru_cache(8)
def _pool(seed: int) -> str:
    return "".join(random.Random(seed).choices(ALNUM, k=_POOL))


class Padding:
    """Draws padding for one stream.

    The characters are cut from a pool, from a place that is random for each stream: drawing each of
    them would cost more than all the rest of an event.

    Args:
        rng: seeded chance.
        draws: whether `p` is asked for; else the generator, 2.5 KiB, is let go of.

    Attributes:
        pool: the characters.
        at: the place of the last cut.
    """

    def __init__(self, rng: random.Random, *, draws: bool = False) -> None:
        self._rng = rng if draws else None
        self.pool = _pool(rng.getrandbits(3))
        self.at = rng.randrange(_POOL)

    def obfuscation(self, length: int) -> str:
        """Return the value of `obfuscation` for a chunk.

        OpenAI pads the JSON without this member to a multiple of 16 characters.

        Args:
            length: characters of the chunk with an empty value, which itself costs 17.
        """
        self.at = start = (self.at + STEP) % ROOM
        return self.pool[start : start + (17 - length) % 16]

    def p(self) -> str:
        """Return Mistral's padding: the beginning of an alphabet, 1 to 36 characters."""
        assert self._rng is not None  # noqa: S101 (`draws` was given)
        return _MISTRAL[: int(self._rng.random() * 36) + 1]
