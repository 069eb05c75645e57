"""How a wait is spread: times as values, drawn with seeded chance."""

from __future__ import annotations

import itertools
import json
import math
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Self

from fake_openai import checks

_SEPARATORS = re.compile(r"[\s,;]+")


class Distribution(ABC):
    """A time in seconds that differs from one draw to the next."""

    __slots__ = ()

    @abstractmethod
    def draw(self, rng: random.Random) -> float:
        """Return one time in seconds."""

    def stream(self, rng: random.Random) -> Iterator[float]:
        """Yield one time after another for one answer, for ever."""
        while True:
            yield self.draw(rng)


@dataclass(frozen=True, slots=True)
class Fixed(Distribution):
    """Always the same.

    Attributes:
        seconds: the time; may be infinite.
    """

    seconds: float

    def __post_init__(self) -> None:
        checks.not_negative("seconds of Fixed", self.seconds)

    def draw(self, rng: random.Random) -> float:  # noqa: ARG002
        """Return the time in seconds."""
        return self.seconds


@dataclass(frozen=True, slots=True)
class Uniform(Distribution):
    """Evenly spread.

    Attributes:
        low: the shortest, in seconds.
        high: the longest.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        checks.finite("low of Uniform", self.low)
        checks.finite("high of Uniform", self.high)
        if self.low > self.high:
            raise ValueError(f"Uniform needs low <= high, got {self.low:g} and {self.high:g}")

    def draw(self, rng: random.Random) -> float:
        """Return one time in seconds."""
        return rng.uniform(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Normal(Distribution):
    """Spread as a bell, of which what lies below 0 is cut off.

    Attributes:
        mean: the middle of the whole bell, in seconds.
        sd: its standard deviation, in seconds.
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        checks.finite("mean of Normal", self.mean)
        checks.finite("sd of Normal", self.sd)

    def draw(self, rng: random.Random) -> float:
        """Return one time in seconds."""
        # At least half of the bell is above 0, so that few draws are in vain.
        while (drawn := rng.gauss(self.mean, self.sd)) < 0:
            pass
        return drawn


@dataclass(frozen=True, slots=True)
class Lognormal(Distribution):
    """Never 0, most near the median, a few far longer: how network services behave.

    Attributes:
        median: half of the times are shorter, in seconds.
        sigma: standard deviation of the logarithm; 0.5 puts one in twenty above 2.3 medians.
    """

    median: float
    sigma: float

    def __post_init__(self) -> None:
        checks.finite("median of Lognormal", self.median)
        checks.finite("sigma of Lognormal", self.sigma)
        if self.sigma > 10:  # noqa: PLR2004 (e to the 50th is an age already)
            raise ValueError(f"sigma of Lognormal must be at most 10, got {self.sigma:g}")

    def draw(self, rng: random.Random) -> float:
        """Return one time in seconds."""
        return self.median * math.exp(self.sigma * rng.gauss(0, 1))


@dataclass(frozen=True, slots=True)
class Recorded(Distribution):
    """Times that were measured.

    Within one answer they come in their order, from the start again after the last. Where one time
    is wanted for an answer, as before its first token, one of them is drawn.

    Attributes:
        times: seconds each, at least one.
    """

    times: Sequence[float]

    def __post_init__(self) -> None:
        if isinstance(self.times, str) or not isinstance(self.times, Sequence):
            raise TypeError(f"times of Recorded must be a list, got {checks.shown(self.times)}")
        for time in self.times:
            checks.finite("a time of Recorded", time)
        if not self.times:
            raise ValueError("Recorded needs at least one time, got none")
        object.__setattr__(self, "times", tuple(self.times))

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Self:
        """Return the times in a file: a JSON list, or numbers between spaces, commas or lines.

        What follows a `#` on a line is a remark.

        Raises:
            OSError: the file cannot be read.
            ValueError: something in it is no time.
        """
        text = Path(path).read_text(encoding="utf-8")
        try:
            if text.lstrip().startswith("["):
                return cls(json.loads(text))
            lines = (line.partition("#")[0] for line in text.splitlines())
            words = _SEPARATORS.split(" ".join(lines).strip())
            return cls([float(word) for word in words if word])
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path}: expected a list of times in seconds: {error}") from None

    def draw(self, rng: random.Random) -> float:
        """Return one of the times."""
        return rng.choice(self.times)

    def stream(self, rng: random.Random) -> Iterator[float]:  # noqa: ARG002
        """Yield the times in their order, for ever."""
        return itertools.cycle(self.times)
