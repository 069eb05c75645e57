"""Limits on requests, tokens and concurrency, with the countdown that providers put into headers.

Pure: the time is an argument. A bucket of `n` a minute refills evenly, so one request of ten
thousand a minute is back after 6 ms; that is how OpenAI's `x-ratelimit-reset-requests` moves.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from fake_openai import checks
from fake_openai.dialect import Dialect
from fake_openai.errors.refusals import Case, no_quota, over_limit, too_large, too_many_at_once

_MINUTE = 60.0
_BUCKETS_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What each key may ask of each model.

    Attributes:
        requests_per_minute: requests; None = no limit.
        tokens_per_minute: tokens of prompts, and the tokens that an answer may have at most where
            the request says so.
        concurrent: requests under way at once.
        quota: tokens of prompts and answers in all, of one key; after that every request is
            refused with `insufficient_quota`.

    Raises:
        TypeError: a limit is no whole number.
        ValueError: a limit is below 1.
    """

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    concurrent: int | None = None
    quota: int | None = None

    def __post_init__(self) -> None:
        for name in ("requests_per_minute", "tokens_per_minute", "concurrent", "quota"):
            value = getattr(self, name)
            checks.whole_number(name, value, optional=True)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be 1 or more, or None for no limit, got {value}")


@dataclass(slots=True)
class _Bucket:
    size: int
    left: float
    at: float

    def refill(self, now: float) -> None:
        gained = (now - self.at) * self.size / _MINUTE
        self.left, self.at = min(self.size, self.left + gained), now

    def wait(self, wanted: float) -> float:
        """Seconds until `wanted` of it are there."""
        return max(0.0, wanted - self.left) * _MINUTE / self.size


@dataclass(slots=True)
class _Account:
    requests: _Bucket | None
    tokens: _Bucket | None
    under_way: int = 0


class Ledger:
    """Counts what was asked, for each key and model.

    Args:
        limits: in force; may be replaced at any time, counting then begins anew.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._accounts: OrderedDict[tuple[str, str], _Account] = OrderedDict()
        self._used: dict[str, int] = {}

    def admit(self, now: float, key: str, model: str, tokens: int, dialect: Dialect) -> None:
        """Count a request that begins; `done` must follow.

        Args:
            now: seconds, of any clock that does not go back.
            key: who asks.
            model: what is asked.
            tokens: of the prompt, and of the answer at most if the request says so.
            dialect: in whose words it is refused.

        Raises:
            ApiError: a limit forbids the request; it is not counted then.
        """
        account, limits = self._account(now, key, model), self.limits
        if limits.quota is not None and self._used.get(key, 0) >= limits.quota:
            raise no_quota(dialect)
        if limits.concurrent is not None and account.under_way >= limits.concurrent:
            raise too_many_at_once(dialect, limits.concurrent)
        if account.tokens is not None and tokens > account.tokens.size:
            raise too_large(dialect, model, account.tokens.size, tokens)
        for kind, bucket, wanted in (
            ("requests", account.requests, 1),
            ("tokens", account.tokens, tokens),
        ):
            if bucket is not None and bucket.left < wanted:
                used = math.ceil(bucket.size - bucket.left)
                case = Case(model, kind, bucket.size, used, wanted, bucket.wait(wanted))
                raise over_limit(dialect, case)
        if account.requests is not None:
            account.requests.left -= 1
        if account.tokens is not None:
            account.tokens.left -= tokens
        account.under_way += 1

    def done(self, key: str, model: str, tokens: int) -> None:
        """Count the end of a request that was admitted; `tokens` is what it used in all."""
        account = self._accounts.get((key, model))
        if account is not None:
            account.under_way = max(0, account.under_way - 1)
        if self.limits.quota is not None:
            self._used[key] = self._used.get(key, 0) + tokens

    def headers(self, now: float, key: str, model: str, dialect: Dialect) -> Mapping[str, str]:
        """Return the `x-ratelimit-*` headers that tell how things stand."""
        told: dict[str, str] = {}
        if self.limits.requests_per_minute is None and self.limits.tokens_per_minute is None:
            return told
        account = self._account(now, key, model)
        for kind, bucket in (("requests", account.requests), ("tokens", account.tokens)):
            if bucket is not None:
                told[f"x-ratelimit-limit-{kind}"] = str(bucket.size)
                told[f"x-ratelimit-remaining-{kind}"] = str(max(0, math.floor(bucket.left)))
                told[f"x-ratelimit-reset-{kind}"] = _reset(bucket.wait(bucket.size), dialect)
        return told

    def _account(self, now: float, key: str, model: str) -> _Account:
        account = self._accounts.get((key, model))
        if account is None:
            limits = self.limits
            account = self._accounts[key, model] = _Account(
                _full(limits.requests_per_minute, now), _full(limits.tokens_per_minute, now)
            )
            if len(self._accounts) > _BUCKETS_KEPT:
                self._accounts.popitem(last=False)
        for bucket in (account.requests, account.tokens):
            if bucket is not None:
                bucket.refill(now)
        return account


def _full(size: int | None, now: float) -> _Bucket | None:
    return None if size is None else _Bucket(size, size, now)


def _reset(seconds: float, dialect: Dialect) -> str:
    if dialect.errors == "azure":
        return str(math.ceil(seconds * 1000))  # milliseconds, without a unit
    return duration(seconds)


def duration(seconds: float) -> str:
    """Write a time as OpenAI's headers do, in the form of Go's `time.Duration`.

    `6ms`, `8.64s`, `1m13.588s`, `20m52.666s`, `1h0m0s`; to the millisecond, `0s` for none.
    """
    left = math.ceil(round(seconds * 1000, 6))
    if left < 1000:  # noqa: PLR2004 (a second)
        return f"{left}ms" if left else "0s"
    hours, left = divmod(left, 3_600_000)
    minutes, left = divmod(left, 60_000)
    text = f"{hours}h" if hours else ""
    text += f"{minutes}m" if hours or minutes else ""
    return (
        f"{text}{left / 1000:g}s"
        if left % 1000 == 0
        else f"{text}{left / 1000:.3f}".rstrip("0") + "s"
    )
