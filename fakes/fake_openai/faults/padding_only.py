"""White space instead of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step, Stop, Wait

from .base import InStream, Scene

_PADDING = b"\n         \n"  # as OpenRouter sends it while it waits


@dataclass(frozen=True, slots=True, repr=False)
class PaddingOnly(InStream):
    """The provider pads the body while it waits for its model, and then gives up: no more comes.

    Attributes:
        n: blocks of white space, 11 bytes each.
        every: seconds between two of them.
    """

    n: int = 3
    every: float = 0.0

    def __post_init__(self) -> None:
        checks.at_least(1, "n of PaddingOnly", self.n)
        checks.not_negative("every of PaddingOnly", self.every)

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:  # noqa: ARG002
        """Return the padding instead of `steps`."""
        block: list[Step] = [Send(_PADDING), Wait(self.every)]
        return [*block * (self.n - 1), Send(_PADDING), Stop("end")]
