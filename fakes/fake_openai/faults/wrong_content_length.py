"""A body that is not as long as its header says."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Step

from .base import InStream, Scene


@dataclass(frozen=True, slots=True, repr=False)
class WrongContentLength(InStream):
    """The body is sent with a `content-length` that is wrong, then the connection ends.

    Attributes:
        by: bytes more than there are, fewer where it is negative; 0 = the length is right.
        chunked: the body is sent in chunks all the same, so that a client must not look at the
            length (RFC 9112, 6.3).
    """

    by: int = 1
    chunked: bool = False

    def __post_init__(self) -> None:
        checks.whole_number("by of WrongContentLength", self.by)

    def spoils(self) -> bool:
        """Say whether the response is not whole because of it."""
        return self.by != 0 and not self.chunked

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return True

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps`; the head is changed."""
        scene.head.length, scene.head.both = self.by, self.chunked
        return steps
