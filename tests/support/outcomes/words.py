"""Promises in words, as the page says them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from fake_openai.dialects import DIALECTS
from support.outcomes.kinds import KINDS, Kind
from support.outcomes.promises import MENDING, RULES, Promise, Rule, promised
from support.outcomes.rows import Row

WORDS = {
    "unharmed": "whole",
    "again": "asked again",
    "goes on": "goes on",
    "ended": "ended",
    "as sent": "as sent",
    "fault": "fault",
    "told": "error told",
    "passed on": "untouched",
}
"""What stands in a cell for each outcome."""

RUNGS = {"exact_prefix": "exact prefix", "prefill": "prefill", "regenerate": "matched"}


@dataclass(frozen=True)
class Line:
    """What the page says of one fault at one place.

    Attributes:
        place: "" where it makes no difference.
        cells: for each kind.
        remarks: what the cells leave out.
    """

    place: str
    cells: tuple[str, ...]
    remarks: tuple[str, ...]


def lines_of(row: Row) -> Iterator[Line]:
    """Yield the lines of a fault: one, or two where its place matters."""
    both = [_line(row, place) for place in (("start", "middle") if row.breaks else ("middle",))]
    told = {"start": "before the first token", "middle": "in the middle"}
    if len(both) == 1 or both[0] == both[1]:
        yield both[0]
        return
    for place, line in zip(("start", "middle"), both, strict=True):
        yield Line(told[place], line.cells, line.remarks)


def _line(row: Row, place: str) -> Line:
    cells, remarks = [], {}
    for kind in KINDS:
        cell, told = _cell(row, place, kind)
        cells.append(cell)
        for remark in told:
            remarks.setdefault(remark, []).append(kind.name)
    mended = _is_mended(row, place)
    told = [_of_kinds(remark, kinds) for remark, kinds in remarks.items()]
    return Line("", tuple(cells), ("[how](#how-it-goes-on)", *told) if mended else tuple(told))


def _cell(row: Row, place: str, kind: Kind) -> tuple[str, list[str]]:
    """Return what stands in a cell, and what is to be remarked of it."""
    pairs = {
        dialect: tuple(
            promised(row.name, place, kind.name, dialect, shell)
            for shell in ("client", "middleware")
        )
        for dialect in DIALECTS
    }
    usual = Counter(pairs.values()).most_common(1)[0][0]
    remarks = [*dict.fromkeys(filter(None, map(_detail, usual)))]
    others: dict[tuple[Promise, ...], list[str]] = {}
    for dialect, pair in pairs.items():
        if _told(pair) != _told(usual):
            others.setdefault(pair, []).append(dialect)
    for pair, dialects in others.items():
        names = ", ".join(f"`{name}`" for name in dialects)
        details = "".join(f" ({detail})" for detail in dict.fromkeys(map(_detail, pair)) if detail)
        remarks.append(f"{names}: {_pair(pair)}{details}")
    return _pair(usual) + ("*" if others else ""), remarks


def _told(pair: tuple[Promise, ...]) -> list[tuple[str, str]]:
    return [(WORDS[promise.outcome], _detail(promise)) for promise in pair]


def _pair(pair: tuple[Promise, ...]) -> str:
    return " / ".join(dict.fromkeys(WORDS[promise.outcome] for promise in pair))


def _detail(promise: Promise) -> str:
    if promise.outcome == "fault":
        return f"`{promise.fault}`, gave up: `{promise.why}`"
    if promise.outcome == "ended":
        told = f"finish reason `{promise.finish}`"
        return told if promise.verdict == "complete" else f"{told}, verdict `{promise.verdict}`"
    if promise.outcome == "as sent" and promise.verdict != "complete":
        return f"verdict `{promise.verdict}`"
    return ""


def _of_kinds(remark: str, kinds: list[str]) -> str:
    return remark if len(kinds) == len(KINDS) else f"{', '.join(kinds)}: {remark}"


def _is_mended(row: Row, place: str) -> bool:
    def is_about(rule: Rule) -> bool:
        return row.name in rule.faults.split() and rule.place in ("", place) and not rule.dialects

    return next((rule.promise is None for rule in RULES if is_about(rule)), False)


def mended(dialect: str) -> tuple[str, ...]:
    """Return how answers of each kind go on in a dialect, once they broke in the middle."""
    return tuple(_way(_mending(kind.name, dialect)) for kind in KINDS)


def _mending(kind: str, dialect: str) -> Promise:
    cell = ("", "middle", kind, dialect, "client")
    return next(rule.promise for rule in MENDING if rule.fits(*cell) and rule.promise)


def _way(promise: Promise) -> str:
    if not promise.rung:
        return WORDS[promise.outcome]
    compared = ", compared" if promise.verified and promise.rung != "regenerate" else ""
    refused = ", once the server has refused" if promise.requests > 2 else ""
    return RUNGS[promise.rung] + compared + refused
