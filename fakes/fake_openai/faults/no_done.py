"""A stream without its last line."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai.delivery.steps import Send, Step

from .base import InStream, Scene
from .event import is_done


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoDone(InStream):
    """The answer is whole and the body ends as it should, but `[DONE]` is missing."""

    ends = False
    streams_only = True

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps` with the fault in them; None if no `[DONE]` is in them."""
        kept = [s for s in steps if not (isinstance(s, Send) and is_done(s, scene))]
        return None if len(kept) == len(steps) else kept
