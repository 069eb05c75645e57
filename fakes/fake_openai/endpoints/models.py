"""`GET /v1/models` and `GET /v1/models/{id}`."""

from __future__ import annotations

import json
from typing import Any

from fake_openai.dialect import Dialect
from fake_openai.outages import no_model

_CREATED = 1_740_000_000


def listing(dialect: Dialect) -> bytes:
    """Return the body of the list of models."""
    return _written({"object": "list", "data": [_model(name, dialect) for name in dialect.models]})


def one(name: str, dialect: Dialect) -> bytes:
    """Return the body for one model.

    Raises:
        ApiError: there is no such model.
    """
    if name not in dialect.models:
        raise no_model(dialect, name)
    return _written(_model(name, dialect))


def _model(name: str, dialect: Dialect) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": dialect.owner}


def _written(value: Any) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()
