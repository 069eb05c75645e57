"""Events that never come."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .on_events import OnEvents


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DroppedChunk(OnEvents):
    """The next events are not sent; the stream goes on as if nothing were missing.

    Attributes:
        count: how many.
    """

    streams_only = True

    count: int = 1

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        checks.at_least(1, "count of DroppedChunk", self.count)

    def many(self) -> int | None:
        """Return how many events it strikes."""
        return self.count

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:  # noqa: ARG002
        """Return what stands in the place of `event`."""
        return []
