"""A fault that strikes some requests and not others."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from fake_openai import checks
from fake_openai.fault import Fault


@dataclass(frozen=True, slots=True, repr=False)
class Chance(Fault):
    """`fault` strikes a request with a probability, otherwise nothing is wrong with it.

    Chance is seeded for each request by conversation and attempt: the order in which requests
    arrive does not matter. For a place left to chance see `each` of the faults in the stream.

    Attributes:
        fault: what may happen.
        probability: above 0 and at most 1.

    Raises:
        TypeError: no fault, or no number.
        ValueError: the probability is out of range.
    """

    fault: Fault
    probability: float

    def __post_init__(self) -> None:
        if isinstance(self.fault, Chance) or not isinstance(self.fault, Fault):
            came = checks.shown(self.fault)
            raise TypeError(f"Chance needs a fault such as Cut(after=2), got {came}")
        checks.probability("probability of Chance", self.probability)

    def to_json(self) -> dict[str, Any]:
        """Return the fault as JSON, with its probability."""
        return {**self.fault.to_json(), "probability": self.probability}


def drawn(faults: tuple[Fault, ...], rng: random.Random) -> tuple[Fault, ...]:
    """Return the faults that strike this time, in their order."""
    struck: list[Fault] = []
    for fault in faults:
        if not isinstance(fault, Chance):
            struck.append(fault)
        elif rng.random() < fault.probability:
            struck.append(fault.fault)
    return tuple(struck)
