"""How long the model takes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from fake_openai import checks
from fake_openai.keeping.load import Load

from .distributions import Distribution

Time: TypeAlias = float | Distribution

TIMES = ("first_token", "between", "per_prompt_token")


@dataclass(frozen=True, slots=True)
class Latency:
    """Time before the first token, between tokens and for each token of the prompt.

    Times are seconds, or a distribution such as `Lognormal(median=0.3, sigma=0.5)`.

    Attributes:
        first_token: before the first chunk.
        between: between chunks.
        jitter: share by which each wait may be shorter or longer, evenly spread: 0.1 is 10 percent.
        per_prompt_token: added to the wait for the first chunk, times the tokens of the prompt.
        load: what requests at once do to each other; None = nothing.

    Raises:
        TypeError: a value is of the wrong kind.
        ValueError: a time is negative, or the jitter is not between 0 and 1.
    """

    first_token: Time = 0.0
    between: Time = 0.0
    jitter: float = 0.0
    per_prompt_token: Time = 0.0
    load: Load | None = None

    def __post_init__(self) -> None:
        for name in TIMES:
            _check_time(name, getattr(self, name))
        checks.number("jitter", self.jitter)
        if not 0 <= self.jitter <= 1:
            raise ValueError(f"jitter must be between 0 and 1, got {self.jitter:g}")
        checks.instance("load", self.load, Load, optional=True)

    @property
    def instant(self) -> bool:
        """Whether nothing ever waits."""
        waits = self.load or self.first_token or self.between or self.per_prompt_token
        return not waits

    @property
    def varies(self) -> bool:
        """Whether any time is drawn."""
        drawn = any(isinstance(getattr(self, name), Distribution) for name in TIMES)
        return drawn or bool(self.jitter)

    def first(self, rng: random.Random, prompt_tokens: int = 0) -> float:
        """Return the wait before the first chunk, in seconds."""
        seconds = self._spread(_drawn(self.first_token, rng), rng)
        if self.per_prompt_token and prompt_tokens:
            seconds += self._spread(_drawn(self.per_prompt_token, rng) * prompt_tokens, rng)
        return seconds

    def next(self, rng: random.Random) -> float:
        """Return a wait between two chunks, in seconds."""
        return self._spread(_drawn(self.between, rng), rng)

    def gaps(self, rng: random.Random) -> Iterator[float]:
        """Yield the waits between the chunks of one answer, in seconds, for ever."""
        between = self.between
        if isinstance(between, Distribution):
            return (self._spread(seconds, rng) for seconds in between.stream(rng))
        return (self._spread(between, rng) for _ in iter(int, 1))

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` makes this of again; what is as it is by default is left out."""
        from .notation import to_json  # noqa: PLC0415 (it knows this class)

        return to_json(self)

    def _spread(self, seconds: float, rng: random.Random) -> float:
        if not self.jitter or not seconds:
            return seconds
        return seconds * (1 + self.jitter * rng.uniform(-1, 1))


def _drawn(time: Time, rng: random.Random) -> float:
    return time.draw(rng) if isinstance(time, Distribution) else time


def _check_time(name: str, value: Any) -> None:
    if isinstance(value, Distribution):
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        expected = "a number of seconds or a distribution such as Uniform(0.1, 0.3)"
        raise TypeError(f"{name} must be {expected}, got {checks.shown(value)}")
    if not value >= 0:
        raise ValueError(f"{name} must be 0 s or more, got {value:g}")
