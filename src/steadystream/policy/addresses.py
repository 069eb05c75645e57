"""Where a server is and what opens it, checked before anything is sent."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from yarl import URL

from steadystream.errors import InvalidRequest

_PLAIN = re.compile(
    r"https?://([A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}"
    r"(:([1-9][0-9]{0,3}|[1-5][0-9]{4}))?(/[A-Za-z0-9_./-]*)?"
)
_ENDPOINTS = ("/chat/completions", "/completions", "/responses")
_OF_THE_CONNECTION = frozenset({"host", "content-length", "transfer-encoding", "connection"})
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
        usable = usable and _can_be_looked_up(base_url)
    except ValueError:  # a port that is none, half an IPv6 address
        parts, usable = None, False
    if parts is None or not usable:
        shown = base_url if "@" not in str(base_url) else "one with a user and a password"
        msg = f"{name} must be like https://host/v1, got {shown!r}"
        raise InvalidRequest(msg)
    if parts.query or parts.fragment:
        msg = f"{name} must have no query and no fragment"
        raise InvalidRequest(msg)
    endpoint = _endpoint_of(base_url)
    if endpoint:
        msg = f"{name} must be what comes before the endpoint: leave off {endpoint!r}"
        raise InvalidRequest(msg)
    return base_url


@functools.lru_cache(256)
def _is_plain(base_url: str) -> bool:
    """Say whether a URL is of the usual form; what it says no to is to be looked at."""
    return _PLAIN.fullmatch(base_url) is not None and not _endpoint_of(base_url)


def _endpoint_of(base_url: str) -> str:
    """Return the endpoint at the end of a URL, "" for none."""
    url = base_url.rstrip("/")
    return next((endpoint for endpoint in _ENDPOINTS if url.endswith(endpoint)), "")


def _can_be_looked_up(base_url: str) -> bool:
    """Say whether the host is a name that a resolver can be asked for; a `ValueError` says no."""
    host = URL(base_url).raw_host or ""
    return bool(host.encode("idna"))


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
        if key.lower() in _OF_THE_CONNECTION:
            msg = f"{name} must leave {key} to the connection, got a value for it"
            raise InvalidRequest(msg)
    return dict(headers)


def check_one_way_in(base_url: str, api_key: str, headers: Mapping[str, str]) -> None:
    """See to it that there is one `Authorization` at most; values are shown in no message.

    Raises:
        InvalidRequest: several things say what it is to be.
    """
    given = ["an api_key"] if api_key else []
    if headers and any(name.lower() == "authorization" for name in headers):
        given.append("an authorization header")
    if "@" in base_url and urlsplit(base_url).username is not None:
        given.append("a user and a password in base_url")
    if len(given) > 1:
        msg = f"expected either {' or '.join(given)}, got both"
        raise InvalidRequest(msg)


def is_same_origin(one: str, other: str) -> bool:
    """Say whether two URLs name the same server: scheme, host and port."""
    return _origin(urlsplit(one)) == _origin(urlsplit(other))


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    port = parts.port if parts.port is not None else _PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port
