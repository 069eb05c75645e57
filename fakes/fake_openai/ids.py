"""Ids of the forms the providers use, drawn from a seeded generator."""

from __future__ import annotations

import random
import re
import string
import uuid
from functools import lru_cache

ALNUM = string.ascii_letters + string.digits
_ALPHABETS = {
    "alnum": ALNUM,
    "hex": "0123456789abcdef",
    "digits": string.digits,
    "crockford": "0123456789abcdefghjkmnpqrstvwxyz",  # ULIDs, in lower case
}
_FIELD = re.compile(r"\{(alnum|hex|digits|crockford)(\d+)\}|\{(uuid)\}|\{(created)\}")
# A byte for each character is drawn: some of those that do not divide 256 come a little more often.
_TABLES = {
    name: bytes(ord(alphabet[byte % len(alphabet)]) for byte in range(256))
    for name, alphabet in _ALPHABETS.items()
}


def fill(template: str, rng: random.Random, created: int = 0) -> str:
    """Replace the fields of `template`.

    Fields: `{alnum29}`, `{hex32}`, `{digits9}`, `{crockford26}` = so many random characters;
    `{uuid}`; `{created}` = seconds since 1970.
    """
    if "{" not in template:
        return template
    filled = []
    for text, kind, count in _parts(template):
        if text:
            filled.append(text)
        if count:
            filled.append(rng.randbytes(count).translate(_TABLES[kind]).decode("ascii"))
        elif kind == "uuid":
            filled.append(str(uuid.UUID(int=rng.getrandbits(128), version=4)))
        elif kind:
            filled.append(str(created))
    return "".join(filled)


def fill_all(
    named: tuple[tuple[str, str], ...], rng: random.Random, created: int = 0
) -> dict[str, str]:
    """Return the templates in `named`, pairs of name and template, filled in their order."""
    fixed, open_ = _sorted(named)
    filled = dict(fixed)
    for name, template in open_:
        filled[name] = fill(template, rng, created)
    return filled


@lru_cache(64)
def _sorted(
    named: tuple[tuple[str, str], ...],
) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Return all names in their order, and those with fields."""
    return dict(named), tuple((name, template) for name, template in named if "{" in template)


@lru_cache(1024)
def _parts(template: str) -> tuple[tuple[str, str, int], ...]:
    """Return each field of `template` behind the text before it: text, kind, characters."""
    parts = []
    end = 0
    for found in _FIELD.finditer(template):
        kind = found[1] or found[3] or found[4]
        parts.append((template[end : found.start()], kind, int(found[2] or 0)))
        end = found.end()
    return (*parts, (template[end:], "", 0))
