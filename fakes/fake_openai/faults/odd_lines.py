"""Lines that have no meaning here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .on_events import OnEvents

_LINES = ("id: 1", "retry: 3000", "x-unknown: a", "nocolon")


@dataclass(frozen=True, slots=True, repr=False)
class OddLines(OnEvents):
    """From here on each event begins with lines that SSE allows and that no answer needs.

    Attributes:
        lines: the lines, one or more.
    """

    ends = False
    streams_only = True
    from_start = True

    lines: Sequence[str] = _LINES

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        if isinstance(self.lines, str) or not isinstance(self.lines, Sequence):
            came = checks.shown(self.lines)
            raise TypeError(f"lines of OddLines must be a list of texts, got {came}")
        if not self.lines:
            raise ValueError("lines of OddLines must be at least 1 line, got none")
        for line in self.lines:
            checks.sse_line("a line of OddLines", line)
        object.__setattr__(self, "lines", tuple(self.lines))

    def many(self) -> int | None:
        """Return how many events it strikes."""
        return None

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        lines = "".join(f"{line}\n" for line in self.lines).encode("utf-8", "replace")
        return [Send(scene.writes.dress(lines) + event.data, event.events, final=event.final)]
