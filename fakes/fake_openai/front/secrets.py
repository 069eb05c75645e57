"""Keys, cookies and the like, kept out of the journal and all that shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

REMOVED = "(removed)"
_HEADER = re.compile(
    r"authorization|api-?key|subscription-key|token|secret|cookie|password|credential|signature"
)
_QUERY = re.compile(
    r"key$|token|secret|password|^sig$|signature|^code$|authorization", re.IGNORECASE
)
_BODY = re.compile(
    r"authorization|(.*[_-])?(api[_-]?key|secret|password|access[_-]?token)", re.IGNORECASE
)


def without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """Return `headers` with names in lower case and no keys or cookies in them."""
    told = {}
    for name, value in headers.items():
        lower, secret = _named(name)
        told[lower] = REMOVED if secret else value
    return told


@lru_cache(1024)
def _named(header: str) -> tuple[str, bool]:
    """Return the name of a header in lower case, and whether what it holds is a secret."""
    lower = header.lower()
    return lower, _HEADER.search(lower) is not None


def clean_query(query: str) -> str:
    """Return the query of a URL without the values of keys and the like in it."""
    if not query:
        return ""
    return "&".join(_clean_pair(pair) for pair in query.split("&"))


def clean_body(body: Any) -> Any:
    """Return decoded JSON without the values of members that are named as secrets are."""
    match body:
        case dict():
            return {
                name: REMOVED if _BODY.fullmatch(name) and value else clean_body(value)
                for name, value in body.items()
            }
        case list():
            return [clean_body(member) for member in body]
        case _:
            return body


def _clean_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    return f"{name}={REMOVED}" if equals and value and _QUERY.search(unquote(name)) else pair
