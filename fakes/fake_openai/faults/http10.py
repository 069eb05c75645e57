"""An old server."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai.delivery.steps import Step

from .base import InStream, Scene


@dataclass(frozen=True, slots=True, repr=False)
class HTTP10(InStream):
    """The response says HTTP/1.0, and only the end of the connection ends its body."""

    ends = False

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return True

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps`; the head is changed."""
        scene.head.http10 = True
        return steps
