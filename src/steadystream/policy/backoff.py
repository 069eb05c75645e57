"""How long to wait before the next attempt."""

from __future__ import annotations

import email.utils
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from steadystream.errors import InvalidRequest

from .clock import check_seconds


class Dice(Protocol):
    """Where chance comes from: a `random.Random`, seeded or not."""

    def uniform(self, a: float, b: float) -> float:
        """Return a number between `a` and `b`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Exponential backoff with full jitter: any time between 0 and the ceiling is equally likely.

    Full jitter spreads clients that failed together better than a fixed wait with a little jitter
    (AWS Architecture Blog, "Exponential Backoff And Jitter").

    Attributes:
        base: ceiling of the first wait, seconds.
        cap: ceiling of any wait, seconds.
    """

    base: float = 0.5
    cap: float = 8.0

    def __post_init__(self) -> None:
        for name in ("base", "cap"):
            if getattr(self, name) is None:
                msg = f"backoff.{name} must be zero or more seconds, got None"
                raise InvalidRequest(msg)
            check_seconds(f"backoff.{name}", getattr(self, name), zero=True)

    def seconds(self, failures: int, dice: Dice) -> float:
        """Return the wait after `failures` failures in a row (from 1)."""
        ceiling = min(self.cap, self.base * 2.0 ** min(failures - 1, 32))
        return dice.uniform(0.0, ceiling)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that the server asks to wait; None when it does not say or says nonsense.

    Args:
        headers: response headers, names in lower case.
        now: the time, with zone, against which an HTTP-date is read.

    Source: RFC 9110, 10.2.3 (seconds or HTTP-date); `retry-after-ms` as OpenAI and Azure send it.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    return seconds if seconds is not None else _until(text, now)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _until(text: str | None, now: datetime) -> float | None:
    try:
        when = email.utils.parsedate_to_datetime(text or "")
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


RETRYABLE = frozenset({408, 409, 425, 429})
NEVER = frozenset({501, 505, 511})
"""Server errors that say what the server cannot do at all."""


def is_transient(status: int, headers: Mapping[str, str], code: object = None) -> bool:
    """Say whether a request that was answered with `status` may be sent again.

    `x-should-retry` decides where the server sends it. An exhausted quota and a request that is
    larger than the limit come as 429 too, but no wait helps against them.

    Source: openai-python `_base_client.py` (408, 409, 429, 5xx and the header); OpenAI error codes.
    """
    told = headers.get("x-should-retry", "").lower()
    if told in {"true", "false"}:
        return told == "true"
    if code == "insufficient_quota":
        return False
    return status in RETRYABLE or (status >= 500 and status not in NEVER)  # noqa: PLR2004
