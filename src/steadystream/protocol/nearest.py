"""The right name for a wrong one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: object, known: Iterable[str]) -> str:
    """Return a question that suggests the name which is nearest; "" where none is near."""
    import difflib  # noqa: PLC0415  # only for those who mistyped

    found = difflib.get_close_matches(str(name).lower(), list(known), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""
