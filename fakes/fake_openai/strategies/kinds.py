"""Faults of a kind, with every argument that it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from fake_openai.errors.cases import STATUSES
from fake_openai.fault import PLACES, Fault
from fake_openai.faults.kinds import Argument, Kind, kind_of

_TEXTS = st.sampled_from(
    ("a", "", "a b", "3", "true", "none", "x,y", 'q"', "é+", "inf", "a=b", "{")
)
_LINES = st.sampled_from(("a", "x: 1", "id: 3", "é"))
# What cannot be told from the type of an argument.
_SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "status.status": st.sampled_from((400, 429, 500, 502)),
    "status.retry_after": st.none() | st.sampled_from((0, 1.5, "Wed, 21 Oct")),
    "status.retry_after_ms": st.none() | st.floats(0, 9),
    "status.should_retry": st.none() | st.booleans(),
    "status.headers": st.dictionaries(st.sampled_from(("a", "b")), _LINES, max_size=2),
    "status.body": st.none() | _TEXTS | st.binary(max_size=3),
    "error200.error": st.sampled_from((400, 500)),
    "early_hints.status": st.sampled_from((103, 100, 102)),
    "early_hints.headers": st.dictionaries(st.sampled_from(("a", "b")), _LINES, max_size=2),
    "lying_usage.values": st.dictionaries(
        st.sampled_from(("total_tokens", "a.b")), st.none() | st.integers(-9, 9), max_size=2
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
    "lying_usage.factor": st.sampled_from((10.0, 0, 0.5, -1)),
    "bandwidth.bytes_per_second": st.sampled_from((1e9, 1e5)),
    "boundaries.newline": st.just("\r\n"),  # which every mode can do with
    "error_event.code": st.none() | st.sampled_from(("x", 7)),
    "drip.bytes": st.sampled_from((64, 1000)),
}
_SECONDS = ("seconds", "every", "gap")
_SHORT = st.sampled_from((0.0005, 0.001))
# Left out they would be for ever, or longer than an example may take.
_GIVEN = {
    "boundaries": ("newline",),
    "drip": ("bytes", "every"),
    "no_headers": ("seconds",),
    "refuse_connection": ("seconds",),
    "stall": ("seconds",),
}
_PLACE: st.SearchStrategy[Mapping[str, float]] = st.one_of(
    st.integers(0, 8).map(lambda n: {"after": n}),
    st.integers(0, 2500).map(lambda n: {"at_byte": n}),
    st.floats(0, 0.01).map(lambda s: {"at_seconds": s}),
    st.floats(0.05, 1).map(lambda p: {"each": p}),
)


def faults_of(*kinds: type[Fault]) -> st.SearchStrategy[Fault]:
    """Faults of these kinds, with all their arguments, at places of every sort.

    Waits last a thousandth of a second at most: give your own to `st.builds` if they should not.

    Args:
        kinds: classes of faults, the simplest first.

    Raises:
        TypeError: one is no class of faults.
        ValueError: there are none.
    """
    if not kinds:
        raise ValueError("faults_of() needs at least one class of faults")
    for kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, Fault)):
            raise TypeError(f"faults_of(): expected classes of faults, such as Cut, got {kind!r}")
    return st.one_of([_of(kind_of(kind)) for kind in kinds])


def _of(kind: Kind) -> st.SearchStrategy[Fault]:
    own = {a.name: _argument(kind, a) for a in kind.arguments.values() if a.name not in PLACES}
    given = {a.name for a in kind.arguments.values() if a.required}.union(_GIVEN.get(kind.name, ()))
    arguments: st.SearchStrategy[Mapping[str, Any]] = st.fixed_dictionaries(
        {name: own[name] for name in own if name in given},
        optional={name: own[name] for name in own if name not in given},
    )
    if kind.name == "status":
        arguments = arguments.map(_with_its_status)
    if "after" not in kind.arguments:
        return st.builds(lambda told: kind.fault(**told), arguments)
    place = _PLACE
    if kind.name == "duplicate_chunk":  # of which there is none before the first
        place = place.filter(lambda told: told.get("after") != 0)
    return st.builds(lambda told, at: kind.fault(**told, **at), arguments, place)


def _with_its_status(told: Mapping[str, Any]) -> Mapping[str, Any]:
    case = told.get("case")
    return told if case is None else {**told, "status": STATUSES[case]}


def _argument(kind: Kind, argument: Argument) -> st.SearchStrategy[Any]:
    special = _SPECIAL.get(f"{kind.name}.{argument.name}")
    if special is not None:
        return special
    if argument.name in _SECONDS:
        return _SHORT
    kinds: list[st.SearchStrategy[Any]] = []
    for one in argument.types:
        if one is str:
            kinds.append(st.sampled_from(argument.words) if argument.words else _TEXTS)
        elif one is int:
            kinds.append(st.integers(1, 3))
        else:
            kinds.append(st.booleans() if one is bool else st.none())
    return st.one_of(kinds)
