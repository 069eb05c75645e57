"""How long the model takes."""

from __future__ import annotations

import random
from dataclasses import dataclass

from . import checks


@dataclass(frozen=True, slots=True)
class Latency:
    """Time between the request and the first token, and between tokens.

    Attributes:
        first_token: seconds before the first chunk.
        between: seconds between chunks.
        jitter: share by which each wait may be shorter or longer, evenly spread: 0.1 is 10 percent.

    Raises:
        TypeError: a value is no number.
        ValueError: a time is negative, or the jitter is not between 0 and 1.
    """

    first_token: float = 0.0
    between: float = 0.0
    jitter: float = 0.0

    def __post_init__(self) -> None:
        for name in ("first_token", "between"):
            checks.number(name, getattr(self, name))
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be 0 s or more, got {getattr(self, name):g}")
        checks.number("jitter", self.jitter)
        if not 0 <= self.jitter <= 1:
            raise ValueError(f"jitter must be between 0 and 1, got {self.jitter:g}")

    def first(self, rng: random.Random) -> float:
        """Return the wait before the first chunk, in seconds."""
        return self._spread(self.first_token, rng)

    def next(self, rng: random.Random) -> float:
        """Return a wait between two chunks, in seconds."""
        return self._spread(self.between, rng)

    def _spread(self, seconds: float, rng: random.Random) -> float:
        if not self.jitter or not seconds:
            return seconds
        return seconds * (1 + self.jitter * rng.uniform(-1, 1))
