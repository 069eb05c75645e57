"""The dialects that are known, and where they are spoken: what `profiles.toml` says.

The file is read when something of it is first asked for, not when the module is imported.
"""

from __future__ import annotations

import functools
import pkgutil
from collections.abc import Iterator, Mapping

from .dialect import Dialect
from .profiles import Profiles

__all__ = ["DIALECTS", "Dialect", "as_dialect", "dialect_of", "packaged"]

_PACKAGE, _FILE = "steadystream.protocol", "profiles.toml"


@functools.cache
def packaged() -> Profiles:
    """Return what comes with the library."""
    from .profile_file import read_profiles  # noqa: PLC0415  # a TOML parser takes time to import

    profiles, dialects = read_profiles((pkgutil.get_data(_PACKAGE, _FILE) or b"").decode(), _FILE)
    return Profiles(profiles, dialects)


class _Dialects(Mapping[str, Dialect]):
    """The dialects that come with the library, by name."""

    def __getitem__(self, name: str) -> Dialect:
        return packaged().dialects[name]

    def __iter__(self) -> Iterator[str]:
        return iter(packaged().dialects)

    def __len__(self) -> int:
        return len(packaged().dialects)


DIALECTS: Mapping[str, Dialect] = _Dialects()


def dialect_of(url: str, model: object = None) -> Dialect:
    """Return the dialect that `model` at `url` is known to speak."""
    return packaged().dialect_of(url, model)


def as_dialect(value: Dialect | str | None) -> Dialect | None:
    """Return the dialect that a setting names; None = to be told from the host.

    Raises:
        InvalidRequest: no dialect has that name.
    """
    return None if value is None else packaged().named(value)
