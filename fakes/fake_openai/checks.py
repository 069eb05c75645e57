"""Checks of arguments: what was expected and what came, said where the argument is given.

A test double that takes a wrong value for "nothing goes wrong" makes tests pass that should not.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .fault import Fault
from .number_checks import (
    at_least,
    boolean,
    finite,
    in_json,
    not_infinite,
    not_negative,
    number,
    probability,
    shown,
    whole_number,
)

__all__ = [
    "admin",
    "at_least",
    "boolean",
    "faults",
    "finite",
    "headers",
    "in_json",
    "instance",
    "keys",
    "not_infinite",
    "not_negative",
    "number",
    "one_line",
    "one_of",
    "probability",
    "shown",
    "sse_line",
    "text",
    "texts",
    "whole_number",
]

_A_FAULT = "expected a fault such as Cut(after=2)"


def one_of(name: str, value: Any, known: Iterable[str]) -> None:
    """Check that `value` is one of the words in `known`.

    Raises:
        TypeError: it is no text.
        ValueError: it is another word.
    """
    text(name, value)
    words = tuple(known)
    if value not in words:
        near = difflib.get_close_matches(value, words, 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"{name} must be one of {', '.join(words)}, got {shown(value)}{meant}")


def text(name: str, value: Any, *, optional: bool = False) -> None:
    """Check that `value` is text.

    Raises:
        TypeError: it is not.
    """
    if not isinstance(value, str) and not (optional and value is None):
        or_none = " or None" if optional else ""
        raise TypeError(f"{name} must be text{or_none}, got {shown(value)}")


def one_line(name: str, value: Any) -> None:
    """Check that `value` is text that can stand in a header.

    Raises:
        TypeError: it is no text.
        ValueError: it has a line break or a NUL in it (RFC 9110, 5.5).
    """
    text(name, value)
    if any(character in value for character in "\r\n\0"):
        raise ValueError(f"{name} must have no line break and no NUL, got {shown(value)}")


def sse_line(name: str, value: Any) -> None:
    """Check that `value` is one line of an event stream, and no blank one.

    Raises:
        TypeError: it is no text.
        ValueError: it is empty, or has a line break in it.
    """
    text(name, value)
    if not value or "\r" in value or "\n" in value:
        raise ValueError(f"{name} must be one line and not empty, got {shown(value)}")


def headers(name: str, value: Any) -> None:
    """Check that `value` is a mapping of header lines.

    Raises:
        TypeError: it is no mapping from text to text.
        ValueError: a name or a value has a line break in it.
    """
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping, got {shown(value)}")
    for pair in value.items():
        for part in pair:
            one_line(name, part)


def instance(name: str, value: Any, kind: type, *, optional: bool = False, hint: str = "") -> None:
    """Check that `value` is a `kind`.

    Raises:
        TypeError: it is not; `hint` says what may have been meant.
    """
    if not isinstance(value, kind) and not (optional and value is None):
        or_none = " or None" if optional else ""
        raise TypeError(f"{name} must be a {kind.__name__}{or_none}, got {shown(value)}{hint}")


def texts(name: str, value: Any) -> tuple[str, ...] | None:
    """Return `value`, a collection of texts or None, as a tuple.

    Raises:
        TypeError: it is not. One text would be taken for texts of one character each.
        ValueError: it is empty.
    """
    if value is None:
        return None
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise TypeError(f"{name} must be a list of texts, got {shown(value)}")
    given = tuple(value)
    for one in given:
        text(f"{name}: each of them", one)
    if not given:
        raise ValueError(f"{name} must have at least one text, got none")
    return given


def keys(value: Any) -> frozenset[str] | None:
    """Return `value`, a collection of keys or None, as a set; none of it is ever shown.

    Raises:
        TypeError: it is not. One text would be taken for keys of one character each.
        ValueError: it is empty.
    """
    if value is None:
        return None
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise TypeError(f"api_keys must be a list of texts, got one {type(value).__name__}")
    given = list(value)
    wrong = [type(key).__name__ for key in given if not isinstance(key, str)]
    if wrong:
        raise TypeError(f"api_keys must be a list of texts, got {wrong[0]} in it")
    if not given:
        raise ValueError("api_keys must have at least one key, got none; None = any key")
    return frozenset(given)


def admin(value: Any) -> None:
    """Check that `value` says who may use the admin API: a token, a boolean or None.

    Raises:
        TypeError: it is something else; it is not shown.
        ValueError: an empty token.
    """
    if value is not None and not isinstance(value, (bool, str)):
        raise TypeError(f"admin must be a token, a boolean or None, got a {type(value).__name__}")
    if value == "":
        raise ValueError("admin must be a token that is not empty")


def faults(where: str, value: Any) -> tuple[Fault, ...]:
    """Return `value`, one fault or several, as a tuple.

    Raises:
        TypeError: it is, or holds, something else.
    """
    if value == ():
        return ()
    if isinstance(value, Fault):
        return (value,)
    if isinstance(value, str) or not isinstance(value, Sequence):
        came = f"{_A_FAULT}, or a tuple of faults, got {shown(value)}"
        raise TypeError(f"{where}: {came}")
    for one in value:
        if not isinstance(one, Fault):
            raise TypeError(f"{where}: {_A_FAULT}, got {shown(one)}")
    return tuple(value)
