"""Events over several lines."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .event import data_lines, text_of
from .on_events import OnEvents

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[,{\[]', re.DOTALL)


@dataclass(frozen=True, slots=True, repr=False)
class SplitData(OnEvents):
    """From here on the JSON of an event is split over several `data:` lines.

    It is split where JSON allows white space, so that the lines joined are the same value.

    Attributes:
        lines: how many lines, at least 2; fewer where the JSON has not so many places for it.
    """

    ends = False
    streams_only = True
    from_start = True

    lines: int = 2

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        checks.at_least(2, "lines of SplitData", self.lines)

    def many(self) -> int | None:
        """Return how many events it strikes."""
        return None

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        text = text_of(event, scene)
        places = _places(text) if text else []
        if text is None or not places or "\n" in text:
            return None
        wanted = min(self.lines - 1, len(places))
        chosen = [places[len(places) * number // wanted] for number in range(wanted)]
        ends = [*chosen, len(text)]
        parts = [text[a:b] for a, b in zip([0, *chosen], ends, strict=True)]
        return [data_lines(event, [part.encode() for part in parts], scene)]


def _places(text: str) -> list[int]:
    try:
        json.loads(text)
    except ValueError:
        return []
    return [found.end() for found in _TOKEN.finditer(text) if found[0][0] != '"']
