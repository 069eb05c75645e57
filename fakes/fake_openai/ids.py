"""Ids of the forms the providers use, drawn from a seeded generator."""

from __future__ import annotations

import random
import re
import string
import uuid

ALNUM = string.ascii_letters + string.digits
_ALPHABETS = {
    "alnum": ALNUM,
    "hex": "0123456789abcdef",
    "digits": string.digits,
    "crockford": "0123456789abcdefghjkmnpqrstvwxyz",  # ULIDs, in lower case
}
_FIELD = re.compile(r"\{(alnum|hex|digits|crockford)(\d+)\}|\{uuid\}|\{created\}")


def fill(template: str, rng: random.Random, created: int = 0) -> str:
    """Replace the fields of `template`.

    Fields: `{alnum29}`, `{hex32}`, `{digits9}`, `{crockford26}` = so many random characters;
    `{uuid}`; `{created}` = seconds since 1970.
    """

    def one(found: re.Match[str]) -> str:
        if found[1]:
            return "".join(rng.choices(_ALPHABETS[found[1]], k=int(found[2])))
        if found[0] == "{uuid}":
            return str(uuid.UUID(int=rng.getrandbits(128), version=4))
        return str(created)

    return _FIELD.sub(one, template) if "{" in template else template
