"""Events in the wrong order."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Placed, Scene


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reordered(Placed):
    """The next event comes late, after some of those that should follow it.

    Attributes:
        by: how many events overtake it.
    """

    ends = False
    streams_only = True

    by: int = 1

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.at_least(1, "by of Reordered", self.by)

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step] | None:  # noqa: ARG002
        """Return the steps, given those before and those after the place."""
        events = [at for at, step in enumerate(rest) if isinstance(step, Send) and step.events]
        if len(events) <= self.by:
            return None
        late, last = events[0], events[self.by]
        between = rest[late + 1 : last + 1]
        return [*before, *rest[:late], *between, rest[late], *rest[last + 1 :]]
