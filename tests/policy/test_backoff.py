from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.policy.backoff import Backoff, is_transient, retry_after

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@given(st.integers(1, 1000), st.integers())
def test_a_wait_is_never_longer_than_its_ceiling(failures: int, seed: int) -> None:
    backoff = Backoff(base=0.5, cap=8)

    seconds = backoff.seconds(failures, Random(seed))

    assert 0 <= seconds <= min(8, 0.5 * 2 ** min(failures - 1, 10))


def test_the_jitter_is_full() -> None:
    waits = [Backoff(base=1, cap=1).seconds(1, Random(seed)) for seed in range(200)]

    assert min(waits) < 0.1
    assert max(waits) > 0.9


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "20"}, 20),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "660"}, 0.66),
        ({"retry-after-ms": "660", "retry-after": "20"}, 0.66),
        ({"retry-after-ms": "soon", "retry-after": "20"}, 20),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "later"}, None),
        ({}, None),
    ],
)
def test_the_wait_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "headers", "code", "transient"),
    [
        (429, {}, "rate_limit_exceeded", True),
        (429, {}, "insufficient_quota", False),
        (500, {}, None, True),
        (503, {}, None, True),
        (529, {}, None, True),
        (408, {}, None, True),
        (409, {}, None, True),
        (400, {}, None, False),
        (401, {}, None, False),
        (404, {}, None, False),
        (501, {}, None, False),
        (400, {"x-should-retry": "true"}, None, True),
        (503, {"x-should-retry": "false"}, None, False),
        (302, {}, None, False),
    ],
)
def test_which_statuses_are_worth_another_try(
    status: int, headers: dict[str, str], code: str | None, transient: bool
) -> None:
    assert is_transient(status, headers, code) is transient
