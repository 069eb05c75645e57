"""An answer that ends twice."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .event import ends, json_of
from .on_events import OnEvents


@dataclass(frozen=True, slots=True, repr=False)
class DuplicateFinish(OnEvents):
    """The event that tells how the answer ended comes again, byte for byte.

    Attributes:
        times: how often it is repeated.
    """

    ends = False
    streams_only = True
    from_start = True

    times: int = 1

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        checks.at_least(1, "times of DuplicateFinish", self.times)

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        value = json_of(event, scene)
        if value is None or not ends(value):
            return None
        return [*[replace(event, final=False)] * self.times, event]
