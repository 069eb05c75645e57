"""Goes through the body of a request by a rule, and refuses what the API would refuse."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from . import complaints
from .rules import Array, Either, Flag, Number, Record, Rule, Table, Tagged, Text, Whole


def check(
    value: Any, rule: Rule, path: str = "", *, strict: bool = True, old_words: bool = False
) -> None:
    """Check `value`, which stands at `path`, against `rule`.

    Args:
        value: decoded JSON.
        rule: what it may be.
        path: of the part, as errors name it; empty = the whole body.
        strict: whether unknown members and values are refused; lenient providers ignore them.
        old_words: whether unknown parameters of the whole body are refused in the words for models
            before GPT-5.

    Raises:
        ApiError: it is something else; `param` names the offending part.
    """
    _Walk(strict=strict, old_words=old_words).check(value, rule, path)


def known(value: Mapping[str, Any], rule: Record) -> None:
    """Check that `value`, a whole body, has none but known members.

    Raises:
        ApiError: it has one.
    """
    _Walk(strict=True, old_words=False).known(value, rule, "")


class _Walk:
    def __init__(self, *, strict: bool, old_words: bool) -> None:
        self._strict = strict
        self._old_words = old_words

    def check(self, value: Any, rule: Rule, path: str) -> None:
        """Check one part and those inside it; null has been looked at."""
        go = _CHECKS.get(type(rule))
        if go is not None:
            go(self, value, rule, path)

    def record(self, value: Any, rule: Record, path: str) -> None:
        """Check an object with known members."""
        _want(value, dict, rule, path)
        for name in rule.required:
            given = value.get(name) if rule.members[name].null == "absent" else name in value
            if given is None or given is False:
                raise complaints.missing(_member(path, name))
        if self._strict and not rule.open:
            self.known(value, rule, path)
        for name, inner in rule.members.items():
            if name not in value:
                continue
            part = value[name]
            if part is not None or inner.null == "wrong":
                self.check(part, inner, _member(path, name))

    def known(self, value: Mapping[str, Any], rule: Record, path: str) -> None:
        """Check that an object has none but known members."""
        others = [name for name in value if name not in rule.members]
        if not others:
            return
        if self._old_words and not path:
            raise complaints.unrecognized(others)
        missing = [name for name in rule.members if name not in value]
        near = sorted(get_close_matches(others[0], missing, n=2, cutoff=0.75))
        raise complaints.unknown(_member(path, others[0]), near)

    def tagged(self, value: Any, rule: Tagged, path: str) -> None:
        """Check an object of one kind or another."""
        _want(value, dict, rule, path)
        where = _member(path, rule.tag)
        if value.get(rule.tag) is None:
            raise complaints.missing(where)
        kind = value[rule.tag]
        choices = tuple(rule.variants)
        if not isinstance(kind, str):
            raise complaints.wrong_type(where, Text(choices=choices).called, kind)
        if kind in rule.variants:
            if self._strict or rule.firm:
                self.check(value, rule.variants[kind], path)
        elif self._strict or rule.firm:
            raise complaints.not_among(where, choices, kind)

    def table(self, value: Any, rule: Table, path: str) -> None:
        """Check an object with members of any name."""
        _want(value, dict, rule, path)
        if rule.most is not None and len(value) > rule.most:
            raise complaints.too_many(path, rule.most, len(value))
        for name, part in value.items():
            if rule.longest_name is not None and len(name) > rule.longest_name:
                raise complaints.long_name(path, name, rule.longest_name)
            if part is not None or rule.of.null == "wrong":
                self.check(part, rule.of, _member(path, name))

    def array(self, value: Any, rule: Array, path: str) -> None:
        """Check a list."""
        _want(value, list, rule, path)
        _length(len(value), rule, path, "array")
        for place, item in enumerate(value):
            self.check(item, rule.of, f"{path}[{place}]")

    def text(self, value: Any, rule: Text, path: str) -> None:
        """Check a text."""
        _want(value, str, rule, path)
        if rule.choices and value not in rule.choices and (self._strict or rule.firm):
            raise complaints.not_among(path, rule.choices, value)
        _length(len(value), rule, path, "string")
        if rule.pattern and self._strict and not re.search(rule.pattern, value):
            raise complaints.no_match(path, rule.pattern)

    def either(self, value: Any, rule: Either, path: str) -> None:
        """Check a part that may be of several JSON types."""
        for one in rule.rules:
            if isinstance(value, _TYPES[type(one)]) and not isinstance(value, bool):
                self.check(value, one, path)
                return
        raise complaints.wrong_type(path, rule.called, value)

    def number(self, value: Any, rule: Whole, path: str) -> None:
        """Check a number."""
        kinds = (int, float) if isinstance(rule, Number) else int
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise complaints.wrong_type(path, rule.called, value)
        kind = rule.called.split(" ")[-1]
        if rule.lowest is not None and not value >= rule.lowest:
            raise complaints.below(path, kind, rule.lowest, value)
        if rule.highest is not None and value > rule.highest:
            raise complaints.above(path, kind, rule.highest, value)

    def flag(self, value: Any, rule: Flag, path: str) -> None:
        """Check a boolean."""
        _want(value, bool, rule, path)


_TYPES: Mapping[type[Rule], Any] = {
    Text: str,
    Array: list,
    Record: dict,
    Tagged: dict,
    Table: dict,
    Whole: int,
    Number: (int, float),
}
_CHECKS: Mapping[type[Rule], Callable[[_Walk, Any, Any, str], None]] = {
    Record: _Walk.record,
    Tagged: _Walk.tagged,
    Table: _Walk.table,
    Array: _Walk.array,
    Text: _Walk.text,
    Either: _Walk.either,
    Whole: _Walk.number,
    Number: _Walk.number,
    Flag: _Walk.flag,
}


def _want(value: Any, kind: type, rule: Rule, path: str) -> None:
    if not isinstance(value, kind):
        raise complaints.wrong_type(path, rule.called, value)


def _length(length: int, rule: Array | Text, path: str, kind: str) -> None:
    if length < rule.shortest:
        raise complaints.too_short(path, kind, rule.shortest, length)
    if rule.longest is not None and length > rule.longest:
        raise complaints.too_long(path, kind, rule.longest, length)


def _member(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
