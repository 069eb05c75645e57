"""JSON Schemas with their references and `allOf` folded into one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

_MOST_FOLDS = 64
_TIGHTER_UP = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_TIGHTER_DOWN = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})


class Refs:
    """Finds what `$ref` names inside one schema.

    Args:
        root: the whole schema; references to other documents are not followed.
    """

    def __init__(self, root: Any) -> None:
        self._root = root

    def find(self, ref: Any) -> Any:
        """Return the schema that `ref` names; True, which asks for nothing, if there is none."""
        if not isinstance(ref, str) or not ref.startswith("#"):
            return True
        at = self._root
        for part in ref[1:].split("/")[1:]:
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(at, Mapping) and name in at:
                at = at[name]
            elif isinstance(at, list) and name.isdigit() and int(name) < len(at):
                at = at[int(name)]
            else:
                return True
        return at


def merged(schema: Any, refs: Refs) -> dict[str, Any]:
    """Return `schema` without `$ref` and `allOf`: all they ask for, in one."""
    together: dict[str, Any] = {}
    waiting, folds = [schema], 0
    while waiting and folds < _MOST_FOLDS:
        one = waiting.pop(0)
        folds += 1
        if not isinstance(one, Mapping):
            continue
        inner = [refs.find(one["$ref"])] if "$ref" in one else []
        if isinstance(one.get("allOf"), list):
            inner += one["allOf"]
        waiting = inner + waiting
        for word, wanted in one.items():
            if word not in ("$ref", "allOf", "$defs", "definitions"):
                together[word] = _both(word, together[word], wanted) if word in together else wanted
    return together


def _both(word: str, one: Any, other: Any) -> Any:
    match one, other:
        case Mapping(), Mapping() if word in ("properties", "patternProperties"):
            shared = {name: {"allOf": [one[name], other[name]]} for name in one if name in other}
            return {**one, **other, **shared}
        case list(), list() if word == "required":
            return [*one, *(name for name in other if name not in one)]
        case list(), list() if word == "enum":
            return [item for item in one if item in other] or other
        case list(), list() if word == "type":
            return [item for item in one if item in other] or other
        case (list(), str()) if word == "type":
            return other
        case (str(), list()) if word == "type":
            return one
        case (int() | float(), int() | float()) if word in _TIGHTER_UP:
            return max(one, other)
        case (int() | float(), int() | float()) if word in _TIGHTER_DOWN:
            return min(one, other)
        case _:
            return other


def listed(one: Any) -> list[Any]:
    """Return `one` if it is a list, else an empty one."""
    return one if isinstance(one, list) else []


def mapped(one: Any) -> Mapping[str, Any]:
    """Return `one` if it is a mapping, else an empty one."""
    return one if isinstance(one, Mapping) else {}
