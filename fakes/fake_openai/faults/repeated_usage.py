"""Usage that comes again and again."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .event import json_of, made
from .on_events import OnEvents


@dataclass(frozen=True, slots=True, repr=False)
class RepeatedUsage(OnEvents):
    """Usage is told several times, each time the whole of it; who adds it up counts too much.

    Attributes:
        n: how often in all.
    """

    ends = False
    streams_only = True
    from_start = True

    n: int = 3

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        checks.at_least(2, "n of RepeatedUsage", self.n)

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        value = json_of(event, scene)
        if value is None or "choices" not in value or not value.get("usage"):
            return None
        return [event, *[made({**value, "choices": []}, scene)] * (self.n - 1)]
