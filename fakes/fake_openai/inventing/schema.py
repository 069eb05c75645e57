"""Values that satisfy a JSON Schema, the same for the same seed.

Understood is what models are asked for: types, enumerations, bounds, formats, patterns, references
(recursive ones too) and combinations. `not`, `if` and what depends on other members are not.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

from . import schema_numbers as numbers
from . import words
from .patterns import matching
from .schema_merge import Refs, listed, mapped, merged

_DEEP = 3
_DEEPEST = 24
_TRIES = 40
_ENDLESS = 1000


def value(schema: Any, seed: str, hints: Sequence[str] = ()) -> Any:
    """Return a value that satisfies `schema`.

    Args:
        schema: a JSON Schema; what it has in forms that are not understood asks for nothing.
        seed: any text.
        hints: texts that plain strings may take, first come first served.
    """
    return _Maker(schema, random.Random(seed), list(hints)).make(schema, "", 0)


def text(schema: Any, seed: str, hints: Sequence[str] = ()) -> str:
    """Return such a value as compact JSON."""
    made = value(schema, seed, hints)
    return json.dumps(made, separators=(",", ":"), ensure_ascii=False)


class _Maker:
    def __init__(self, root: Any, rng: random.Random, hints: list[str]) -> None:
        self._refs = Refs(root)
        self._rng = rng
        self._hints = hints

    def make(self, schema: Any, name: str, depth: int) -> Any:
        """Return a value for `schema`, the member called `name`."""
        if depth > _DEEPEST or schema is False:
            return None
        known = merged(schema, self._refs)
        for word in ("anyOf", "oneOf"):
            options = known.get(word)
            if isinstance(options, list) and options:
                chosen = self._choose(options, depth)
                rest = {key: one for key, one in known.items() if key != word}
                return self.make({"allOf": [rest, chosen]}, name, depth)
        if "const" in known:
            return known["const"]
        if isinstance(known.get("enum"), list) and known["enum"]:
            return self._among(known["enum"])
        return self._typed(self._type(known), known, name, depth)

    def _choose(self, options: list[Any], depth: int) -> Any:
        costs = [self._cost(option, ()) for option in options]
        ends = [option for option, cost in zip(options, costs, strict=True) if cost < _ENDLESS]
        if depth >= _DEEP:
            return options[costs.index(min(costs))]
        options = ends or options
        filled = [o for o in options if not (isinstance(o, Mapping) and o.get("type") == "null")]
        if filled and (len(filled) == len(options) or self._rng.random() < 0.8):  # noqa: PLR2004 (mostly there)
            options = filled
        return self._rng.choice(options)

    def _cost(self, schema: Any, trail: tuple[int, ...]) -> int:
        """Return how deep the smallest value for `schema` is."""
        if not isinstance(schema, Mapping):
            return 0
        if id(schema) in trail or len(trail) > _DEEPEST:
            return _ENDLESS
        trail = (*trail, id(schema))
        costs = [0]
        if "$ref" in schema:
            costs.append(self._cost(self._refs.find(schema["$ref"]), trail))
        for word in ("anyOf", "oneOf"):
            if isinstance(schema.get(word), list) and schema[word]:
                costs += [min(self._cost(one, trail) for one in schema[word])]
        costs += [self._cost(one, trail) for one in listed(schema.get("allOf"))]
        members = mapped(schema.get("properties"))
        for name in listed(schema.get("required")):
            costs.append(1 + self._cost(members.get(name), trail))
        if _whole(schema.get("minItems"), 0) > 0:
            costs.append(1 + self._cost(schema.get("items"), trail))
        return min(max(costs), _ENDLESS)

    def _type(self, known: Mapping[str, Any]) -> str:
        named = known.get("type")
        if isinstance(named, list) and named:
            filled = [one for one in named if one != "null"]
            return str(self._rng.choice(filled or named))
        if isinstance(named, str):
            return named
        for kind, keywords in _TELLS.items():
            if any(keyword in known for keyword in keywords):
                return kind
        return "string"

    def _typed(self, kind: str, known: Mapping[str, Any], name: str, depth: int) -> Any:
        match kind:
            case "object":
                return self._object(known, depth)
            case "array":
                return self._array(known, name, depth)
            case "string":
                return self._string(known, name)
            case "integer" | "number":
                return numbers.number(known, self._rng, whole=kind == "integer")
            case "boolean":
                return self._rng.random() < 0.5  # noqa: PLR2004 (a coin)
            case _:
                return None

    def _object(self, known: Mapping[str, Any], depth: int) -> dict[str, Any]:
        members = mapped(known.get("properties"))
        required = [name for name in listed(known.get("required")) if isinstance(name, str)]
        made: dict[str, Any] = {}
        for name, one in members.items():
            if name in required or (self._optional(one, depth)):
                made[name] = self.make(one, name, depth + 1)
        others = known.get("additionalProperties", True)
        for name in required:
            if name not in made:
                made[name] = self.make(others, name, depth + 1)
        least = _whole(known.get("minProperties"), 0)
        for name, one in members.items():
            if len(made) < least and name not in made:
                made[name] = self.make(one, name, depth + 1)
        while len(made) < least and others is not False:
            name = f"key_{len(made) + 1}"
            made[name] = self.make(others, name, depth + 1)
        return made

    def _optional(self, schema: Any, depth: int) -> bool:
        if depth >= _DEEP or schema is False or self._cost(schema, ()) >= _ENDLESS:
            return False
        return self._rng.random() < 0.7  # noqa: PLR2004 (mostly there)

    def _array(self, known: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        first = listed(known.get("prefixItems"))
        others = known.get("items", True)
        least = _whole(known.get("minItems"), 0)
        usual = max(least, 0 if depth >= _DEEP else self._rng.randint(1, 3))
        most = _whole(known.get("maxItems"), max(usual, len(first)))
        if self._cost(others, ()) >= _ENDLESS:
            most = min(most, max(least, len(first)))
        wanted = min(max(usual, len(first)), most)
        if others is False:
            wanted = min(wanted, len(first))
        made: list[Any] = []
        tries = 0
        while len(made) < wanted and tries < _TRIES + wanted:
            at = len(made)
            item = self.make(first[at] if at < len(first) else others, name, depth + 1)
            if not known.get("uniqueItems") or item not in made:
                made.append(item)
            tries += 1
        return made

    def _among(self, choices: list[Any]) -> Any:
        """Return one of `choices`: what was hinted at, where it is among them."""
        for hint in self._hints:
            for choice in choices:
                if isinstance(choice, str) and choice.casefold() == hint.casefold():
                    self._hints.remove(hint)
                    return choice
        return self._rng.choice(choices)

    def _string(self, known: Mapping[str, Any], name: str) -> str:
        least = _whole(known.get("minLength"), 0)
        most = _whole(known.get("maxLength"), math.inf)
        pattern = known.get("pattern")
        if isinstance(pattern, str):
            for _ in range(_TRIES):
                found = matching(pattern, self._rng)
                if found is not None and least <= len(found) <= most:
                    return found
        made = words.formatted(str(known.get("format", "")), self._rng)
        if made is None:
            made = self._hints.pop(0) if self._hints else words.named(name, self._rng)
            made = words.fitted(made, least, most, self._rng)
        return made


_TELLS: Mapping[str, tuple[str, ...]] = {
    "object": ("properties", "required", "additionalProperties", "minProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


def _whole(one: Any, otherwise: float) -> Any:
    return int(one) if numbers.is_number(one) else otherwise
