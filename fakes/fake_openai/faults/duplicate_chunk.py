"""An event that comes twice."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.steps import Send, Step, split

from .base import InStream, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateChunk(InStream):
    """An event is sent again, byte for byte.

    Attributes:
        after: the number of the event, from 1.
        times: how often it is repeated.
    """

    ends = False
    streams_only = True

    after: int
    times: int = 1

    def __post_init__(self) -> None:
        checks.whole_number("after of DuplicateChunk", self.after)
        checks.whole_number("times of DuplicateChunk", self.times)
        if self.after < 1 or self.times < 1:
            got = f"{self.after} and {self.times}"
            raise ValueError(f"DuplicateChunk needs after= and times= of at least 1, got {got}")

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:  # noqa: ARG002
        """Return `steps` with the fault in them; None if they end before its place."""
        parts = split(steps, self.after, None)
        if parts is None:
            return None
        before, rest = parts
        event = before[-1]
        if not isinstance(event, Send):
            return None
        return [*before, *[event] * self.times, *rest]
