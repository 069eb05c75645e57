"""Where a server is and what opens it, checked before anything is sent."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from steadystream.errors import InvalidRequest

_PLAIN = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(:([1-9][0-9]{0,3}|[1-5][0-9]{4}))?(/[A-Za-z0-9_./-]*)?"
)
_PORTS = {"http": 80, "https": 443}


def checked_url(base_url: str, name: str = "base_url") -> str:
    """Return what comes before the path of an endpoint.

    Raises:
        InvalidRequest: it is no such URL.
    """
    if isinstance(base_url, str) and _is_plain(base_url):
        return base_url
    try:
        parts = urlsplit(base_url) if isinstance(base_url, str) else None
        usable = parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)
        usable = usable and (parts is None or parts.port != 0) and not re.search(r"\s", base_url)
    except ValueError:  # a port that is none, half an IPv6 address
        parts, usable = None, False
    if parts is None or not usable:
        shown = base_url if "@" not in str(base_url) else "one with a user and a password"
        msg = f"{name} must be like https://host/v1, got {shown!r}"
        raise InvalidRequest(msg)
    if parts.query or parts.fragment:
        msg = f"{name} must have no query and no fragment"
        raise InvalidRequest(msg)
    return base_url


@functools.lru_cache(256)
def _is_plain(base_url: str) -> bool:
    """Say whether a URL is of the usual form; what it says no to is to be looked at."""
    return _PLAIN.fullmatch(base_url) is not None


def checked_key(api_key: str | None, name: str = "api_key") -> str:
    """Return the key, "" for none; its text is shown in no message.

    Raises:
        InvalidRequest: it is none that can be sent.
    """
    if api_key is None:
        return ""
    if not isinstance(api_key, str) or not api_key.strip():
        msg = f"{name} must be a text that is not empty, or None for a server that wants none"
        raise InvalidRequest(msg)
    if not api_key.isascii() or not api_key.isprintable():
        msg = f"{name} must be printable ASCII, got a character that no header can hold"
        raise InvalidRequest(msg)
    return api_key.strip()


def checked_headers(headers: Mapping[str, str], name: str = "headers") -> dict[str, str]:
    """Return headers that can be sent; their values are shown in no message.

    Raises:
        InvalidRequest: one of them cannot.
    """
    if not isinstance(headers, Mapping):
        msg = f"{name} must be a mapping of names to values, got {type(headers).__name__}"
        raise InvalidRequest(msg)
    for key, value in headers.items():
        texts = isinstance(key, str) and isinstance(value, str)
        if not texts or not key or not (key + value).isprintable():
            msg = f"{name} must be texts on one line, got something else for {key!r}"
            raise InvalidRequest(msg)
    return dict(headers)


def is_same_origin(one: str, other: str) -> bool:
    """Say whether two URLs name the same server: scheme, host and port."""
    return _origin(urlsplit(one)) == _origin(urlsplit(other))


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    port = parts.port if parts.port is not None else _PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port
