"""What the fake server does with each request."""

from __future__ import annotations

from collections.abc import Callable

from fake_openai import Answer, CommentFlood, Fault, Latency, Received, Reply, Writes

from .cases import case, number_of
from .kinds import fault

COMMENTS = 2000
BETWEEN = 0.012  # seconds
LATENCY = Latency(first_token=0.08, between=BETWEEN, jitter=0.6)
_EVENTS = Writes()
_RAGGED = Writes(mode="random")


def plan(seed: int) -> Callable[[Received], Reply]:
    """Return the plan of the demo with `seed`: the same stream and attempt get the same reply."""

    def reply(received: Received) -> Reply:
        asked = case(seed, number_of(received.question))
        faults: list[Fault] = []
        if received.attempt <= len(asked.blows):
            blow = asked.blows[received.attempt - 1]
            faults.append(fault(blow.kind, blow.after))
        if asked.flooded and received.attempt == 1:
            faults.append(CommentFlood(COMMENTS))
        return Reply(
            Answer(asked.text, chunks=asked.pieces),
            faults=faults,
            writes=_RAGGED if asked.ragged else _EVENTS,
        )

    return reply
