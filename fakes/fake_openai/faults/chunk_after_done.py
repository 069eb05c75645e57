"""Events after the end."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import InStream, Scene
from .event import ends, json_of


@dataclass(frozen=True, slots=True, repr=False)
class ChunkAfterDone(InStream):
    """After `[DONE]`, or after the last event where there is none, a chunk of the answer comes.

    It is one that came before, text in it where there was any.

    Attributes:
        n: how often.
    """

    ends = False
    streams_only = True

    n: int = 1

    def __post_init__(self) -> None:
        checks.at_least(1, "n of ChunkAfterDone", self.n)

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps` with the fault in them; None if there is no event to repeat."""
        events = [at for at, s in enumerate(steps) if isinstance(s, Send) and s.events]
        told = [(at, json_of(steps[at], scene)) for at in events]  # type: ignore[arg-type]  # above
        within = [at for at, value in told if value and not ends(value) and not value.get("usage")]
        if not within:
            return None
        again = steps[within[-1]]
        assert isinstance(again, Send)  # noqa: S101 (chosen above)
        late = [replace(again, final=False)] * self.n
        last = events[-1] + 1
        return [*steps[:last], *late, *steps[last:]]
