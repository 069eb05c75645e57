"""The judge that knows the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .closing import NAME, closed, closed_document
from .unknown import CLOSED, badness, check
from .violation import Violation, member

_ERROR = {"$ref": "#/components/schemas/ErrorResponse"}
_STREAM = "text/event-stream"
_REFUSED = 400
_Validator: Any = extend(Draft202012Validator, {CLOSED: check})


class OpenAPI:
    """Judges bodies and events by an OpenAPI document.

    Args:
        path: the document, as JSON.
    """

    def __init__(self, path: Path) -> None:
        self.document: dict[str, Any] = json.loads(path.read_text())
        resource = DRAFT202012.create_resource(closed_document(self.document))
        self._registry: Registry[Any] = Registry().with_resource(NAME, resource)
        self._validators: dict[str, Any] = {}

    def judge(
        self, method: str, path: str, status: int, value: Any, *, event: bool = False
    ) -> list[Violation]:
        """Judge the body of a response, or an event of it; `path` is that of the document."""
        kind = "stream" if event else ""
        where = " ".join(filter(None, (method, path, str(status), kind)))
        schema = self._schema(method, path, status, value, event=event)
        if schema is None:
            return []
        key = json.dumps(schema, sort_keys=True)
        validator = self._validators.get(key)
        if validator is None:
            made = closed(schema, self.document)
            validator = _Validator(made, registry=self._registry)
            self._validators[key] = validator
        errors = (leaf for error in validator.iter_errors(value) for leaf in _leaves(error))
        found = {Violation("openapi", where, member(e.absolute_path), _said(e)) for e in errors}
        return sorted(found)

    def _schema(self, method: str, path: str, status: int, value: Any, *, event: bool) -> Any:
        if status >= _REFUSED or (event and value.keys() == {"error"}):
            return _ERROR
        operations = self.document["paths"][path]
        if event and path.startswith("/responses/"):
            operations, method = self.document["paths"]["/responses"], "POST"
        content = operations[method.lower()]["responses"][str(status)].get("content") or {}
        # The document has no stream for /completions; its events are of the same form.
        kinds = (_STREAM, "application/json") if event else ("application/json",)
        for kind in kinds:
            if kind in content:
                return content[kind]["schema"]
        return None


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """Yield what is wrong in the branch that was most likely meant."""
    if error.validator not in ("anyOf", "oneOf") or not error.context:
        yield error
        return
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    for inner in min(branches.values(), key=badness):
        yield from _leaves(inner)


def _said(error: ValidationError) -> str:
    if error.validator in ("type", "enum", "const"):
        came = json.dumps(error.instance)[:80]
        return f"{error.validator} must be {error.validator_value}, got {came}"
    return error.message[:200]
