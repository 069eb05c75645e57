"""An answer over the standard pipeline, the same for every shell."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from steadystream import pipeline
from steadystream.errors import InvalidRequest
from steadystream.policy.aliases import Aliases
from steadystream.policy.attempts import Attempt
from steadystream.policy.background import Background
from steadystream.policy.clock import Timeouts
from steadystream.policy.economy import Economy
from steadystream.policy.refused import RefusedRungs
from steadystream.policy.retries import Retries
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.upstream import Upstream
from steadystream.request import Request
from steadystream.stages.background import Cancel
from steadystream.stages.leaving import Leave

from .answer import AnswerIn
from .exchange import Exchange

_Answer = TypeVar("_Answer", bound=AnswerIn[Any])

TIMEOUTS = Timeouts()
RETRIES = Retries()
_DICE = Random()


def dice_of(seed: int | None) -> Random:
    """Return where chance comes from; without a seed one for all, since seeding takes time."""
    return _DICE if seed is None else Random(seed)


def check_settings(timeouts: object, retries: object, max_event_bytes: object) -> None:
    """Raise `InvalidRequest` for settings of another kind than the shells take."""
    for name, value, kind in (("timeouts", timeouts, Timeouts), ("retries", retries, Retries)):
        if value is not None and not isinstance(value, kind):
            msg = f"{name} must be a {kind.__name__} or None for the defaults, got {value!r}"
            raise InvalidRequest(msg)
    number = isinstance(max_event_bytes, int) and not isinstance(max_event_bytes, bool)
    if not number or max_event_bytes < 1:  # type: ignore[operator]
        msg = f"max_event_bytes must be a positive number of bytes, got {max_event_bytes!r}"
        raise InvalidRequest(msg)


def economy_of(economy: object) -> Economy:
    """Return the economy that a setting names; None = one of its own.

    Raises:
        InvalidRequest: it is something else.
    """
    if economy is None:
        return Economy()
    if not isinstance(economy, Economy):
        msg = f"economy must be an Economy or None for one of its own, got {economy!r}"
        raise InvalidRequest(msg)
    return economy


def new_key() -> str:
    """Return an idempotency key that nobody else has."""
    return os.urandom(16).hex()


def open_answer(
    kind: type[_Answer],
    exchange: Exchange,
    request: Request,
    *,
    dialect: Dialect,
    timeouts: Timeouts,
    retries: Retries,
    dice: Random,
    economy: Economy,
    refused: RefusedRungs,
    abort: Callable[[], None],
    new_key: Callable[[], str] | None = None,
    leave: Leave | None = None,
    others: Sequence[Upstream] = (),
    background: Background | None = None,
    cancel: Cancel | None = None,
    aliases: Aliases | None = None,
) -> _Answer:
    """Return the answer to `request`; nothing is sent before it is entered and read.

    `abort` closes the attempt under way, and lets no other begin; `new_key` makes idempotency keys.
    `leave` ends what waits for the answer's sake; `others` may be asked besides. What `background`
    says goes on when the answer is over is ended by `cancel`. `aliases` learn the ids that its
    server knows.
    """
    transcript, attempts = kind.api.transcript(), list[Attempt]()
    opening = pipeline.standard(
        exchange,
        transcript=transcript,
        dialect=dialect,
        timeouts=timeouts,
        retries=retries,
        dice=dice,
        economy=economy,
        refused=refused,
        attempts=attempts,
        new_key=new_key,
        leave=leave,
        others=others,
        api=kind.api,
        background=background,
        cancel=cancel,
    )
    answer = kind(opening, request, transcript, abort, attempts)
    if aliases is not None:
        answer.on_whole = aliases.note
    return answer
