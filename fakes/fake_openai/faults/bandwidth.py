"""A narrow connection."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Pace, Step

from .base import Placed, Scene

_WRITES_A_SECOND = 50


@dataclass(frozen=True, slots=True, repr=False)
class Bandwidth(Placed):
    """From here on the bytes come no faster than so many a second.

    Without a place that is so from the first byte of the body.

    Attributes:
        bytes_per_second: of the body, above 0.
    """

    ends = False
    from_start = True

    bytes_per_second: float = 1000.0

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.finite("bytes_per_second of Bandwidth", self.bytes_per_second)
        if not self.bytes_per_second > 0:
            raise ValueError("bytes_per_second of Bandwidth must be above 0, got 0")

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return True

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:  # noqa: ARG002
        """Return the steps, given those before and those after the place."""
        size = max(1, int(self.bytes_per_second / _WRITES_A_SECOND))
        return [*before, Pace(size, 0.0, 1 / self.bytes_per_second), *rest]
