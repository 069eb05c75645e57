"""Any bytes at any place."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Placed, Scene


@dataclass(frozen=True, slots=True, repr=False)
class RawBytes(Placed):
    """Bytes come that are no part of the answer; then it goes on.

    Attributes:
        data: the bytes, at least one.
    """

    data: bytes

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.instance("data of RawBytes", self.data, bytes)
        if not self.data:
            raise ValueError("data of RawBytes must have at least 1 byte, got none")

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return True

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:  # noqa: ARG002
        """Return the steps, given those before and those after the place."""
        return [*before, Send(self.data), *rest]
