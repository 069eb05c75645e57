"""Faults as JSON and as text.

    {"kind": "stall", "after": 3, "seconds": 60}        stall:after=3,seconds=60

Both know `probability`, that the fault strikes at all. In text several faults for one request are
joined with `+`; arguments that need no name in Python need none there either (`status:429`); what
is not a plain word is quoted as in JSON.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fake_openai import checks
from fake_openai.fault import Fault

from . import catalogue
from .chance import Chance
from .kinds import PROBABILITY, Kind, kind_of
from .text import Item, read, write


class _Kinds(Mapping[str, Kind]):
    """Kinds by name, each looked into when it is asked for: most programs use a few."""

    def __init__(self, faults: Iterable[type[Fault]]) -> None:
        self._faults = {fault.kind(): fault for fault in faults}
        self._known: dict[str, Kind] = {}

    def __getitem__(self, name: str) -> Kind:
        if name not in self._known:
            self._known[name] = kind_of(self._faults[name])
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._faults)

    def __len__(self) -> int:
        return len(self._faults)


KINDS: Mapping[str, Kind] = _Kinds(catalogue.ALL)


def from_json(value: Any) -> Fault:
    """Return the fault that `value` tells.

    Raises:
        TypeError: `value` is no JSON object, or an argument is of the wrong kind.
        ValueError: there is no such fault or argument, or one is missing or out of range.
    """
    if not isinstance(value, Mapping):
        came = checks.shown(value)
        raise TypeError(f'a fault must be an object such as {{"kind": "cut"}}, got {came}')
    if "kind" not in value:
        raise ValueError(f"a fault needs a kind, got {', '.join(map(str, value)) or 'nothing'}")
    told = dict(value)
    kind = _kind(told.pop("kind"))
    return _made(kind, told)


def parse(text: str) -> tuple[Fault, ...]:
    """Return the faults for one request that `text` tells: `stall:after=3,seconds=60+cut:after=5`.

    Raises:
        TypeError: `text` is no text, or an argument is of the wrong kind.
        ValueError: there is no such fault or argument, one is missing or out of range, or the text
            is not to be understood.
    """
    checks.text("faults", text)
    return tuple(_parsed(name, items) for name, items in read(text))


def several(value: Any) -> tuple[Fault, ...]:
    """Return the faults for one request, told as text, as JSON, or as a list of either.

    Raises:
        TypeError: it is neither, or an argument is of the wrong kind.
        ValueError: as for `parse` and `from_json`.
    """
    if isinstance(value, str):
        return parse(value)
    if isinstance(value, Mapping):
        return (from_json(value),)
    if isinstance(value, Sequence):
        return tuple(fault for part in value for fault in several(part))
    came = checks.shown(value)
    raise TypeError(f"faults must be text, an object or a list of them, got {came}")


def to_text(faults: Fault | Iterable[Fault]) -> str:
    """Return `faults`, those of one request, as text; `parse` is the way back."""
    given = (faults,) if isinstance(faults, Fault) else faults
    told = []
    for fault in given:
        arguments = fault.to_json()
        told.append(write(arguments.pop("kind"), arguments))
    return "+".join(told)


def schema() -> dict[str, Any]:
    """Return the JSON schema of a fault."""
    return {"oneOf": [kind.schema() for kind in KINDS.values()]}


def _kind(name: Any) -> Kind:
    checks.text("the kind of a fault", name)
    kind = KINDS.get(name)
    if kind is None:
        raise ValueError(f"there is no fault {name!r}{_nearest(name, KINDS)}")
    return kind


def _nearest(name: str, known: Iterable[str]) -> str:
    words = list(known)
    near = difflib.get_close_matches(name.lower(), words, 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(words)}"


def _parsed(name: str, items: list[Item]) -> Fault:
    kind = _kind(name)
    unnamed = [argument.name for argument in kind.arguments.values() if argument.first]
    told: dict[str, Any] = {}
    for item in items:
        key = item.name
        if not key:
            if not unnamed or unnamed[0] in told:
                raise ValueError(f"{name}: expected name=value, got {item.text!r}")
            key = unnamed.pop(0)
        if key in told:
            raise ValueError(f"{name}: {key} is given twice")
        argument = kind.arguments.get(key)
        told[key] = item.value(argument.types if argument else (float,))
    return _made(kind, told)


def _made(kind: Kind, told: dict[str, Any]) -> Fault:
    arguments = kind.arguments
    known = [*arguments, PROBABILITY]
    for name in told:
        if name not in known:
            raise ValueError(f"{kind.name} has no argument {name!r}{_nearest(name, known)}")
    for argument in arguments.values():
        if argument.required and argument.name not in told:
            raise ValueError(f"{kind.name} needs {argument.name}: {argument.text}")
    chance = told.pop(PROBABILITY, None)
    values = {name: _value(value, arguments[name].types) for name, value in told.items()}
    fault = kind.fault(**values)
    return fault if chance is None else Chance(fault, chance)


def _value(value: Any, types: tuple[type, ...]) -> Any:
    if value == "inf" and float in types:
        return math.inf
    if bytes in types:
        if isinstance(value, Mapping) and list(value) == ["hex"]:
            return _unhexed(value["hex"])
        if isinstance(value, str) and str not in types:
            return value.encode()
    return value


def _unhexed(value: Any) -> bytes:
    checks.text("hex", value)
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise ValueError(f"hex must be pairs of digits 0-9a-f, got {value!r}") from None
