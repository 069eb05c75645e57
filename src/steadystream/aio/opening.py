"""An answer over the standard pipeline, the same for every shell."""

from __future__ import annotations

from random import Random

from steadystream import pipeline
from steadystream.policy.clock import Timeouts
from steadystream.policy.recovery import Retries
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.transcript import Transcript
from steadystream.request import Request

from .answer import Answer
from .exchange import Exchange


def open_answer(
    exchange: Exchange,
    request: Request,
    *,
    dialect: Dialect,
    timeouts: Timeouts,
    retries: Retries,
    dice: Random,
) -> Answer:
    """Return the answer to `request`; nothing is sent before it is entered and read."""
    transcript = Transcript()
    opening = pipeline.standard(
        exchange,
        transcript=transcript,
        dialect=dialect,
        timeouts=timeouts,
        retries=retries,
        dice=dice,
    )
    return Answer(opening, request, transcript)
