"""An event that is not JSON."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .on_events import OnEvents


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BrokenJSON(OnEvents):
    """The next event arrives with the second half of its JSON missing; the stream goes on."""

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        if event.times != 1:
            return None
        end = scene.writes.newline.encode() * 2 if scene.streamed else b""
        return [Send(event.data[: len(event.data) // 2] + end, 1)]
