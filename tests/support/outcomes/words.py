"""Promises in words, as the page says them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from fake_openai.dialects import DIALECTS
from support.outcomes.kinds import KINDS, Kind
from support.outcomes.promises import MENDING, Promise, promised
from support.outcomes.rows import Row

WORDS = {
    "unharmed": "whole",
    "again": "again",
    "goes on": "goes on",
    "ended": "ended",
    "as sent": "as sent",
    "fault": "fault",
    "told": "told",
    "passed on": "as is",
}
"""What stands in a cell for each outcome."""

RUNGS = {
    "exact_prefix": "exact prefix",
    "prefill": "prefill",
    "regenerate": "matched",
    "cursor": "cursor",
}


@dataclass(frozen=True)
class Line:
    """What the page says of one fault at one place.

    Attributes:
        place: "" where it makes no difference.
        cells: for each kind.
        notes: what the cells leave out.
    """

    place: str
    cells: tuple[str, ...]
    notes: tuple[str, ...]


def lines_of(row: Row) -> Iterator[Line]:
    """Yield the lines of a fault: one, or two where its place matters."""
    both = [_line(row, place) for place in (("start", "middle") if row.breaks else ("middle",))]
    told = {"start": "before the first token", "middle": "in the middle"}
    if len(both) == 1 or both[0] == both[1]:
        yield both[0]
        return
    for place, line in zip(("start", "middle"), both, strict=True):
        yield Line(told[place], line.cells, line.notes)


def _line(row: Row, place: str) -> Line:
    cells, notes = [], dict[str, dict[Kind, frozenset[str]]]()
    for kind in KINDS:
        cell, told = _cell(row, place, kind)
        cells.append(cell)
        for text, dialects in told.items():
            notes.setdefault(text, {})[kind] = dialects
    return Line("", tuple(cells), tuple(chain(*(_notes(*each) for each in notes.items()))))


def _cell(row: Row, place: str, kind: Kind) -> tuple[str, dict[str, frozenset[str]]]:
    """Return what stands in a cell, and what is noted of it, with the dialects it is noted of."""
    pairs = {
        dialect: tuple(
            promised(row.name, place, kind.name, dialect, shell)
            for shell in ("client", "middleware")
        )
        for dialect in DIALECTS
        if kind.is_known_to(dialect)
    }
    usual = Counter(pairs.values()).most_common(1)[0][0]
    notes = dict.fromkeys(_details(usual), frozenset[str]())
    others = {name: pair for name, pair in pairs.items() if _told(pair) != _told(usual)}
    for told in dict.fromkeys(map(_told, others.values())):
        notes[told] = frozenset(name for name, pair in others.items() if _told(pair) == told)
    return _pair(usual) + ("*" if others else ""), notes


def _notes(text: str, dialects_of: dict[Kind, frozenset[str]]) -> Iterator[str]:
    """Yield a note, with the dialects and the kinds of answers that it is about.

    No kind is named where it is about all of them, or all that these dialects know.
    """
    groups: dict[frozenset[str], list[Kind]] = {}
    everywhere = frozenset().union(*dialects_of.values())
    for kind, dialects in dialects_of.items():
        known = {name for name in everywhere if kind.is_known_to(name)}
        groups.setdefault(everywhere if dialects == known else dialects, []).append(kind)
    for dialects, kinds in groups.items():
        names = ", ".join(f"`{name}`" for name in DIALECTS if name in dialects)
        told = f"{names}: {text}" if names else text
        rest = [kind for kind in KINDS if kind not in kinds and _may_know(kind, dialects)]
        if not rest:
            yield told
        elif len(rest) < len(kinds):
            yield f"{told} (all but {_list(rest)})"
        else:
            yield f"{told} ({_list(kinds)})"


def _may_know(kind: Kind, dialects: frozenset[str]) -> bool:
    return not dialects or any(kind.is_known_to(name) for name in dialects)


def _list(kinds: list[Kind]) -> str:
    return ", ".join(kind.name for kind in kinds)


def _told(pair: tuple[Promise, ...]) -> str:
    return ", ".join([_pair(pair), *_details(pair)])


def _pair(pair: tuple[Promise, ...]) -> str:
    return " / ".join(dict.fromkeys(WORDS[promise.outcome] for promise in pair))


def _details(pair: tuple[Promise, ...]) -> list[str]:
    return [*dict.fromkeys(filter(None, map(_detail, pair)))]


def _detail(promise: Promise) -> str:
    if promise.outcome == "fault":
        return f"`{promise.fault}` with `gave_up` = `{promise.why}`"
    if promise.outcome == "ended":
        told = f"finish reason `{promise.finish}`"
        return told if promise.verdict == "complete" else f"{told}, verdict `{promise.verdict}`"
    return ""


def mended(dialect: str) -> tuple[str, ...]:
    """Return how answers of each kind go on in a dialect, once they broke in the middle."""
    return tuple(
        _way(_mending(kind.name, dialect)) if kind.is_known_to(dialect) else "-" for kind in KINDS
    )


def _mending(kind: str, dialect: str) -> Promise:
    cell = ("", "middle", kind, dialect, "client")
    return next(rule.promise for rule in MENDING if rule.fits(*cell) and rule.promise)


def _way(promise: Promise) -> str:
    if not promise.rung:
        return WORDS[promise.outcome]
    compared = ", compared" if promise.verified and promise.rung == "exact_prefix" else ""
    refused = ", after a refusal" if promise.requests > 2 else ""
    return RUNGS[promise.rung] + compared + refused
