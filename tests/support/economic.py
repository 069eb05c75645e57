"""Answers that are played under one economy."""

from __future__ import annotations

from random import Random
from typing import Any

from steadystream import pipeline
from steadystream.events import Event, Message
from steadystream.policy.clock import Timeouts
from steadystream.policy.economy import Economy
from steadystream.policy.recovery import Retries
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.transcript import Transcript
from steadystream.stages.leaving import Leave
from support.scripted import REQUEST, Upstream


async def play(
    upstream: Upstream, economy: Economy, leave: Leave | None = None, **settings: Any
) -> list[Event]:
    """Return the events of one answer, which may be left meanwhile."""
    open = pipeline.standard(
        upstream,
        transcript=Transcript(),
        dialect=DIALECTS["vllm"],
        timeouts=settings.pop("timeouts", Timeouts()),
        dice=settings.pop("dice", Random(1)),
        retries=Retries(**settings),
        economy=economy,
        leave=leave,
    )
    async with open(REQUEST) as batches:
        return [event async for batch in batches for event in batch]


def words(events: list[Event]) -> str:
    """Return the text that the events add up to."""
    return "".join(event.text for event in events if isinstance(event, Message))
