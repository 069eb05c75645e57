"""Checks of numbers among arguments; see `checks`."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_LONGEST = 300
_as_json: ContextVar[bool] = ContextVar("as_json", default=False)


@contextmanager
def in_json() -> Iterator[None]:
    """Let messages show values as JSON meanwhile: `null`, not `None`."""
    before = _as_json.set(True)
    try:
        yield
    finally:
        _as_json.reset(before)


def shown(value: object) -> str:
    """Return `value` as messages show it; a class is called one, as its parentheses were lost."""
    if _as_json.get():
        return _json(value)
    return f"the class {value.__name__}" if isinstance(value, type) else repr(value)


def _json(value: object) -> str:
    if isinstance(value, float) and math.isinf(value):
        return '"inf"'  # so it is told, as JSON has no such number
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def whole_number(name: str, value: Any, *, optional: bool = False) -> None:
    """Check that `value` is an integer; a boolean is none.

    Raises:
        TypeError: it is not.
    """
    if (optional and value is None) or (isinstance(value, int) and not isinstance(value, bool)):
        return
    or_none = " or None" if optional else ""
    raise TypeError(f"{name} must be a whole number{or_none}, got {shown(value)}")


def number(name: str, value: Any) -> None:
    """Check that `value` is a number; a boolean is none.

    Raises:
        TypeError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number, got {shown(value)}")


def not_negative(name: str, value: Any) -> None:
    """Check that `value` is a number, and not below 0.

    Raises:
        TypeError: it is no number.
        ValueError: it is below 0, or NaN.
    """
    number(name, value)
    if not value >= 0:
        raise ValueError(f"{name} must be 0 or more, got {shown(value)}")


def at_least(least: int, name: str, value: Any) -> None:
    """Check that `value` is an integer, and not below `least`.

    Raises:
        TypeError: it is no integer.
        ValueError: it is below.
    """
    whole_number(name, value)
    if value < least:
        raise ValueError(f"{name} must be {least} or more, got {value}")


def finite(name: str, value: Any) -> None:
    """Check that `value` is a number, not below 0 and not infinite.

    Raises:
        TypeError: it is no number.
        ValueError: it is out of range.
    """
    not_negative(name, value)
    if math.isinf(value):
        raise ValueError(f"{name} must be finite, got {shown(value)}")


def probability(name: str, value: Any) -> None:
    """Check that `value` is a number above 0 and at most 1.

    Raises:
        TypeError: it is no number.
        ValueError: it is out of range.
    """
    number(name, value)
    if not 0 < value <= 1:
        raise ValueError(f"{name} must be above 0 and at most 1, got {shown(value)}")


def boolean(name: str, value: Any) -> None:
    """Check that `value` is true or false.

    Raises:
        TypeError: it is neither.
    """
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be true or false, got {shown(value)}")


def not_infinite(name: str, value: float) -> None:
    """Check that `value` is finite.

    Raises:
        ValueError: it is infinite or NaN.
    """
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {shown(value)}")
