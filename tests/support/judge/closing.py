"""An OpenAPI document as a schema that refuses what it does not name.

Three things are changed. Objects are closed, so that a member nobody documents is an error. A
choice by `discriminator` is made by it, so that the error is about the one event that was meant and
not about fifty others. `nullable`, which OpenAPI 3.1 no longer knows, means what it meant in 3.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .unknown import CLOSED

NAME = "urn:the-document"
SCHEMAS = "#/components/schemas/"
_KEPT = frozenset(
    {
        *("type", "enum", "const", "required", "minimum", "maximum", "minLength", "maxLength"),
        *("minItems", "maxItems", "pattern", "uniqueItems", "multipleOf", "maxProperties"),
    }
)
_ELSEWHERE = ("items", "additionalProperties", "propertyNames", "contains")
_SOMEWHERE = ("properties", "patternProperties")
_HERE = ("allOf", "anyOf", "oneOf")
_SHAPING = (*_SOMEWHERE, *_HERE, "$ref", "$recursiveRef")


def closed_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the closed schemas of `document`, in a document to be known as `NAME`."""
    schemas = document["components"]["schemas"]
    changed = {name: _Closer(schemas, name).here(schema) for name, schema in schemas.items()}
    return {"components": {"schemas": changed}}


def closed(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """Return `schema`, which stands somewhere in `document`, closed."""
    return _Closer(document["components"]["schemas"], "").there(schema)


class _Closer:
    def __init__(self, schemas: Mapping[str, Any], name: str) -> None:
        self._schemas = schemas
        self._name = name

    def there(self, schema: Any) -> Any:
        """Close the schema of a whole value."""
        if not isinstance(schema, Mapping):
            return schema
        made = self.here(schema)
        return {**made, CLOSED: True} if made else made

    def here(self, schema: Any) -> Any:
        """Change a schema that may be a part of what describes a value; it stays open itself."""
        if not isinstance(schema, Mapping):
            return schema
        made = {**self._parts(schema), **self._refers(schema)}
        for key in _HERE:
            if key in schema:
                made.update(self._choice(key, schema))
        if schema.get("nullable"):
            return {"anyOf": [made, {"type": "null"}]}
        return made

    def _parts(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {key: value for key, value in schema.items() if key in _KEPT}
        for key in _ELSEWHERE:
            if key in schema:
                made[key] = self.there(schema[key])
        for key in _SOMEWHERE:
            if key in schema:
                made[key] = {name: self.there(inner) for name, inner in schema[key].items()}
        shaped = any(schema.get(key) for key in _SHAPING) or "additionalProperties" in schema
        if schema.get("type") == "object" and not shaped:
            made["additionalProperties"] = True
        return made

    def _refers(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        if "$recursiveRef" in schema:
            return {"$ref": NAME + SCHEMAS + self._name}
        return {"$ref": NAME + schema["$ref"]} if "$ref" in schema else {}

    def _choice(self, key: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        branches = schema[key]
        told = (schema.get("discriminator") or {}).get("propertyName")
        names = [self._values(branch, told) for branch in branches] if told else [None]
        if not all(names):
            free = {"additionalProperties": True}  # a branch that says nothing allows everything
            made = [self.here(branch) for branch in branches]
            return {key: made if key == "allOf" else [branch or free for branch in made]}
        meant: dict[str, list[Any]] = {}
        for values, branch in zip(names, branches, strict=True):
            for name in values or ():
                meant.setdefault(name, []).append(self.here(branch))
        cases = [
            {"if": _is(told, [name]), "then": made[0] if len(made) == 1 else {"anyOf": made}}
            for name, made in sorted(meant.items())
        ]
        return {"allOf": [{"required": [told], **_is(told, sorted(meant))}, *cases]}

    def _values(self, schema: Mapping[str, Any], name: str) -> list[str] | None:
        """Return the values that a branch allows for the member that decides."""
        if "$ref" in schema:
            return self._values(self._schemas[schema["$ref"].removeprefix(SCHEMAS)], name)
        told = (schema.get("properties") or {}).get(name) or {}
        found = told.get("enum") or ([told["const"]] if "const" in told else None)
        for part in () if found else schema.get("allOf", ()):
            found = found or self._values(part, name)
        return found


def _is(name: str, values: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"enum": list(values)}}}
