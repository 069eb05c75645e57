"""Comments without end."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step
from fake_openai.telling.frames import comment

from .base import Scene
from .on_events import OnEvents


@dataclass(frozen=True, slots=True, repr=False)
class CommentEveryEvent(OnEvents):
    """From here on a comment comes before every event.

    Attributes:
        text: of the comment; None = the one with which the provider keeps connections open.
    """

    ends = False
    streams_only = True
    from_start = True

    text: str | None = None

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        if self.text is not None:
            checks.sse_line("text of CommentEveryEvent", self.text)

    def many(self) -> int | None:
        """Return how many events it strikes."""
        return None

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        said = f":{self.text}\n\n".encode("utf-8", "replace")
        if self.text is None:
            said = comment(scene.dialect)
        return [Send(scene.writes.dress(said)), event]
