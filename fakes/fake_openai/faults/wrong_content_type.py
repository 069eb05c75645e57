"""A body that is not what its header says."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Step

from .base import InStream, Scene


@dataclass(frozen=True, slots=True, repr=False)
class WrongContentType(InStream):
    """The body is as it should be, its `content-type` is not.

    Attributes:
        value: the header; None = there is no such header.
    """

    ends = False

    value: str | None = "text/html; charset=utf-8"

    def __post_init__(self) -> None:
        if self.value is not None:
            checks.one_line("value of WrongContentType", self.value)

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return True

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps`; the head is changed."""
        scene.head.headers["Content-Type"] = self.value
        return steps
