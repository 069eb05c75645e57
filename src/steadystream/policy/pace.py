"""How fast to send: no faster than the server lets us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from steadystream.protocol.rate_limits import Allowance, allowance

from .settings import check_count, check_number, check_span
from .tally import Tally

_SLOWER = 0.5
_DOUBLINGS = 3
"""So often the rate doubles before the pace is let go: at four times the rate that was too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How the rate of sending follows what the server says, for each model, host and key.

    After a 429 nobody sends before the time that it asks for, unless another attempt is accepted
    meanwhile. A client that sends much and is refused often goes on at half the rate it had, which
    doubles every `window` until it is four times what was too much. And while the server says in
    `x-ratelimit-*` that little is left, attempts go as it refills.

    Attributes:
        window: seconds over which the rate is measured, and in which it doubles again.
        busy: attempts within the window from which on a 429 slows the others down; with fewer, the
            waits between the attempts of each answer are enough.
        share: of these that has to be refused with 429 before the others are slowed down.
        longest_wait: seconds that an attempt may wait for its turn; beyond it, it fails with
            `RateLimited`.
    """

    window: float = 10.0
    busy: int = 10
    share: float = 0.2
    longest_wait: float = 60.0

    def __post_init__(self) -> None:
        check_span("pace.window", self.window)
        check_count("pace.busy", self.busy)
        check_number("pace.share", self.share, 0, 1)
        check_span("pace.longest_wait", self.longest_wait)


class Lane:
    """The pace of one upstream. Does no I/O; every `now` is of one clock that goes forward.

    Attributes:
        settings: how the rate follows.
        waiting: attempts that stand in line.
    """

    def __init__(self, settings: Pace) -> None:
        self.settings = settings
        self.waiting = 0
        self._sent = Tally(settings.window)
        self._refused = Tally(settings.window)
        self._closed_until = float("-inf")
        self._last = float("-inf")
        self._rate: float | None = None
        self._slowed_at = float("-inf")
        self._allowances: dict[str, _Bucket] = {}

    @property
    def counts_tokens(self) -> bool:
        """Whether the server is so short of tokens that those of a request matter."""
        return "tokens" in self._allowances

    def is_free(self, now: float) -> bool:
        """Say whether an attempt may be sent at once, and nothing has to be reckoned for that."""
        return (
            self._rate is None
            and not self._allowances
            and not self.waiting
            and self._closed_until <= now
        )

    def due(self, now: float, tokens: int = 0) -> float:
        """Return when the next attempt may be sent, `now` or later.

        Args:
            now: the time.
            tokens: what the request will be counted as, where `counts_tokens` asks for it.
        """
        due = max(now, self._closed_until)
        if self._rate is not None:
            due = max(due, self._last + self._interval(now))
        for what, bucket in self._allowances.items():
            due = max(due, bucket.when(1 if what == "requests" else tokens))
        return due

    def expected(self, now: float, tokens: int = 0) -> float:
        """Return the seconds that an attempt which joins the line at `now` will about wait."""
        each = self._interval(now) if self._rate is not None else 0.0
        requests = self._allowances.get("requests")
        if requests is not None:
            each = max(each, requests.interval)
        return self.due(now, tokens) - now + self.waiting * each

    def take(self, now: float, tokens: int = 0) -> None:
        """Note that an attempt is sent at `now`."""
        self._sent.add(now)
        self._last = now
        for what, bucket in self._allowances.items():
            bucket.take(now, 1 if what == "requests" else tokens)

    def accepted(self, now: float, headers: Mapping[str, str]) -> None:
        """Note what the headers of an accepted attempt say of the limits.

        Args:
            now: the time.
            headers: names in lower case.
        """
        self._closed_until = float("-inf")  # it cannot be so bad
        for what in ("requests", "tokens"):
            told = allowance(headers, what)
            # Only what runs short is looked at: a quarter is left for what is under way.
            if told is None or told.remaining * 4 > told.limit:
                self._allowances.pop(what, None)
            else:
                self._allowances[what] = _Bucket(told, now)

    def rejected(self, now: float, sent: float, retry_after: float | None) -> None:
        """Note a 429 to an attempt that was sent at `sent`."""
        if retry_after:
            self._closed_until = max(self._closed_until, now + retry_after)
        self._refused.add(now)
        attempts = self._sent.total(now)
        often = self._refused.total(now) >= self.settings.share * attempts
        # What was sent before the rate was lowered says nothing of the lower rate.
        if often and sent >= self._slowed_at and attempts >= self.settings.busy:
            self._rate = attempts / self.settings.window * _SLOWER
            self._slowed_at = now

    def _interval(self, now: float) -> float:
        """Return the seconds between attempts; forgets the rate once it has grown back."""
        doublings = (now - self._slowed_at) / self.settings.window
        if self._rate is None or doublings >= _DOUBLINGS:
            self._rate = None
            return 0.0
        return float(1 / (self._rate * 2.0**doublings))


class _Bucket:
    """What is left of an allowance that refills all the time."""

    def __init__(self, told: Allowance, now: float) -> None:
        self._limit = told.limit
        self._refill = told.refill
        self._left = float(told.remaining)
        self._seen = now

    @property
    def interval(self) -> float:
        """Seconds in which one comes back."""
        return 1 / self._refill

    def when(self, amount: int) -> float:
        """Return when `amount` is there; more than there ever is counts as all of it."""
        missing = min(amount, self._limit) - self._left
        return self._seen + missing / self._refill if missing > 0 else float("-inf")

    def take(self, now: float, amount: int) -> None:
        """Take `amount` at `now`."""
        since = max(0.0, now - self._seen)
        grown = since * self._refill if since else 0.0
        self._left = min(self._limit, self._left + grown) - min(amount, self._limit)
        self._seen = max(self._seen, now)
