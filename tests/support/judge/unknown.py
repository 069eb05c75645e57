"""The keyword that closes an object: members that no part of its schema names are errors.

The keyword of JSON Schema, `unevaluatedProperties`, lets a part count only where all of it is
right, so that one wrong member makes all others unknown. Here the part that was meant counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jsonschema import ValidationError

CLOSED = "closed"
_OTHER = ("type", "enum", "const")


def check(validator: Any, closed: bool, value: Any, schema: Any) -> Iterator[ValidationError]:
    """Yield an error for each member of `value` that `schema` does not name."""
    if not closed or not isinstance(value, dict):
        return
    named = _Names(validator, value)
    named.gather(schema)
    for name in value:
        if not named.any and name not in named.names and not named.matches(name):
            yield ValidationError("unknown member", path=(name,), validator=CLOSED)


class _Names:
    """The names that a schema, or the part of it that is meant by a value, has for members."""

    def __init__(self, validator: Any, value: Any) -> None:
        self._validator = validator
        self._value = value
        self._patterns: set[str] = set()
        self.names: set[str] = set()
        self.any = False

    def gather(self, schema: Mapping[str, Any]) -> None:
        """Add the names of `schema`."""
        self.names.update(schema.get("properties", ()))
        self._patterns.update(schema.get("patternProperties", ()))
        self.any = self.any or schema.get("additionalProperties", False) is not False
        if "$ref" in schema:
            self.gather(self._validator._resolver.lookup(schema["$ref"]).contents)
        for part in schema.get("allOf", ()):
            self.gather(part)
        if "then" in schema and self._is_valid(schema["if"]):
            self.gather(schema["then"])
        for key in ("anyOf", "oneOf"):
            for part in self._meant(schema.get(key, ())):
                self.gather(part)

    def matches(self, name: str) -> bool:
        """Say whether a pattern of names is that of `name`."""
        return any(re.search(pattern, name) for pattern in self._patterns)

    def _meant(self, branches: Sequence[Any]) -> Sequence[Any]:
        objects = [one for one in branches if one.get("type", "object") == "object"]
        if len(objects) < 2:
            return objects
        valid = [branch for branch in objects if self._is_valid(branch)]
        return valid or [min(objects, key=lambda branch: badness(self._errors(branch)))]

    def _is_valid(self, schema: Any) -> bool:
        return bool(self._validator.evolve(schema=schema).is_valid(self._value))

    def _errors(self, schema: Any) -> list[ValidationError]:
        return list(self._validator.evolve(schema=schema).iter_errors(self._value))


def badness(errors: Iterable[ValidationError]) -> tuple[int, int]:
    """Return how little a value is what was meant: of another kind altogether, then how wrong."""
    told = list(errors)
    other = [e for e in told if e.validator in _OTHER and list(e.path) in ([], ["type"])]
    return len(other), len(told)
