"""Ids of the forms the providers use, drawn from a seeded generator."""

from __future__ import annotations

import hashlib
import re
import string
import uuid
from functools import lru_cache
from typing import Protocol

ALNUM = string.ascii_letters + string.digits
_ALPHABETS = {
    "alnum": ALNUM,
    "hex": "0123456789abcdef",
    "digits": string.digits,
    "crockford": "0123456789abcdefghjkmnpqrstvwxyz",  # ULIDs, in lower case
}
_FIELD = re.compile(r"\{(alnum|hex|digits|crockford)(\d+)\}|\{(uuid)\}|\{(created)\}")
_BETWEEN = "\0"
# A byte for each character is drawn: some of those that do not divide 256 come a little more often.
_TABLES = {
    name: bytes(ord(alphabet[byte % len(alphabet)]) for byte in range(256))
    for name, alphabet in _ALPHABETS.items()
}


class Bits(Protocol):
    """Where what is drawn comes from; `random.Random` is one."""

    def randbytes(self, n: int) -> bytes:
        """Return `n` bytes."""
        ...

    def getrandbits(self, k: int, /) -> int:
        """Return a number of `k` bits."""
        ...


class Digest:
    """Bits drawn from the digest of a name: made in a tenth of the time that `random.Random` takes.

    Args:
        name: the same gives the same.
    """

    __slots__ = ("_drawn", "_name")

    def __init__(self, name: str) -> None:
        self._name = name
        self._drawn = 0

    def randbytes(self, n: int) -> bytes:
        """Return the next `n` bytes."""
        self._drawn += 1
        name = f"{self._drawn}/{self._name}".encode("utf-8", "surrogatepass")
        return hashlib.shake_256(name).digest(n)

    def getrandbits(self, k: int, /) -> int:
        """Return a number of the next `k` bits."""
        size = (k + 7) // 8
        return int.from_bytes(self.randbytes(size), "big") >> (size * 8 - k)


def fill(template: str, rng: Bits, created: int = 0) -> str:
    """Replace the fields of `template`.

    Fields: `{alnum29}`, `{hex32}`, `{digits9}`, `{crockford26}` = so many random characters;
    `{uuid}`; `{created}` = seconds since 1970.
    """
    if "{" not in template:
        return template
    filled = []
    parts, wanted = _parts(template)
    drawn = rng.randbytes(wanted)
    at = 0
    for text, kind, count in parts:
        if text:
            filled.append(text)
        if count:
            filled.append(drawn[at : at + count].translate(_TABLES[kind]).decode("ascii"))
            at += count
        elif kind == "uuid":
            filled.append(str(uuid.UUID(int=rng.getrandbits(128), version=4)))
        elif kind:
            filled.append(str(created))
    return "".join(filled)


def fill_all(named: tuple[tuple[str, str], ...], rng: Bits, created: int = 0) -> dict[str, str]:
    """Return the templates in `named`, pairs of name and template, filled in their order."""
    # Found by identity: to hash so many headers would take longer than to fill them.
    form = _forms.get(id(named))
    if form is None or form.named is not named:
        if len(_forms) > _FORMS_KEPT:
            _forms.clear()
        form = _forms[id(named)] = _Form(named)
    filled = form.fixed.copy()
    if form.names:
        values = fill(form.templates, rng, created).split(_BETWEEN)
        filled.update(zip(form.names, values, strict=True))
    return filled


class _Form:
    """Pairs of name and template: all in their order, and those with fields as one template."""

    __slots__ = ("fixed", "named", "names", "templates")

    def __init__(self, named: tuple[tuple[str, str], ...]) -> None:
        with_fields = {name: template for name, template in named if "{" in template}
        self.named = named
        self.fixed = dict(named)
        self.names = tuple(with_fields)
        self.templates = _BETWEEN.join(with_fields.values())


_FORMS_KEPT = 64
_forms: dict[int, _Form] = {}


@lru_cache(1024)
def _parts(template: str) -> tuple[tuple[tuple[str, str, int], ...], int]:
    """Return the fields of `template`, and how many characters they want in all.

    Each field is told behind the text before it: text, kind, characters.
    """
    parts = []
    end = 0
    for found in _FIELD.finditer(template):
        kind = found[1] or found[3] or found[4]
        parts.append((template[end : found.start()], kind, int(found[2] or 0)))
        end = found.end()
    return (*parts, (template[end:], "", 0)), sum(count for _, _, count in parts)
