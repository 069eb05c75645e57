"""Names and types of the request parameters in an OpenAPI document.

Kept in `parameters.json`, so that the page can be made and checked without the document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "parameters.json"
ENDPOINTS = (
    "POST /chat/completions",
    "GET /chat/completions",
    "POST /chat/completions/{completion_id}",
    "GET /chat/completions/{completion_id}/messages",
    "POST /responses",
    "GET /responses/{response_id}",
    "GET /responses/{response_id}/input_items",
    "POST /conversations",
    "POST /conversations/{conversation_id}",
    "POST /conversations/{conversation_id}/items",
    "GET /conversations/{conversation_id}/items",
    "POST /completions",
    "POST /embeddings",
    "POST /moderations",
    "POST /files",
    "GET /files",
    "POST /batches",
    "GET /batches",
)


def extract(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the type of each parameter by its name, for each of `ENDPOINTS`.

    A parameter that is an object is followed by its members, `stream_options.include_usage`.
    """
    return {endpoint: _endpoint(document, endpoint) for endpoint in ENDPOINTS}


def _endpoint(document: Mapping[str, Any], endpoint: str) -> dict[str, str]:
    reader = _Reader(document)
    method, path = endpoint.split()
    operation = document["paths"][path][method.lower()]
    told = {
        one["name"]: reader.type(one["schema"])
        for one in operation.get("parameters", ())
        if one["in"] == "query"
    }
    for content in operation.get("requestBody", {}).get("content", {}).values():
        told |= reader.parameters(content["schema"])
    return told


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]

    def parameters(self, schema: Mapping[str, Any]) -> dict[str, str]:
        told: dict[str, str] = {}
        for name, inner in sorted(self._properties(schema).items()):
            told[name] = self.type(inner)
            if told[name] == "object":
                for member, one in sorted(self._properties(inner).items()):
                    told[f"{name}.{member}"] = self.type(one)
        return told

    def type(self, schema: Mapping[str, Any]) -> str:
        """Return the kinds of value that `schema` allows, null left out."""
        return " or ".join(dict.fromkeys(self._types(schema)))

    def _types(self, schema: Mapping[str, Any]) -> Iterator[str]:
        if "$ref" in schema:
            yield from self._types(self._resolved(schema))
        elif isinstance(schema.get("type"), str):
            if schema["type"] != "null":
                yield schema["type"]
        elif "properties" in schema:
            yield "object"
        for key in ("anyOf", "oneOf", "allOf"):
            for branch in schema.get(key, ()):
                yield from self._types(branch)

    def _properties(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            return self._properties(self._resolved(schema))
        found: dict[str, Any] = dict(schema.get("properties") or {})
        for key in ("anyOf", "oneOf", "allOf"):
            for branch in schema.get(key, ()):
                found = {**self._properties(branch), **found}
        return found

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._schemas[schema["$ref"].rpartition("/")[2]]
        return found


def load() -> dict[str, dict[str, str]]:
    """Return what the file says."""
    told: dict[str, dict[str, str]] = json.loads(FILE.read_text())
    return told


def written(told: Mapping[str, Any]) -> str:
    """Return `told` as it stands in the file."""
    return json.dumps(told, indent=1) + "\n"
