"""A stream that goes quiet."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Step, Wait
from fake_openai.telling.frames import comment

from .base import Placed, Scene


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Stall(Placed):
    """Nothing comes for a while; then the answer goes on.

    Attributes:
        seconds: how long; infinite = until the client leaves.
        comments: keep-alive comments of the provider come meanwhile: the socket is alive, the
            answer is not. None come in an answer that is not streamed: they would be part of it.
        every: seconds between two of them.
    """

    ends = False

    seconds: float = math.inf
    comments: bool = False
    every: float = 0.05

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.not_negative("seconds of Stall", self.seconds)
        checks.number("every of Stall", self.every)
        if not self.every > 0:
            raise ValueError(f"every of Stall must be above 0, got {self.every!r}")

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return not self.comments

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:
        """Return the steps, given those before and those after the place."""
        talks = self.comments and scene.streamed
        said = scene.writes.dress(comment(scene.dialect)) if talks else b""
        return [*before, Wait(self.seconds, said, self.every), *rest]
