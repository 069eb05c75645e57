"""Keys, cookies and the names of accounts, taken out of what is recorded.

Each is replaced by as many characters, so that lengths and borders of writes stay as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from fake_openai.front.secrets import REMOVED, without_secrets

_ACCOUNT_HEADERS = re.compile(r"organization|project|user-?id|account|cf-ray|ds-trace|deployment")
_IN_TEXT = re.compile(
    rb"(?<![A-Za-z0-9])(?:"
    rb"sk-[A-Za-z0-9_*-]{6,}"  # keys, also those that the server has masked
    rb"|(?:org|proj|user|acct|organization|team)[-_][A-Za-z0-9]{12,}"
    rb"|(?<=[Bb]earer )[A-Za-z0-9._~+/=-]{12,}"
    rb"|eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"  # JSON web tokens
    rb")"
)
_SHORTEST = 6  # a shorter key would be found in innocent words


def headers(given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return header lines, names in lower case, without keys, cookies and accounts."""
    cleaned: list[tuple[str, str]] = []
    for name, value in given:
        ((low, safe),) = without_secrets({name: value}).items()
        if _ACCOUNT_HEADERS.search(low):
            safe = REMOVED
        cleaned.append((low, body([safe.encode("utf-8", "surrogateescape")], ())[0].decode()))
    return [pair for pair in cleaned if pair[0] != "set-cookie"]


def keys(given: Mapping[str, str]) -> tuple[bytes, ...]:
    """Return the keys that stand in request headers, to be found wherever a server repeats them."""
    found = [given.get("api-key", ""), given.get("Authorization", "").partition(" ")[2]]
    return tuple(key.strip().encode("utf-8", "surrogateescape") for key in found if key)


def body(parts: Sequence[bytes], secrets: Iterable[bytes]) -> list[bytes]:
    """Return a body, in the parts it came in, without what must not be in a recording.

    Args:
        parts: the body; what is looked for may begin in one part and end in another.
        secrets: further texts to take out.
    """
    whole = b"".join(parts)
    clean = _IN_TEXT.sub(_masked, whole)
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            clean = clean.replace(secret, b"x" * len(secret))
    cut, at = [], 0
    for part in parts:
        cut.append(clean[at : at + len(part)])
        at += len(part)
    return cut


def _masked(found: re.Match[bytes]) -> bytes:
    word = found[0]
    head = next((p for p in (b"sk-", b"org-", b"proj_", b"user-") if word.startswith(p)), b"")
    return head + b"x" * (len(word) - len(head))
