"""A fault with its arguments: what JSON, the command line and the docs are made of."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from fake_openai.fault import PLACES, Fault, default_of

_ATTRIBUTES = re.compile(r"^Attributes:\n(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*?)(?=^ {4}\w|\Z)", re.MULTILINE | re.DOTALL)
PROBABILITY = "probability"


@dataclasses.dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a fault.

    Attributes:
        name: as in Python and in JSON.
        types: what it may be.
        words: the words it may be, where only some are allowed.
        required: whether it must be given.
        default: its value if it is not given.
        first: whether it may be given without its name, in the text form.
        text: what it means.
    """

    name: str
    types: tuple[type, ...]
    words: tuple[str, ...]
    required: bool
    default: Any
    first: bool
    text: str

    def schema(self) -> dict[str, Any]:
        """Return its JSON schema."""
        if self.words:
            told: dict[str, Any] = {"enum": [*self.words, *[None] * (NoneType in self.types)]}
        else:
            names = sorted({name for kind in self.types for name in _JSON[kind]})
            told = {"type": names[0] if len(names) == 1 else names}
        told["description"] = self.text
        return told


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """One fault.

    Attributes:
        name: as in JSON and in the text form.
        fault: its class.
        text: what it does, one sentence.
        arguments: its arguments by name, the places last.
    """

    name: str
    fault: type[Fault]
    text: str
    arguments: Mapping[str, Argument]

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the fault."""
        chance = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
        return {
            "type": "object",
            "description": self.text,
            "properties": {
                "kind": {"const": self.name},
                **{name: argument.schema() for name, argument in self.arguments.items()},
                PROBABILITY: {**chance, "description": "that it strikes a request at all"},
            },
            "required": ["kind", *(a.name for a in self.arguments.values() if a.required)],
            "additionalProperties": False,
        }


_JSON: dict[type, tuple[str, ...]] = {
    bool: ("boolean",),
    int: ("integer",),
    float: ("number", "string"),  # infinity is "inf"
    str: ("string",),
    bytes: ("string", "object"),  # {"hex": "00ff"}
    dict: ("object",),
    list: ("array",),
    NoneType: ("null",),
}


def kind_of(fault: type[Fault]) -> Kind:
    """Return what is known of a class of faults."""
    hints = get_type_hints(fault)
    told = _attributes(fault)
    arguments = {}
    for field in dataclasses.fields(fault):  # type: ignore[arg-type]  # all faults are such
        types, words = _types(hints[field.name])
        default = default_of(field)
        required = default is dataclasses.MISSING
        argument = Argument(
            field.name,
            types,
            words,
            required,
            None if required else default,
            not field.kw_only,
            told.get(field.name, ""),
        )
        arguments[field.name] = argument
    names = sorted(arguments, key=lambda name: name in PLACES)
    summary = (inspect.getdoc(fault) or "").split("\n\n")[0].replace("\n", " ")
    return Kind(fault.kind(), fault, summary, {name: arguments[name] for name in names})


def _attributes(fault: type[Fault]) -> dict[str, str]:
    told: dict[str, str] = {}
    for one in reversed(fault.__mro__):
        block = _ATTRIBUTES.search(inspect.cleandoc(one.__doc__ or ""))
        for name, text in _ATTRIBUTE.findall(block[1]) if block else ():
            told[name] = " ".join(text.split())
    return told


def _types(hint: Any) -> tuple[tuple[type, ...], tuple[str, ...]]:
    if get_origin(hint) in (Union, UnionType):
        parts = [_types(part) for part in get_args(hint)]
        types = dict.fromkeys(one for part, _ in parts for one in part)
        return tuple(types), tuple(word for _, part in parts for word in part)
    if get_origin(hint) is Literal:
        return (str,), get_args(hint)
    origin = get_origin(hint) or hint
    if isinstance(origin, type) and origin not in _JSON:
        origin = dict if issubclass(origin, Mapping) else list
    return (origin,), ()
