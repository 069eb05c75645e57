"""Paths, methods and keys: what is refused before a body is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from .dialect import Dialect
from .endpoints import models
from .errors import ApiError
from .outages import bad_key

_NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header"
    " using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank"
    " username) if you're accessing the API from your browser and are prompted for a username and"
    " password. You can obtain an API key from https://platform.openai.com/account/api-keys."
)
_MODELS = re.compile(r".*?/models(?:/(?P<name>.+))?")
_KEY = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a request goes.

    Attributes:
        body: makes the body of the response; None = this is the chat endpoint.
        model: the model that the path names.
    """

    body: Callable[[Dialect], bytes] | None = None
    model: str = ""


def find(method: str, path: str, dialect: Dialect) -> Endpoint:
    """Return the endpoint for a request.

    Raises:
        ApiError: there is none at `path`, or not with `method`.
    """
    chat = re.fullmatch(dialect.chat_path, path)
    if chat is not None:
        _allow(method, path, "POST")
        return Endpoint(model=chat.groupdict().get("model") or "")
    found = _MODELS.fullmatch(path)
    if found is not None and path.startswith(("/v1/", "/models", "/openai/", "/api/", "/beta/")):
        _allow(method, path, "GET")
        name = found["name"]
        return Endpoint(body=models.listing if name is None else _one(name))
    raise ApiError(404, f"Invalid URL ({method} {path})", kind="no_url")


def _one(name: str) -> Callable[[Dialect], bytes]:
    return lambda dialect: models.one(name, dialect)


def _allow(method: str, path: str, wanted: str) -> None:
    if method == wanted:
        return
    told = f"Not allowed to {method} on {path}."
    told += " (HINT: Perhaps you meant to use a different HTTP method?)"
    raise ApiError(
        405, told, code="method_not_supported", headers={"Allow": wanted}, kind="no_method"
    )


def check_key(
    headers: Mapping[str, str], dialect: Dialect, accepted: Collection[str] | None
) -> None:
    """Check the key of a request.

    Raises:
        ApiError: it is missing, malformed or not among those accepted.
    """
    if accepted is None and not dialect.needs_key:
        return
    key = _key(headers, dialect)
    if not key:
        raise ApiError(401, _NO_KEY, kind="no_key")
    if not _KEY.fullmatch(key) or (accepted is not None and key not in accepted):
        raise bad_key(dialect, key)


def _key(headers: Mapping[str, str], dialect: Dialect) -> str:
    scheme, _, key = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return key.strip()
    return headers.get(dialect.key_header, "") if dialect.key_header else ""
