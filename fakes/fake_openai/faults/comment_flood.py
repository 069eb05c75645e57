"""Comments, and nothing but comments."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step
from fake_openai.telling.frames import comment

from .base import Placed, Scene

_AT_ONCE = 1024


@dataclass(frozen=True, slots=True, repr=False)
class CommentFlood(Placed):
    """Many keep-alive comments come at once; then the answer goes on.

    Without `after` or `at_byte` they come before the first event.

    Attributes:
        n: how many.
    """

    ends = False
    streams_only = True
    from_start = True

    n: int = 1000

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.whole_number("n of CommentFlood", self.n)
        if self.n < 1:
            raise ValueError(f"CommentFlood needs at least 1 comment, got {self.n}")

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:
        """Return the steps, given those before and those after the place."""
        one = scene.writes.dress(comment(scene.dialect))
        blocks, left = divmod(self.n, _AT_ONCE)
        flood: list[Step] = [Send(one * _AT_ONCE, times=blocks)] if blocks else []
        if left:
            flood.append(Send(one * left))
        return [*before, *flood, *rest]
