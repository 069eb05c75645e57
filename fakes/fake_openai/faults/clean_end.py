"""A body that ends too early."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai.delivery.steps import Step, Stop

from .base import Placed, Scene


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CleanEnd(Placed):
    """The body ends as it should, but the answer in it has no finish reason and no `[DONE]`."""

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return True

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:  # noqa: ARG002
        """Return the steps, given those before and those after the place."""
        return [*before, Stop("end")]
