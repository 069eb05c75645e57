"""What all faults have in common. Apart from them, so that scripts can tell a fault by its kind."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from typing import Any, ClassVar

PLACES = ("after", "at_byte", "at_seconds", "each")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Fault:
    """Something that goes wrong on purpose.

    Attributes:
        ends: whether the response is not whole because of it.
        streams_only: whether it has no meaning in an answer that is not streamed, and is left out.
    """

    ends: ClassVar[bool] = True
    streams_only: ClassVar[bool] = False
    __slots__ = ()

    def spoils(self) -> bool:
        """Say whether the response is not whole because of it, with these arguments."""
        return self.ends

    @classmethod
    def kind(cls) -> str:
        """Return the name in JSON and on the command line: `broken_json` for `BrokenJSON`."""
        return _WORDS.sub("_", cls.__name__).lower()

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self._given())
        return f"{type(self).__name__}({told})"

    def _given(self) -> list[tuple[str, Any]]:
        fields = dataclasses.fields(self)  # type: ignore[arg-type]  # all faults are such
        given = [(field, getattr(self, field.name)) for field in fields]
        # The places last, as they are the same for all.
        given.sort(key=lambda pair: pair[0].name in PLACES)
        return [(field.name, value) for field, value in given if value != default_of(field)]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON: its kind and the arguments that differ from their defaults.

        `faults.from_json` is the way back.
        """
        told: dict[str, Any] = {"kind": self.kind()}
        told.update((name, plain(value)) for name, value in self._given())
        return told


def plain(value: Any) -> Any:
    """Return `value` as JSON can tell it: infinity as `inf`, bytes as `{"hex": ...}`."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, float) and math.isinf(value):
        return "inf"
    if isinstance(value, Mapping):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    return value


def default_of(field: dataclasses.Field[Any]) -> Any:
    """Return the default of `field`, `MISSING` if it has none."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
