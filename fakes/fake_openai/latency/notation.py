"""Latency written down: as JSON for configurations, as one line for commands.

A configuration says `{"first_token": {"kind": "lognormal", "median": 0.3, "sigma": 0.5}}`, a
command `first=lognormal:0.3:0.5,between=20ms`; either may say the name of a profile instead, or of
a profile first and then what differs from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from fake_openai import checks
from fake_openai.keeping.load import Load
from fake_openai.nearest import unknown

from .distributions import Distribution, Fixed, Lognormal, Normal, Recorded, Uniform
from .profiles import profile
from .settings import TIMES, Latency, Time

_KINDS: dict[str, type[Distribution]] = {
    "fixed": Fixed,
    "uniform": Uniform,
    "normal": Normal,
    "lognormal": Lognormal,
    "recorded": Recorded,
}
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "": 1.0}
_DURATION = re.compile(r"([+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+|inf))\s*(us|ms|s|min|h|)")
_SETTINGS = tuple(field.name for field in fields(Latency))
_LOAD = tuple(field.name for field in fields(Load))
_SHORT = {"first": "first_token"}
_NUMBERS = {"slots": int, "queue_limit": int, "full_status": int}


def from_json(value: Any) -> Latency:
    """Return the latency that `value`, decoded JSON, describes.

    Args:
        value: a mapping of the settings of `Latency`, where `profile` names one to start from; or
            text as `parse` takes it.

    Raises:
        TypeError: a value is of the wrong kind.
        ValueError: a name is not known (the message names the nearest), or a value out of range.
    """
    if isinstance(value, str):
        return parse(value)
    given = _mapping("latency", value)
    start = profile(given.pop("profile")) if "profile" in given else Latency()
    for name in given:
        if name not in _SETTINGS:
            raise unknown("latency setting", name, (*_SETTINGS, "profile"))
    for name in TIMES:
        if name in given:
            given[name] = time_from_json(name, given[name])
    if given.get("load") is not None:
        load = _mapping("load", given["load"])
        for name in load:
            if name not in _LOAD:
                raise unknown("load setting", name, _LOAD)
        given["load"] = replace(start.load or Load(), **load)
    return replace(start, **given)


def time_from_json(name: str, value: Any) -> Time:
    """Return the time that `value` describes: seconds, text, or a mapping with a `kind`."""
    if isinstance(value, str):
        return parse_time(name, value)
    if not isinstance(value, Mapping):
        return value  # type: ignore[no-any-return]  # `Latency` refuses what is none
    given = dict(value)
    kind = given.pop("kind", None)
    if not isinstance(kind, str):
        raise TypeError(
            f"{name} needs a kind, one of {', '.join(_KINDS)}, got {checks.shown(value)}"
        )
    made = _kind(kind)
    if made is Recorded and set(given) == {"file"}:
        return Recorded.read(given["file"])
    known = [field.name for field in fields(made)]  # type: ignore[arg-type]  # each is a dataclass
    for key in given:
        if key not in known:
            raise unknown(f"setting of {kind}", key, known)
    missing = [key for key in known if key not in given]
    if missing:
        needed, came = " and ".join(missing), checks.shown(value)
        raise ValueError(f"{name}: {kind} needs {needed}, got {came}")
    return made(**given)


def to_json(latency: Latency) -> dict[str, Any]:
    """Return the mapping that `from_json` makes `latency` of again."""
    told: dict[str, Any] = {}
    for field in fields(latency):
        value = getattr(latency, field.name)
        if value == field.default:
            continue
        if isinstance(value, Distribution):
            value = _time_to_json(value)
        elif isinstance(value, Load):
            value = {f.name: v for f in fields(value) if (v := getattr(value, f.name)) != f.default}
        told[field.name] = value
    return told


def _time_to_json(time: Distribution) -> dict[str, Any]:
    kind = next(kind for kind, made in _KINDS.items() if type(time) is made)
    values = {f.name: getattr(time, f.name) for f in fields(time)}  # type: ignore[arg-type]
    return {"kind": kind, **{k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}}


def parse(text: str) -> Latency:
    """Return the latency that a line of text describes.

    Settings are separated by commas; a name without `=` is a profile to start from, and `slots=8`
    and its like are settings of the load. Times may have a unit: us, ms, s, min, h.

    Raises:
        ValueError: a name is not known (the message names the nearest), or a value cannot be read.
    """
    checks.text("latency", text)
    given: dict[str, Any] = {}
    load: dict[str, Any] = {}
    for place, part in enumerate(part.strip() for part in text.split(",")):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            if place or not name:
                raise ValueError(f"expected name=value, got {part!r} in {text!r}")
            given["profile"] = name
            continue
        name = _SHORT.get(name, name)
        if name in TIMES:
            given[name] = parse_time(name, value)
        elif name == "jitter":
            given[name] = _number(name, value)
        elif name in _LOAD:
            load[name] = _number(name, value)
        else:
            known = (*_SHORT, *(s for s in _SETTINGS if s != "load"), *_LOAD)
            raise unknown("latency setting", name, known)
    return from_json({**given, "load": load} if load else given)


def parse_time(name: str, text: str) -> Time:
    """Return the time that `text` describes, as `0.3`, `300ms`, `lognormal:0.3:0.5`."""
    kind, *values = text.split(":")
    if not values and _DURATION.fullmatch(kind.strip().lower()):
        return _duration(name, kind)
    made = _kind(kind.strip())
    if made is Recorded:
        return Recorded.read(":".join(values))
    known = [field.name for field in fields(made)]  # type: ignore[arg-type]
    if len(values) != len(known):
        raise ValueError(f"{name}: expected {kind}:{':'.join(known).upper()}, got {text!r}")
    return made(*(_duration(name, value) for value in values))


def _kind(kind: str) -> type[Distribution]:
    if kind not in _KINDS:
        raise unknown("distribution", kind, _KINDS)
    return _KINDS[kind]


def _duration(name: str, text: str) -> float:
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{name}: expected a time such as 0.3 or 300ms, got {text!r}")
    return float(found[1]) * _UNITS[found[2]]


def _number(name: str, text: str) -> float:
    try:
        return _NUMBERS.get(name, float)(text)
    except ValueError:
        kind = "a whole number" if name in _NUMBERS else "a number"
        raise ValueError(f"{name} must be {kind}, got {text!r}") from None


def _mapping(what: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{what} must be a mapping, got {checks.shown(value)}")
    return dict(value)
