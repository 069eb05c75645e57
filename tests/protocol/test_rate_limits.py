from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.protocol.rate_limits import Allowance, allowance, seconds_of

HEADERS = {
    "x-ratelimit-limit-requests": "15000",
    "x-ratelimit-remaining-requests": "14999",
    "x-ratelimit-reset-requests": "4ms",
}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4ms", 0.004),
        ("1s", 1),
        ("0s", 0),
        ("6m0s", 360),
        ("2m59.56s", 179.56),
        ("1h2m3.5s", 3723.5),
        ("1d", 86400),
        ("150us", 0.00015),
        ("150\u00b5s", 0.00015),
        ("150\u03bcs", 0.00015),
        ("7ns", 7e-9),
        ("500", 0.5),
        ("33011.382", 33011.382),
        (" 1s ", 1),
        ("", None),
        ("-1s", None),
        ("soon", None),
        ("1s?", None),
        ("2026-01-01T00:00:00Z", None),
    ],
)
def test_the_time_of_a_reset(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == (None if seconds is None else pytest.approx(seconds))


@given(st.text(max_size=30))
def test_no_text_is_a_surprise(text: str) -> None:
    seconds = seconds_of(text)

    assert seconds is None or seconds >= 0


def test_an_allowance_is_read_from_three_headers() -> None:
    told = allowance(HEADERS, "requests")

    assert told == Allowance(15000, 14999, 0.004)
    assert told.refill == 250


@pytest.mark.parametrize("missing", HEADERS)
def test_an_allowance_of_which_a_header_is_missing_is_none(missing: str) -> None:
    assert allowance({k: v for k, v in HEADERS.items() if k != missing}, "requests") is None


@pytest.mark.parametrize("value", ["-1", "many", "", "15001", "9" * 5000])
def test_an_allowance_that_cannot_be_is_none(value: str) -> None:
    assert allowance(HEADERS | {"x-ratelimit-remaining-requests": value}, "requests") is None


def test_what_lacks_nothing_refills_at_once() -> None:
    assert Allowance(10, 10, 5).refill == float("inf")
