"""What a server says of its rate limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ms|us|\u00b5s|\u03bcs|ns|[dhms])")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Allowance:
    """One of the limits that a server keeps, as it stood at an answer.

    Attributes:
        limit: how much it allows at once.
        remaining: how much of it is left.
        reset: seconds until all of it is there again.
    """

    limit: int
    remaining: int
    reset: float

    @property
    def refill(self) -> float:
        """How much of it comes back in a second; infinite where nothing is missing."""
        missing = self.limit - self.remaining
        return missing / self.reset if self.reset > 0 and missing > 0 else float("inf")


def seconds_of(text: str) -> float | None:
    """Return the seconds that the reset header of an accepted answer names; None = none known.

    OpenAI, Groq and others write durations as Go does: `6m0s`, `1.5s`, `20ms`. Azure writes bare
    integers, which are milliseconds with an answer (with a 429 they are seconds, and `retry-after`
    says the same). Whoever writes a decimal point means seconds.
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else float(text) / 1000
    if not _DURATION.fullmatch(text):
        return None
    parts = (match.groups() for match in _PART.finditer(text))
    return sum(float(number) * _UNITS.get(unit, 1e-6) for number, unit in parts)


def allowance(headers: Mapping[str, str], what: str) -> Allowance | None:
    """Return one of the limits that an accepted answer names; None where part of it is missing.

    Args:
        headers: names in lower case.
        what: `requests` or `tokens`.
    """
    left = headers.get(f"x-ratelimit-remaining-{what}")
    if left is None:
        return None
    limit = headers.get(f"x-ratelimit-limit-{what}", "")
    reset = seconds_of(headers.get(f"x-ratelimit-reset-{what}", ""))
    if reset is None or not (left.isdecimal() and limit.isdecimal()):
        return None
    if not 0 < len(left) <= len(str(2**63)) or int(left) > int(limit):
        return None
    return Allowance(int(limit), int(left), reset)
