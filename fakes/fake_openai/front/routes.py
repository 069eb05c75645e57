"""Paths, methods and keys: what is refused before a body is looked at."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import unquote

from fake_openai.dialect import Dialect
from fake_openai.endpoint import Endpoint
from fake_openai.endpoints import ENDPOINTS
from fake_openai.errors.errors import ApiError
from fake_openai.errors.outages import bad_key
from fake_openai.errors.refusals import no_key

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
    return _find(method, path, dialect.roots, dialect.serves)


@lru_cache(1024)
def _find(method: str, path: str, roots: str, serves: frozenset[str]) -> Found:
    allowed: list[str] = []
    for pattern, endpoint in _table(roots, serves):
        found = pattern.fullmatch(path)
        if found is None:
            continue
        if endpoint.method == method:
            params = {k: unquote(v) for k, v in found.groupdict().items() if v}
            return Found(endpoint, MappingProxyType(params))
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


def check_key(key: str, dialect: Dialect, accepted: Collection[str] | None) -> None:
    """Check the key of a request; an empty one is none.

    Raises:
        ApiError: it is missing, malformed or not among those accepted.
    """
    if accepted is None and not dialect.needs_key:
        return
    if not key:
        raise no_key()
    if not _KEY.fullmatch(key) or (accepted is not None and key not in accepted):
        raise bad_key(dialect, key)


def check_version(path: str, query: Mapping[str, str], dialect: Dialect) -> None:
    """Check that a request names the version of the API where it must.

    Raises:
        ApiError: it names none; Azure finds nothing there then.
    """
    if dialect.versioned and not query.get("api-version") and re.match(dialect.versioned, path):
        raise ApiError(404, f"{path} needs an api-version in its query", kind="no_url")


def key_in(headers: Mapping[str, str], dialect: Dialect) -> str:
    """Return the key that a request brings; empty if it brings none."""
    return bearer(headers) or (headers.get(dialect.key_header, "") if dialect.key_header else "")


def bearer(headers: Mapping[str, str]) -> str:
    """Return the bearer token that a request brings; empty if it brings none."""
    scheme, _, key = headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
