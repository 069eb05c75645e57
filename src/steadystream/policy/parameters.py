"""What is asked of the API, told from what is asked of the client."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from steadystream.errors import InvalidRequest

_MEANT = {
    "timeout": "give timeouts=Timeouts(total={value})",
    "max_retries": "give retries=Retries(attempts=...), which counts the first one too",
    "dialect": "give SteadyClient(dialect=...)",
    "economy": "give SteadyClient(economy=...)",
    "headers": "give SteadyClient(headers=...)",
    "extra_headers": "give SteadyClient(headers=...)",
    "extra_query": "a client sends no query; one under SteadyStream may",
    "extra_body": "give its members themselves",
    "api_key": "give SteadyClient(api_key=...), or Fallback(api_key=...) for another",
    "base_url": "give SteadyClient(base_url), or Fallback(base_url=...) for another",
}
"""Arguments of SDKs and of clients, which no server is told, and what to give instead."""
_NAMES = frozenset(_MEANT)


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Raise `InvalidRequest` for a parameter that is a setting of clients.

    Its value is shown only where it is no secret: as the seconds of a timeout.
    """
    if _NAMES.isdisjoint(parameters):
        return
    name = next(name for name in parameters if name in _MEANT)
    value = parameters[name]
    shown = f"{value:g}" if isinstance(value, (int, float)) else "..."
    msg = f"{name} is no parameter of the API: {_MEANT[name].format(value=shown)}"
    raise InvalidRequest(msg)


def check_written(body: Any, read: Any, path: str = "") -> None:
    """Raise `InvalidRequest` for a value that came out of JSON as another.

    Only what differs is looked at: a long conversation costs no more than a comparison.

    Args:
        body: what was written.
        read: what was read from it.
        path: where both stand, for the message.
    """
    if isinstance(body, float) and not math.isfinite(body):
        msg = f"{path} must be a number that JSON can hold, got {body!r}"
        raise InvalidRequest(msg)
    if isinstance(body, (set, frozenset)):
        msg = f"{path} must be a list or a tuple, got {type(body).__name__}: it has no order"
        raise InvalidRequest(msg)
    for key, value in _members(body):
        there = _there(read, key)
        if value is not there and value != there:
            check_written(value, there, f"{path}.{key}" if path else str(key))


def _members(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, (list, tuple)) else []


def _there(read: Any, key: Any) -> Any:
    """Return what was read at `key`; None where it goes by another name there."""
    if isinstance(read, Mapping):
        return read.get(key)
    return read[key] if isinstance(read, list) and isinstance(key, int) else None
