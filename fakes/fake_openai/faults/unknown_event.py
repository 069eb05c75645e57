"""An event of a name that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Placed, Scene


@dataclass(frozen=True, slots=True, repr=False)
class UnknownEvent(Placed):
    """An event comes whose name no client knows; by the letter of SSE it is to be passed over.

    Attributes:
        name: of the event.
        data: its data, one line; None = it has none, which is no event at all.
    """

    ends = False
    streams_only = True
    from_start = True

    name: str = "ping"
    data: str | None = '{"type":"ping"}'

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.one_line("name of UnknownEvent", self.name)
        if self.data is not None:
            checks.one_line("data of UnknownEvent", self.data)

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:
        """Return the steps, given those before and those after the place."""
        data = "" if self.data is None else f"data: {self.data}\n"
        event = f"event: {self.name}\n{data}\n".encode("utf-8", "replace")
        return [*before, Send(scene.writes.dress(event), int(self.data is not None)), *rest]
