"""Sees to it that JSON made of several attempts is JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from steadystream.errors import SpliceMismatch

from .json_prefix import JsonPrefix

_EXCERPT = 80


class JsonCheck:
    """Looks at a text that is joined and has to be a JSON object.

    What cannot stand where it would come is refused before it is delivered. At the end the whole
    text has to parse and, where `jsonschema` is installed, to be what the schema says.

    Args:
        delivered: the text so far.
        format: `response_format` of the request.
    """

    def __init__(self, delivered: str, format: Mapping[str, Any]) -> None:
        self._parts = [delivered]
        self._schema = _schema_in(format)
        self._prefix = JsonPrefix()
        self._prefix.feed(delivered)
        self._was_json = self._prefix.is_possible

    def feed(self, text: str) -> None:
        """Take a part that is about to be delivered.

        Raises:
            SpliceMismatch: no JSON goes on with it.
        """
        self._parts.append(text)
        self._prefix.feed(text)
        if self._was_json and not self._prefix.is_possible:
            raise SpliceMismatch("goes on with the JSON", text[:_EXCERPT])

    def close(self) -> None:
        """Take the end.

        Raises:
            SpliceMismatch: the whole is no JSON, or not what the schema says.
        """
        text = "".join(self._parts)
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SpliceMismatch(f"makes whole JSON ({error})", text[-_EXCERPT:]) from None
        wrong = None if self._schema is None else _complaint(value, self._schema)
        if wrong is not None:
            raise SpliceMismatch("makes JSON of the schema", wrong[:_EXCERPT])


def _schema_in(format: Mapping[str, Any]) -> Any:
    told = format.get("json_schema")
    return told.get("schema") if isinstance(told, Mapping) else None


def _complaint(value: Any, schema: Any) -> str | None:
    """Return what is wrong with a value; None where nothing is, or nobody can tell."""
    if find_spec("jsonschema") is None:
        return None
    from jsonschema import validators  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra

    # A validator raises whatever it likes over a schema that it does not understand, and the server
    # took the schema: then nobody can tell.
    try:
        validator = validators.validator_for(schema)(schema)
        error = next(validator.iter_errors(value), None)
    except Exception:  # noqa: BLE001  # see above
        return None
    return None if error is None else str(error.message)
