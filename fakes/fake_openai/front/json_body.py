"""Bodies that must be JSON objects."""

from __future__ import annotations

import json
from typing import Any

from fake_openai.dialect import Dialect
from fake_openai.errors.errors import ApiError

_NOT_JSON = (
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using"
    " your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not"
    " valid JSON. If you have trouble figuring out how to fix this, please contact us through our"
    " help center at help.openai.com.)"
)
_BOM = b"\xef\xbb\xbf"

# Go, and what others stand behind, takes JSON by whatever name it comes.
_TAKE_ANY = frozenset({"groq", "ollama", "openrouter", "compact"})


def check_type(came: str, dialect: Dialect) -> None:
    """Check the content type of a request that must be JSON; where none is told it is taken.

    Raises:
        ApiError: it is another one, and `dialect` minds.
    """
    kind = came.partition(";")[0].strip().lower()
    if kind in ("", "application/json") or dialect.errors in _TAKE_ANY:
        return
    shown = came if came.isprintable() else ascii(came)
    told = (
        f"Unsupported content type: '{shown}'. This API method only accepts 'application/json'"
        f" requests, but you specified the header 'Content-Type: {shown}'. Please try again with a"
        " supported content type."
    )
    raise ApiError(400, told, code="unsupported_content_type", kind="bad_type")


def decode(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in `raw`.

    Raises:
        ApiError: there is none.
    """
    try:
        # RFC 8259, 8.1: in UTF-8, and nothing else; 6: there is no NaN.
        body = _DECODER.decode(raw.removeprefix(_BOM).decode())
    except (ValueError, RecursionError):
        raise ApiError(400, _NOT_JSON, kind="bad_json") from None
    if not isinstance(body, dict):
        raise ApiError(400, _NOT_JSON, kind="bad_json")
    return body


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)
