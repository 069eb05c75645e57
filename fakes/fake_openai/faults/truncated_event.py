"""A body that ends inside an event."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step, Stop

from .base import Scene
from .on_events import OnEvents


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TruncatedEvent(OnEvents):
    """The next event is not sent to its end, and then the body ends as it should.

    Attributes:
        drop: bytes that are left out at its end, the blank line among them; None = its second half.
    """

    drop: int | None = None

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        checks.whole_number("drop of TruncatedEvent", self.drop, optional=True)
        if self.drop is not None and self.drop < 1:
            raise ValueError(f"drop of TruncatedEvent must be 1 or more, got {self.drop}")

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:  # noqa: ARG002
        """Return what stands in the place of `event`."""
        size = len(event.data)
        kept = size // 2 if self.drop is None else max(0, size - self.drop)
        return [Send(event.data[:kept]), Stop("end")]
