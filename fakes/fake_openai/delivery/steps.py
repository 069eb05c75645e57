"""The body of one response as steps: what is sent, when, and how it ends.

Faults change steps, the delivery carries them out. Steps are plain data, so what a fault does can
be seen without a socket.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from .over import Over

Ending = Literal["cut", "reset", "end"]


class Send(msgspec.Struct, frozen=True, gc=False):
    """Bytes of the body.

    Attributes:
        data: the bytes.
        events: how many events that carry data end with them (1 or 0).
        times: how often they are sent; a large body need not be held in memory.
        final: with them a client has all it needs, and may leave.
    """

    data: bytes
    events: int = 0
    times: int = 1
    final: bool = False

    @property
    def size(self) -> int:
        """Length in bytes."""
        return len(self.data) * self.times


class Wait(msgspec.Struct, frozen=True, gc=False):
    """Silence.

    Attributes:
        seconds: how long; may be infinite.
        comment: sent again and again meanwhile; empty = nothing.
        every: seconds between two comments.
        loaded: other requests count: this one's turn is waited for, and they stretch the time.
        unless: once it happens, the body ends as it should.
    """

    seconds: float
    comment: bytes = b""
    every: float = 1.0
    loaded: bool = False
    unless: Over | None = None


class Pace(msgspec.Struct, frozen=True, gc=False):
    """From here on the bytes only trickle.

    Attributes:
        size: bytes a write.
        every: seconds between two writes.
        per_byte: seconds more for each byte of a write.
    """

    size: int
    every: float
    per_byte: float = 0.0


class Stop(msgspec.Struct, frozen=True, gc=False):
    """The body is over.

    Attributes:
        how: `end` = as it should, `cut` = the connection ends inside the body, `reset` = it is
            reset.
    """

    how: Ending


Step: TypeAlias = Send | Wait | Pace | Stop
Steps: TypeAlias = Iterable[Step]


def split(
    steps: list[Step], after: int | None, at_byte: int | None
) -> tuple[list[Step], list[Step]] | None:
    """Cut `steps` after so many events, or after so many bytes.

    Returns:
        What comes before the place and what comes after it; None if the steps end before it.
    """
    if at_byte is not None:
        return _split_at_byte(steps, at_byte)
    left = after or 0
    if left == 0:
        return [], steps
    for place, step in enumerate(steps):
        if isinstance(step, Send):
            left -= step.events
            if left <= 0:
                return steps[: place + 1], steps[place + 1 :]
    return None


def _split_at_byte(steps: list[Step], at_byte: int) -> tuple[list[Step], list[Step]] | None:
    left = at_byte
    for place, step in enumerate(steps):
        if left == 0:
            return steps[:place], steps[place:]
        if not isinstance(step, Send):
            continue
        if step.size > left:
            head, tail = cut(step, left)
            return steps[:place] + head, tail + steps[place + 1 :]
        left -= step.size
    return (steps, []) if left == 0 else None


def cut(step: Send, at: int) -> tuple[list[Step], list[Step]]:
    """Cut one step after `at` of its bytes."""
    whole, rest = divmod(at, len(step.data))
    head: list[Step] = []
    tail: list[Step] = []
    if whole:
        head.append(replace(step, times=whole, events=0, final=False))
    left = step.times - whole
    if rest:
        head.append(Send(step.data[:rest]))
        left -= 1
        last = left == 0
        tail.append(Send(step.data[rest:], step.events if last else 0, final=step.final and last))
    if left:
        tail.append(replace(step, times=left))
    return head, tail
