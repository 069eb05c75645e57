"""A connection that is reset inside the body."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai.delivery.steps import Step, Stop

from .base import Placed, Scene


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reset(Placed):
    """The connection is reset (TCP RST); what was sent before arrives."""

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return True

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:  # noqa: ARG002
        """Return the steps, given those before and those after the place."""
        return [*before, Stop("reset")]
