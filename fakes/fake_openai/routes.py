"""Paths, methods and keys: what is refused before a body is looked at."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from .dialect import Dialect
from .endpoint import Endpoint
from .endpoints import ENDPOINTS
from .errors import ApiError
from .outages import bad_key

_NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header"
    " using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank"
    " username) if you're accessing the API from your browser and are prompted for a username and"
    " password. You can obtain an API key from https://platform.openai.com/account/api-keys."
)
_PARAM = re.compile(r"\{(\w+)(\*?)\}")
_KEY = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Where a request goes.

    Attributes:
        endpoint: what answers it.
        params: what the path names, by the names in the endpoint's path; `model` where the root of
            the API names one (Azure).
    """

    endpoint: Endpoint
    params: Mapping[str, str]


def find(method: str, path: str, dialect: Dialect) -> Found:
    """Return where a request goes.

    Raises:
        ApiError: there is nothing at `path`, or not with `method`.
    """
    allowed: list[str] = []
    for pattern, endpoint in _table(dialect.roots, dialect.serves):
        found = pattern.fullmatch(path)
        if found is None:
            continue
        if endpoint.method == method:
            return Found(endpoint, {k: unquote(v) for k, v in found.groupdict().items() if v})
        allowed.append(endpoint.method)
    if not allowed:
        raise ApiError(404, f"Invalid URL ({method} {path})", kind="no_url")
    told = f"Not allowed to {method} on {path}."
    told += " (HINT: Perhaps you meant to use a different HTTP method?)"
    raise ApiError(
        405,
        told,
        code="method_not_supported",
        headers={"Allow": ", ".join(allowed)},
        kind="no_method",
    )


@lru_cache
def _table(roots: str, serves: frozenset[str]) -> list[tuple[re.Pattern[str], Endpoint]]:
    served = (endpoint for endpoint in ENDPOINTS if endpoint.name in serves)
    return [(re.compile(f"(?:{roots}){_pattern(one.path)}"), one) for one in served]


def _pattern(path: str) -> str:
    return _PARAM.sub(lambda param: f"(?P<{param[1]}>{'.+' if param[2] else '[^/]+'})", path)


def check_key(
    headers: Mapping[str, str], dialect: Dialect, accepted: Collection[str] | None
) -> None:
    """Check the key of a request.

    Raises:
        ApiError: it is missing, malformed or not among those accepted.
    """
    if accepted is None and not dialect.needs_key:
        return
    key = key_in(headers, dialect)
    if not key:
        raise ApiError(401, _NO_KEY, kind="no_key")
    if not _KEY.fullmatch(key) or (accepted is not None and key not in accepted):
        raise bad_key(dialect, key)


def key_in(headers: Mapping[str, str], dialect: Dialect) -> str:
    """Return the key that a request brings; empty if it brings none."""
    return bearer(headers) or (headers.get(dialect.key_header, "") if dialect.key_header else "")


def bearer(headers: Mapping[str, str]) -> str:
    """Return the bearer token that a request brings; empty if it brings none."""
    scheme, _, key = headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
