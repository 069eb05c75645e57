"""The shape of a stream: names, order and kinds of what is in its chunks, runs told once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any


def shape(value: Any) -> str:
    """Return names and order of members and kinds of values, `{id:text,choices:[{...}]}`."""
    match value:
        case dict():
            return "{" + ",".join(f"{key}:{shape(inner)}" for key, inner in value.items()) + "}"
        case list():
            return f"[{','.join(name for name, _ in groupby(map(shape, value)))}]"
        case None:
            return "null"
        case bool():
            return "bool"
        case str():
            return "text"
        case _:
            return "number"


def lanes(chunks: Iterable[dict[str, Any]]) -> dict[Any, list[str]]:
    """Return the shapes of the chunks of each choice, and of those without one under None."""
    found: dict[Any, list[str]] = {}
    for chunk in chunks:
        choices = chunk.get("choices") or []
        lane = found.setdefault(choices[0].get("index", 0) if choices else None, [])
        told = shape(chunk)
        if not lane or lane[-1] != told:
            lane.append(told)
    return found
