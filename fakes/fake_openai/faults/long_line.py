"""One very large event."""

from __future__ import annotations

from dataclasses import dataclass

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step
from fake_openai.telling.lines import dump

from .base import Placed, Scene
from .event import chunk, next_number

_BLOCK = b"x" * 65536


@dataclass(frozen=True, slots=True, repr=False)
class LongLine(Placed):
    """A chunk without choices, but with a very long member, comes between two others.

    It carries nothing of the answer; in the Responses API it is a `keepalive` event. It is written
    block by block, so that its size costs no memory here. Without a place it comes before the first
    event.

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
        start, end = _event(before, scene)
        dress = scene.writes.dress
        head, tail = dress(start), dress(end)
        blocks, left = divmod(max(0, self.bytes - len(head) - len(tail)), len(_BLOCK))
        steps: list[Step] = [Send(head)]
        if blocks:
            steps.append(Send(_BLOCK, times=blocks))
        return [*before, *steps, Send(_BLOCK[:left] + tail, 1), *rest]


def _event(before: list[Step], scene: Scene) -> tuple[bytes, bytes]:
    """Return the event, cut inside its long member."""
    if scene.endpoint == "responses":
        number = next_number(before, scene)
        value = {"type": "keepalive", "sequence_number": number, "padding": ""}
        name = "event: keepalive\n"
    else:
        value, name = chunk(scene, [], padding=""), ""
    event = f"{name}data: {dump(value, scene.dialect)}\n\n".encode("utf-8", "replace")
    at = event.index(b'"padding":"') + len(b'"padding":"')
    return event[:at], event[at:]
