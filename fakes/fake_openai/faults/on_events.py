"""Faults that strike single events."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from fake_openai.delivery.steps import Send, Step

from .base import Placed, Scene


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OnEvents(Placed):
    """A fault that does something to events with data, beginning with the next at its place."""

    def many(self) -> int | None:
        """Return how many events it strikes; None = all from its place on."""
        return 1

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step] | None:
        """Return the steps, given those before and those after the place."""
        left = 1 if self.each is not None else self.many()
        changed: list[Step] = []
        struck = False
        for step in rest:
            if left == 0 or not isinstance(step, Send) or not step.events:
                changed.append(step)
                continue
            edited = self.edit(step, scene)
            changed += [step] if edited is None else edited
            if edited is not None:
                struck = True
                left = None if left is None else left - 1
            elif self.each is not None:
                left = 0  # chance chose this event and no other
        return [*before, *changed] if struck else None

    @abstractmethod
    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`; None if the fault has no meaning for it."""
