"""An event that is not JSON."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.steps import Send, Step, split

from .base import InStream, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenJSON(InStream):
    """The next event arrives with the second half of its JSON missing; the stream goes on.

    Attributes:
        after: events with data that are sent before it.
    """

    after: int

    def __post_init__(self) -> None:
        checks.whole_number("after of BrokenJSON", self.after)
        checks.not_negative("after of BrokenJSON", self.after)

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps` with the fault in them; None if they end before its place."""
        parts = split(steps, self.after, None)
        if parts is None:
            return None
        before, rest = parts
        for place, step in enumerate(rest):
            if isinstance(step, Send) and step.events:
                end = scene.writes.newline.encode() * 2
                broken = step.data[: len(step.data) // 2] + end
                return [*before, *rest[:place], Send(broken, 1), *rest[place + 1 :]]
        return None
