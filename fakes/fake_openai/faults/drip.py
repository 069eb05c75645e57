"""A stream that only trickles."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Pace, Step

from .base import Placed, Scene


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Drip(Placed):
    """From here on a few bytes come at a time.

    Attributes:
        bytes: bytes a write, at least 1.
        every: seconds between two writes.
    """

    ends = False

    bytes: int = 1
    every: float = 0.01

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.not_negative("every of Drip", self.every)
        checks.whole_number("bytes of Drip", self.bytes)
        if self.bytes < 1:
            raise ValueError(f"Drip needs at least 1 byte a write, got {self.bytes}")

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return True

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:  # noqa: ARG002
        """Return the steps, given those before and those after the place."""
        return [*before, Pace(self.bytes, self.every), *rest]
