"""Lets faults change what an endpoint has to say, before it is sent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from fake_openai import checks
from fake_openai.faults import Boundaries, Compressed, InStream, Scene
from fake_openai.scripts.script import Reply

from .head import Head
from .steps import Send, Step, Steps, Stop, Wait
from .writes import Writes

if TYPE_CHECKING:
    from fake_openai.front.exchange import Exchange

_IN_TEXT = ("utf8", "data", "crlf", "lines")  # modes that look at what the bytes mean


class Told(Protocol):
    """What has to be known of an answer; see `serving.Telling`."""

    @property
    def id(self) -> str:
        """Id of the answer."""
        ...

    @property
    def created(self) -> int:
        """Seconds since 1970."""
        ...

    @property
    def streamed(self) -> bool:
        """Whether it is told as an event stream."""
        ...


def in_stream(reply: Reply, *, streamed: bool) -> list[InStream]:
    """Return the faults of `reply` that can strike the body, in the order they take effect."""
    given = checks.faults("reply", reply.faults)
    faults = [f for f in given if isinstance(f, InStream) and (streamed or not f.streams_only)]
    packed = [at for at, fault in enumerate(faults) if isinstance(fault, Compressed)]
    if packed:
        # What writes text must do so before it is compressed.
        before, behind = faults[: packed[0]], faults[packed[0] :]
        text = [fault for fault in behind if not fault.on_wire()]
        faults = before + text + [fault for fault in behind if fault.on_wire()]
    return faults


def boundaries(exchange: Exchange, reply: Reply) -> Writes:
    """Return the writes of a reply: those of a fault, its own, or the server's."""
    writes = exchange.writes if reply.writes is None else reply.writes
    for fault in checks.faults("reply", reply.faults):
        if isinstance(fault, Boundaries):
            exchange.note(fault)
            writes = fault.writes()
    return writes


@dataclass(slots=True)
class Spoilt:
    """A response with faults in it.

    Attributes:
        steps: its body.
        writes: borders of writes.
        head: what is special about its head.
    """

    steps: Steps
    writes: Writes
    head: Head = field(default_factory=Head)

    def response(self, headers: Iterable[tuple[str, str]], status: int = 200) -> web.StreamResponse:
        """Return status and headers; the body is still to be delivered."""
        known = self.head.length is not None
        size = sum(map(_size, self.steps)) if known else 0
        return self.head.response(status, headers, size)


def spoil(
    exchange: Exchange, told: Told, faults: Sequence[InStream], steps: Steps, writes: Writes
) -> Spoilt:
    """Let `faults`, those of `in_stream`, change `steps`; those that happen are noted."""
    spoilt = Spoilt(steps, writes)
    if not faults:
        return spoilt  # the steps are made one by one while they are sent
    scene = Scene(
        exchange.dialect,
        exchange.luck,
        told.id,
        told.created,
        exchange.model,
        writes,
        streamed=told.streamed,
        endpoint=exchange.received.endpoint,
        head=spoilt.head,
    )
    changed = list(steps)
    for fault in faults:
        if isinstance(fault, Compressed) and spoilt.writes.mode in _IN_TEXT:
            changed = list(_cut(changed, exchange, writes))
            spoilt.writes = replace(writes, mode="event")
        after = fault.change(changed, scene)
        if after is not None:
            exchange.note(fault)
            changed = _to_end(after)
    spoilt.steps = changed
    return spoilt


def _size(step: Step) -> int:
    if isinstance(step, Wait) and step.comment and math.isfinite(step.seconds):
        return len(step.comment) * math.ceil(step.seconds / step.every)
    return step.size if isinstance(step, Send) else 0


def _cut(steps: Iterable[Step], exchange: Exchange, writes: Writes) -> Iterable[Step]:
    for step in steps:
        if isinstance(step, Send) and step.times == 1 and step.data:
            *parts, last = writes.cut(step.data, exchange.chance)
            yield from map(Send, parts)
            yield Send(last, step.events, final=step.final)
        else:
            yield step


def _to_end(steps: list[Step]) -> list[Step]:
    """Return `steps` up to their end; an empty write would be taken for the end of the body."""
    kept: list[Step] = []
    for step in steps:
        if not isinstance(step, Send) or step.data:
            kept.append(step)
        if isinstance(step, Stop):
            break
    return kept
