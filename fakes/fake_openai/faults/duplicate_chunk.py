"""An event that comes twice."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Placed, Scene


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DuplicateChunk(Placed):
    """The event before its place is sent again, byte for byte.

    Attributes:
        times: how often it is repeated.
    """

    ends = False
    streams_only = True

    times: int = 1

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.whole_number("times of DuplicateChunk", self.times)
        if self.after == 0 or self.times < 1:
            got = f"{self.after} and {self.times}"
            raise ValueError(f"DuplicateChunk needs after= and times= of at least 1, got {got}")

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step] | None:  # noqa: ARG002
        """Return the steps, given those before and those after the place."""
        events = [step for step in before if isinstance(step, Send) and step.events]
        if not events:
            return None
        return [*before, *[replace(events[-1], final=False)] * self.times, *rest]
