"""Numbers within the bounds of a JSON Schema."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any, TypeGuard


def number(known: Mapping[str, Any], rng: random.Random, *, whole: bool) -> float:
    """Return a number for the schema `known`; bounds that exclude each other give their middle."""
    low, high = known.get("minimum"), known.get("maximum")
    over, under = known.get("exclusiveMinimum"), known.get("exclusiveMaximum")
    step = _step(known.get("multipleOf"), whole=whole)
    lowest = _first_step(low, over, step, up=True)
    highest = _first_step(high, under, step, up=False)
    if lowest is None:
        lowest = (highest - 100) if highest is not None else (1 if step == 1 else 0)
    if highest is None:
        highest = lowest + 100
    if highest < lowest:  # no step lies between the bounds: the middle of them is a number at least
        bounds: list[float] = [one for one in (low, over, high, under) if is_number(one)]
        return sum(bounds) / len(bounds)
    at = rng.randint(lowest, highest) * step
    return int(at) if whole else round(at, 10)


def _first_step(bound: Any, excluded: Any, step: float, *, up: bool) -> int | None:
    """Return the multiple of `step` nearest to the bounds on their inner side."""
    found: list[int] = []
    if is_number(bound):
        found.append(math.ceil(bound / step - 1e-9) if up else math.floor(bound / step + 1e-9))
    if is_number(excluded):
        near = excluded / step
        found.append(math.floor(near + 1e-9) + 1 if up else math.ceil(near - 1e-9) - 1)
    return (max(found) if up else min(found)) if found else None


def _step(wanted: Any, *, whole: bool) -> float:
    if not is_number(wanted) or not wanted > 0:
        return 1 if whole else 0.01
    return 1 if whole and wanted != int(wanted) else wanted


def is_number(one: Any) -> TypeGuard[float]:
    """Say whether `one` is a finite number; a boolean is none."""
    return isinstance(one, (int, float)) and not isinstance(one, bool) and math.isfinite(one)
