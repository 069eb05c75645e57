"""A role where none is due."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Step

from .base import Placed, Scene
from .event import chunk, made


@dataclass(frozen=True, slots=True, repr=False)
class SecondRole(Placed):
    """In the middle of an answer of the chat a chunk tells a role again, with empty content.

    Attributes:
        role: the role.
    """

    ends = False
    streams_only = True

    role: str = "assistant"

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.text("role of SecondRole", self.role)

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step] | None:
        """Return the steps, given those before and those after the place."""
        if scene.endpoint != "chat":
            return None
        delta = {"role": self.role, "content": ""}
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
        return [*before, made(chunk(scene, [choice]), scene), *rest]
