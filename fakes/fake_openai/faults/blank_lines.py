"""More blank lines than are due."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .on_events import OnEvents


@dataclass(frozen=True, slots=True, repr=False)
class BlankLines(OnEvents):
    """From here on further blank lines stand behind every event, which mean nothing.

    Attributes:
        n: how many.
    """

    ends = False
    streams_only = True
    from_start = True

    n: int = 1

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        checks.at_least(1, "n of BlankLines", self.n)

    def many(self) -> int | None:
        """Return how many events it strikes."""
        return None

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        if event.times != 1:
            return None
        blank = scene.writes.dress(b"\n" * self.n)
        return [Send(event.data + blank, event.events, final=event.final)]
