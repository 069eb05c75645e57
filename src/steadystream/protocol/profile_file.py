"""Profiles and dialects as they stand in a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from steadystream.errors import InvalidRequest
from steadystream.events import Rung

from .dialect import Dialect
from .nearest import nearest
from .profiles import Profile

_SECTIONS = {"dialects": dict, "profiles": list}
_DIALECT: dict[str, type] = {
    "rung": str,
    "mark": dict,
    "switches": dict,
    "path": list,
    "echoes": bool,
    "models": str,
    "reasoning": str,
    "continues_json": bool,
    "asks_usage": bool,
    "ends_bare": bool,
    "always_finishes": bool,
    "idempotency_header": str,
}
_PROFILE: dict[str, type] = {"base_url": str, "model": str, "dialect": str, "rung": str}
_WORDS = {
    str: "a text",
    bool: "true or false",
    dict: "a table",
    list: "a list",
}


def read_profiles(text: str, name: str) -> tuple[tuple[Profile, ...], dict[str, Dialect]]:
    """Return the profiles and the dialects in a file.

    Args:
        text: what stands in it.
        name: of the file, for messages.

    Raises:
        InvalidRequest: it is no TOML, or it says something that does not exist.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{name} must be a TOML file: {error}"
        raise InvalidRequest(msg) from None
    _check(document, _SECTIONS, name)
    dialects = {
        key: _dialect(key, table, f"{name}, dialects.{key}")
        for key, table in document.get("dialects", {}).items()
    }
    profiles = tuple(
        _profile(table, f"{name}, profile {number}")
        for number, table in enumerate(document.get("profiles", ()), 1)
    )
    return profiles, dialects


def _dialect(key: str, table: Any, where: str) -> Dialect:
    _check(table, _DIALECT, where)
    members = dict(table)
    try:
        if "rung" in members:
            members["rung"] = Rung(members["rung"])
        if "path" in members:
            pattern, replacement = members["path"]
            members["path"] = (str(pattern), str(replacement))
        return Dialect(name=key, **members)
    except ValueError as error:  # `InvalidRequest` is one
        msg = f"{where}: {error}"
        raise InvalidRequest(msg) from None


def _profile(table: Any, where: str) -> Profile:
    _check(table, _PROFILE, where)
    try:
        return Profile(**table)
    except InvalidRequest as error:
        msg = f"{where}: {error}"
        raise InvalidRequest(msg) from None


def _check(table: Any, known: Mapping[str, type], where: str) -> None:
    """Refuse what nobody would look at."""
    if not isinstance(table, dict):
        msg = f"{where} must be a table, got {table!r}"
        raise InvalidRequest(msg)
    for key, value in table.items():
        if key not in known:
            hint = nearest(key, known) or f"; it may be one of {', '.join(known)}"
            msg = f"{where} has {key!r}, which means nothing there{hint}"
            raise InvalidRequest(msg)
        if not isinstance(value, known[key]):
            msg = f"{where}: {key} must be {_WORDS[known[key]]}, got {value!r}"
            raise InvalidRequest(msg)
