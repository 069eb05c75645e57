"""Profiles as they are given to a client: values, and files of them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from steadystream.errors import InvalidRequest
from steadystream.protocol.dialects import Dialect, packaged
from steadystream.protocol.profile_file import read_profiles
from steadystream.protocol.profiles import Profile, Profiles

GivenProfiles: TypeAlias = (
    Profile | str | os.PathLike[str] | Iterable[Profile | str | os.PathLike[str]] | None
)
"""Profiles, paths of TOML files, or several of both."""


def profiles_of(given: GivenProfiles) -> Profiles:
    """Return what is known of servers: what is given before what comes with the library.

    Raises:
        InvalidRequest: it is something else, a file cannot be read, or says what means nothing.
    """
    if given is None:
        return packaged()
    several = not isinstance(given, (Profile, str, os.PathLike)) and isinstance(given, Iterable)
    parts = tuple(given) if several else (given,)  # type: ignore[arg-type]
    own: list[Profile] = []
    dialects: dict[str, Dialect] = {}
    for part in parts:
        if isinstance(part, Profile):
            own.append(part)
        elif isinstance(part, (str, os.PathLike)):
            more, spoken = read_profiles(_text(part), os.fspath(part))
            own += more
            dialects |= spoken
        else:
            msg = f"profiles must be a Profile, a path, or several of them, got {part!r}"
            raise InvalidRequest(msg)
    return packaged().after(own, dialects)


def _text(path: str | os.PathLike[str]) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        msg = f"profiles must name a readable file, got {os.fspath(path)!r}: {error}"
        raise InvalidRequest(msg) from None
