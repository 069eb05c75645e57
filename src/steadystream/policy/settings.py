"""Checks of settings that several policies share."""

from __future__ import annotations

import math

from steadystream.errors import InvalidRequest


def check_number(name: str, value: object, least: float, most: float = math.inf) -> None:
    """Raise `InvalidRequest` unless `value` is a finite number from `least` to `most`."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and least <= value <= most and value != math.inf:  # type: ignore[operator]
        return
    bounds = f"from {least:g}" + ("" if math.isinf(most) else f" to {most:g}")
    msg = f"{name} must be a number {bounds}, got {value!r}"
    raise InvalidRequest(msg)


def check_count(name: str, value: object) -> None:
    """Raise `InvalidRequest` unless `value` is an integer from 1."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        msg = f"{name} must be an integer from 1, got {value!r}"
        raise InvalidRequest(msg)


def check_span(name: str, value: object) -> None:
    """Raise `InvalidRequest` unless `value` is a positive, finite number of seconds."""
    if value is None or value == math.inf:
        msg = f"{name} must be a positive number of seconds, got {value!r}"
        raise InvalidRequest(msg)
    check_seconds(name, value)


def check_seconds(name: str, value: object, *, zero: bool = False) -> None:
    """Raise `InvalidRequest` unless `value` is None or a positive number of seconds."""
    if value is None:
        return
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or value != value or not (value > 0 or (zero and value == 0)):  # type: ignore[operator]  # noqa: PLR0124
        least = "zero or more" if zero else "a positive number of"
        msg = f"{name} must be {least} seconds or None for no limit, got {value!r}"
        raise InvalidRequest(msg)
