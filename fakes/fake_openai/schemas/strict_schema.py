"""The rules for schemas of structured output, where `strict` is true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fake_openai.asking.complaints import invalid

_DEEPEST = 64
_UNKNOWN = ("allOf", "not", "dependentRequired", "dependentSchemas", "if", "then", "else")


def check(schema: Any, what: str, name: str, param: str, code: str | None = None) -> None:
    """Check a schema that answers must satisfy.

    Args:
        schema: the schema.
        what: `response_format` or `function`.
        name: its name.
        param: the part of the request it is in, as errors name it.
        code: of the error.

    Raises:
        ApiError: it breaks a rule; the first one found is told, with its place.
    """
    for told in _faults(schema):
        raise invalid(f"Invalid schema for {what} '{name}': {told}", param, code, "")


def check_object(schema: Any, what: str, name: str, param: str, code: str | None = None) -> None:
    """Check a schema that is not strict: it must be that of an object, and say which members.

    Raises:
        ApiError: it is none.
    """
    told = next(_no_object(schema), None)
    if told is None and schema.get("type") == "object" and "properties" not in schema:
        told = "In context=(), object schema missing properties."
    if told is not None:
        raise invalid(f"Invalid schema for {what} '{name}': {told}", param, code, "")


def _faults(schema: Any) -> Iterator[str]:
    yield from _no_object(schema)
    yield from _walk(schema, ())


def _no_object(schema: Mapping[str, Any]) -> Iterator[str]:
    kind = schema.get("type")
    if kind != "object" and "$ref" not in schema:
        came = "None" if kind is None else str(kind)
        yield f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{came}\"'."


def _walk(schema: Any, at: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(schema, Mapping) or len(at) > _DEEPEST:
        return
    where = f"In context={at!r}, "
    for word in _UNKNOWN:
        if word in schema:
            yield f"{where}'{word}' is not permitted."
    if "oneOf" in schema:
        yield f"{where}'oneOf' is not permitted."
    if not any(word in schema for word in ("type", "$ref", "anyOf", "enum", "const")) and at:
        yield f"{where}schema must have a 'type' key."
    kinds = schema.get("type")
    if kinds == "object" or (isinstance(kinds, list) and "object" in kinds):
        yield from _object(schema, where)
    if (kinds == "array" or (isinstance(kinds, list) and "array" in kinds)) and not (
        "items" in schema or "prefixItems" in schema
    ):
        yield f"{where}array schema missing items."
    yield from _inside(schema, at)


def _object(schema: Mapping[str, Any], where: str) -> Iterator[str]:
    if schema.get("additionalProperties") is not False:
        yield f"{where}'additionalProperties' is required to be supplied and to be false."
    members = schema.get("properties")
    names = list(members) if isinstance(members, Mapping) else []
    required = schema.get("required")
    given = required if isinstance(required, list) else []
    told = f"{where}'required' is required to be supplied and to be an array including every key"
    for name in names:
        if name not in given:
            yield f"{told} in properties. Missing '{name}'."
    for name in given:
        if name not in names:
            yield f"{told} in properties. Extra required key '{name}' supplied."


def _inside(schema: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[str]:
    for word in ("properties", "$defs", "definitions"):
        inner = schema.get(word)
        if isinstance(inner, Mapping):
            for name, one in inner.items():
                yield from _walk(one, (*at, word, name))
    yield from _walk(schema.get("items"), (*at, "items"))
    options = schema.get("anyOf")
    for place, one in enumerate(options if isinstance(options, list) else ()):
        yield from _walk(one, (*at, "anyOf", str(place)))
