from __future__ import annotations

from typing import Any

import pytest

from steadystream import Backoff, InvalidRequest, Retries, Timeouts


@pytest.mark.parametrize("value", [-3, 0, "5", True, float("nan"), [1]])
@pytest.mark.parametrize("name", ["connect", "first_token", "idle", "total"])
def test_a_timeout_that_is_no_positive_number_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidRequest, match=rf"timeouts\.{name} must be .* got"):
        Timeouts(**{name: value})


@pytest.mark.parametrize("value", [0, -1, 1.5, "3", True])
def test_attempts_that_are_no_count_are_refused(value: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"retries\.attempts must be an integer from 1"):
        Retries(attempts=value)


@pytest.mark.parametrize("name", ["base", "cap"])
def test_a_negative_backoff_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match=rf"backoff\.{name} must be zero or more seconds"):
        Backoff(**{name: -1})
