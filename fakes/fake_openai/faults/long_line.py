"""One very large event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fake_openai import checks
from fake_openai.lines import dump
from fake_openai.steps import Send, Step

from .base import Placed, Scene
from .event import chunk

_BLOCK = b"x" * 65536


@dataclass(frozen=True, slots=True, repr=False)
class LongLine(Placed):
    """A chunk without choices, but with a very long member, comes between two others.

    It carries nothing of the answer. It is written block by block, so that its size costs no memory
    here. Without `after` or `at_byte` it comes before the first event.

    Attributes:
        bytes: size of the event, from `data:` to the blank line; at least that of the chunk
            without its long member, some 150 bytes, which is never cut.
    """

    ends = False
    streams_only = True
    from_start = True

    bytes: int = 1 << 20

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.whole_number("bytes of LongLine", self.bytes)
        if self.bytes < 1:
            raise ValueError(f"LongLine needs a size of at least 1 byte, got {self.bytes}")

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:
        """Return the steps, given those before and those after the place."""
        line = dump(self._chunk(scene), scene.dialect).encode("utf-8", "replace")
        dress = scene.writes.dress
        head, tail = dress(b"data: " + line[:-2]), dress(line[-2:] + b"\n\n")
        blocks, left = divmod(max(0, self.bytes - len(head) - len(tail)), len(_BLOCK))
        steps: list[Step] = [Send(head)]
        if blocks:
            steps.append(Send(_BLOCK, times=blocks))
        return [*before, *steps, Send(_BLOCK[:left] + tail, 1), *rest]

    def _chunk(self, scene: Scene) -> dict[str, Any]:
        if scene.endpoint == "responses":
            return {"type": "keepalive", "padding": ""}
        return chunk(scene, [], padding="")
