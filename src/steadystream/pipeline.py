"""The one place where the order of the stages is written. The order is the meaning."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from .policy.attempts import Attempt
from .policy.background import Background
from .policy.backoff import Dice
from .policy.clock import Timeouts
from .policy.economy import Economy
from .policy.idempotency import Keys
from .policy.refused import RefusedRungs
from .policy.retries import Retries
from .protocol.api import CHAT, AnyTranscript, Api
from .protocol.dialects import Dialect
from .protocol.upstream import Upstream
from .stages.background import Cancel, Notice, Release
from .stages.capture import Capture
from .stages.deadline import Deadline
from .stages.hedge import Race
from .stages.leaving import Leave
from .stages.limit import Limit
from .stages.record import Record
from .stages.recover import Recover
from .stages.stage import Open, compose
from .stages.timeouts import Silence


def standard(  # noqa: D417  # the settings are documented where they are defined
    source: Open,
    *,
    transcript: AnyTranscript,
    dialect: Dialect,
    timeouts: Timeouts,
    retries: Retries,
    dice: Dice,
    economy: Economy | None = None,
    refused: RefusedRungs | None = None,
    attempts: list[Attempt] | None = None,
    new_key: Callable[[], str] | None = None,
    leave: Leave | None = None,
    others: Sequence[Upstream] = (),
    api: Api = CHAT,
    background: Background | None = None,
    cancel: Cancel | None = None,
) -> Open:
    """Return `source` with everything that makes its answers arrive whole, for one answer.

    Args:
        source: opens one attempt.
        transcript: where the answer is kept.
        dice: for the jitter of the waits.
        refused: what the client remembers of servers; None = nothing.
        economy: what all answers share; None = nothing.
        attempts: where it is noted what became of each.
        new_key: makes the idempotency keys, where the dialect knows such; None = none is sent.
        others: upstreams that may be asked besides the first.
        api: what kind of answer it is.
        background: what the answer leaves behind at servers; None = nothing.
        cancel: ends that.
        leave: ends what waits when the answer is closed by its own side; None = nobody closes it.
    """
    shared = economy or _NONE
    header = dialect.idempotency_header
    keys = None
    if new_key is not None and (header is not None or others):
        keys = Keys(header, new_key)
    left = None
    if background is not None and cancel is not None:
        left = background, cancel, set[asyncio.Task[None]]()
    return compose(
        (
            # Around all, since it is to be done however the answer ends.
            *([] if left is None else [Release(*left)]),
            # So that whatever leaves, the end of the time included, carries the answer.
            Capture(transcript),
            # Around the loop: it limits waits and further attempts too.
            Deadline(timeouts.total),
            # The loop: all that is inside it belongs to one attempt.
            Recover(
                dialect, retries, dice, shared.budget, refused or RefusedRungs(), leave, others, api
            ),
            # Two attempts at once, each with its own account, place and clocks.
            *([] if shared.hedge is None else [Race(shared)]),
            # For each attempt, the one that loses a race included.
            *([] if left is None else [Notice(*left)]),
            # Around all of one attempt, the wait for its turn and its refusal included.
            Record(attempts if attempts is not None else [], keys, leave),
            # Before the clocks start: nobody is late who has not had a turn.
            Limit(shared, leave, retries.backoff.cap if others else None),
            # The clocks start anew with each attempt.
            Silence(timeouts),
        ),
        source,
    )


_NONE = Economy(budget=None, breaker=None, pace=None)
