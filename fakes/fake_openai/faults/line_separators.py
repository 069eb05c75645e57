"""Characters that some take for line ends."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .event import json_of, with_json
from .on_events import OnEvents

_SEPARATORS = "a\u2028b\u2029c\u0085d\u007fe"


@dataclass(frozen=True, slots=True, repr=False)
class LineSeparators(OnEvents):
    """From here on JSON has a member with U+2028, U+2029 and U+0085 in it, raw.

    They end no line of SSE, though many libraries for lines think so.
    """

    ends = False
    from_start = True

    def many(self) -> int | None:
        """Return how many events it strikes."""
        return None

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        value = json_of(event, scene)
        if value is None:
            return None
        return [with_json(event, {**value, "separators": _SEPARATORS}, scene)]
