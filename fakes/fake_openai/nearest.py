"""Names that are not known, and the one that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def unknown(what: str, name: str, known: Iterable[str]) -> ValueError:
    """Return the error for a `name` that is not among `known`.

    Args:
        what: kind of thing it should name, as in "fault".
        name: what came.
        known: the right ones.
    """
    names = list(known)
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(names)}"
    return ValueError(f"there is no {what} {name!r}: {hint}")
