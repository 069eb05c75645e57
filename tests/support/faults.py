"""Faults drawn by Hypothesis, every kind of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from fake_openai import Chance, Fault
from fake_openai.faults import KINDS
from fake_openai.faults.kinds import Argument, Kind

_TEXTS = st.sampled_from(
    ["", "a", "a b", "3", "true", "none", "x,y", 'q"', "é+", "inf", "a=b", "{"]
)
_LINES = st.sampled_from(["a", "x: 1", "id: 3", "é"])
_PLACES = ("after", "at_byte", "at_seconds", "each")
# What cannot be told from the type of an argument.
_SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "status.status": st.sampled_from([400, 429, 500, 502]),
    "status.retry_after": st.none() | st.sampled_from([0, 1.5, "Wed, 21 Oct"]),
    "status.retry_after_ms": st.none() | st.floats(0, 9),
    "status.headers": st.dictionaries(st.sampled_from(["a", "b"]), _LINES, max_size=2),
    "status.body": st.none() | _TEXTS | st.binary(max_size=3),
    "error200.error": st.sampled_from([400, 500]),
    "early_hints.status": st.sampled_from([100, 102, 103]),
    "early_hints.headers": st.dictionaries(st.sampled_from(["a", "b"]), _LINES, max_size=2),
    "lying_usage.values": st.dictionaries(
        st.sampled_from(["total_tokens", "a.b"]), st.none() | st.integers(-9, 9), max_size=2
    ),
    "odd_lines.lines": st.lists(_LINES, min_size=1, max_size=2).map(tuple),
    "raw_bytes.data": st.binary(min_size=1, max_size=9),
    "repeated_usage.n": st.integers(2, 4),
    "split_data.lines": st.integers(2, 5),
    "odd_headers.size": st.integers(1, 50),
    "long_line.bytes": st.integers(1, 3000),
    "unknown_event.name": _LINES,
    "unknown_event.data": st.none() | _LINES,
    "comment_every_event.text": st.none() | _LINES,
    "wrong_content_type.value": st.none() | _LINES.filter(str.isascii),
    "lying_usage.factor": st.sampled_from([0, 0.5, 10.0, -1]),
    "bandwidth.bytes_per_second": st.sampled_from([1e5, 1e9]),
    "boundaries.newline": st.just("\r\n"),
    "error_event.code": st.none() | st.sampled_from(["x", 7]),
}
_SECONDS = ("seconds", "every", "gap")


def _argument(kind: Kind, argument: Argument) -> st.SearchStrategy[Any]:
    special = _SPECIAL.get(f"{kind.name}.{argument.name}")
    if special is not None:
        return special
    if argument.name in _SECONDS:
        return st.sampled_from([0.0005, 0.001])
    kinds: list[st.SearchStrategy[Any]] = []
    for one in argument.types:
        if one is str:
            kinds.append(st.sampled_from(argument.words) if argument.words else _TEXTS)
        elif one is int:
            kinds.append(st.integers(1, 3))
        else:
            kinds.append(st.booleans() if one is bool else st.none())
    return st.one_of(kinds)


_PLACE = st.one_of(
    st.integers(0, 8).map(lambda n: {"after": n}),
    st.integers(0, 2500).map(lambda n: {"at_byte": n}),
    st.floats(0, 0.01).map(lambda s: {"at_seconds": s}),
    st.floats(0.05, 1).map(lambda p: {"each": p}),
)


def _of(kind: Kind) -> st.SearchStrategy[Fault]:
    own = {a.name: _argument(kind, a) for a in kind.arguments.values() if a.name not in _PLACES}
    required = {a.name for a in kind.arguments.values() if a.required}
    given = st.fixed_dictionaries(
        {name: own[name] for name in own if name in required or name == "newline"},
        optional={name: own[name] for name in own if name not in required and name != "newline"},
    )
    if kind.name in ("stall", "no_headers"):
        given = given.map(lambda told: {"seconds": 0.001, **told})
    if kind.name == "refuse_connection":
        given = given.map(lambda told: {"seconds": 0.001, **told})
    if kind.name == "drip":
        given = given.map(lambda told: {"bytes": 64, "every": 0.0, **told})
    if "after" not in kind.arguments:
        return given.map(lambda told: kind.fault(**told))
    place = _PLACE
    if kind.name == "duplicate_chunk":
        place = place.filter(lambda told: told.get("after") != 0)
    return st.builds(lambda told, at: kind.fault(**told, **at), given, place)


_BY_KIND = {name: _of(kind) for name, kind in KINDS.items()}


def of_kind(name: str) -> st.SearchStrategy[Fault]:
    """Return a strategy for one kind of fault."""
    return _BY_KIND[name]


CERTAIN = st.sampled_from(sorted(_BY_KIND)).flatmap(of_kind)
FAULTS = CERTAIN | st.builds(Chance, CERTAIN, st.floats(0.01, 1))
