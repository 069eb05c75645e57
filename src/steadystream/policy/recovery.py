"""What follows a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from steadystream.errors import (
    DeadlineExceeded,
    GaveUp,
    Rejected,
    SpliceMismatch,
    StreamFault,
    UpstreamError,
)
from steadystream.events import Rung
from steadystream.protocol.continuation import Continuation, continuation, is_whole
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.ladder import Ladder
from steadystream.protocol.transcript import Transcript
from steadystream.request import Request

from .backoff import Dice
from .budget import Budget
from .refused import RefusedRungs
from .retries import Retries

__all__ = ["Conclude", "Continue", "Decision", "GiveUp", "Recovery", "Retries", "Retry"]

# The body as it is does not suit the server; the same in another way may.
_UNSUITABLE = frozenset({400, 404, 405, 413, 415, 422, 501})
_TOO_LARGE = 413
_KEPT = frozenset({Rung.EXACT_PREFIX, Rung.PREFILL})


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask again from the start, in `seconds`: nobody has seen anything of the answer yet."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Continue:
    """Ask for the rest, in `seconds`."""

    seconds: float
    continuation: Continuation


@dataclass(frozen=True, slots=True)
class Conclude:
    """The answer is whole all the same: the fault came after its end."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Hand the fault to the caller, for the reason `why`."""

    why: GaveUp


Decision: TypeAlias = Retry | Continue | Conclude | GiveUp


class Recovery:
    """Decides for one answer, fault by fault. Does no I/O.

    Args:
        request: what was asked for in the first place.
        dialect: how its server can be asked to go on.
        settings: how hard to try.
        budget: pays for further attempts; None = nobody counts them.
        refused: what this client knows that servers do not take.
    """

    def __init__(
        self,
        request: Request,
        dialect: Dialect,
        settings: Retries,
        budget: Budget | None = None,
        refused: RefusedRungs | None = None,
    ) -> None:
        self._request = request
        self._dialect = dialect
        self._settings = settings
        self._budget = budget
        self._remembered = refused if refused is not None else RefusedRungs()
        self._refused: frozenset[Rung] = frozenset()
        self._rung: Rung | None = None
        self._failures = 0
        self._seen = 0
        self.attempts = 1

    def after(self, fault: StreamFault, so_far: Transcript, *, now: float, dice: Dice) -> Decision:
        """Say what follows `fault` when `so_far` was delivered.

        An answer of which nobody has seen anything is asked for again from the start. One that is
        partly delivered is continued, or given up where the server cannot continue. A way of going
        on that did not work is not tried again; the next one is.

        Args:
            fault: what ended the attempt.
            so_far: everything delivered, by all attempts.
            now: on the clock of `request.deadline`.
            dice: for the jitter.
        """
        if is_whole(self._request, so_far):
            return Conclude()
        refused = self._note_refusal(fault, so_far)
        why = self._refusal(fault, so_far, refused=refused)
        if why is not None:
            return GiveUp(why)
        rest = self._rest(so_far)
        if isinstance(rest, GaveUp):
            return GiveUp(GaveUp.CONTINUATION_REFUSED if self._refused else rest)
        if rest is not None and rest.request is None:
            return Continue(0.0, rest)
        # Another way need not wait for what the server made of the last one.
        seconds = 0.0 if refused else self._wait(fault, so_far, dice)
        longest = self._settings.max_retry_after
        if longest is not None and (fault.retry_after or 0.0) > longest:
            return GiveUp(GaveUp.RETRY_AFTER_TOO_LONG)
        deadline = self._request.deadline
        if deadline is not None and now + seconds >= deadline:
            return GiveUp(GaveUp.NO_TIME_LEFT)
        if self._budget is not None and not self._budget.spend(now):
            return GiveUp(GaveUp.BUDGET_SPENT)
        self.attempts += 1
        self._rung = None if rest is None else rest.rung
        return Retry(seconds) if rest is None else Continue(seconds, rest)

    def _note_refusal(self, fault: StreamFault, so_far: Transcript) -> bool:
        """Say whether the last way of going on did not work, and remember it if so."""
        rung, self._rung = self._rung, None
        status = fault.status if isinstance(fault, Rejected) else None
        # The same request was taken once, so an error that blames it is about something else.
        reported = (
            isinstance(fault, UpstreamError)
            and rung is not Rung.REGENERATE
            and so_far.text_chunks == self._seen
        )
        unfit = status in _UNSUITABLE or reported or isinstance(fault, SpliceMismatch)
        if rung is None or fault.transient or not unfit:
            return False
        self._refused |= {rung}
        if status in _UNSUITABLE - {_TOO_LARGE} and rung in _KEPT:
            self._remembered.add(self._request, so_far, rung)
        return True

    def _refusal(self, fault: StreamFault, so_far: Transcript, *, refused: bool) -> GaveUp | None:
        """Return why no further attempt may be made, whatever the server can do."""
        if isinstance(fault, DeadlineExceeded):
            return GaveUp.NO_TIME_LEFT
        if not fault.transient and not refused:
            asked_to_go_on = so_far.started and isinstance(fault, (Rejected, SpliceMismatch))
            return GaveUp.CONTINUATION_REFUSED if asked_to_go_on else GaveUp.NOT_TRANSIENT
        if self.attempts >= self._settings.attempts:
            return GaveUp.CONTINUATION_REFUSED if refused else GaveUp.ATTEMPTS_SPENT
        return None

    def _rest(self, so_far: Transcript) -> Continuation | GaveUp | None:
        """Return how to go on; None when there is nothing to go on from."""
        if not so_far.started:
            return None
        settings = self._settings
        refused = self._refused | self._remembered.of(self._request, so_far)
        ladder = Ladder(settings.rungs - refused, settings.reasoning, settings.instruction)
        return continuation(self._request, so_far, self._dialect, ladder)

    def _wait(self, fault: StreamFault, so_far: Transcript, dice: Dice) -> float:
        """Return the pause; failures in a row count only while they bring nothing new."""
        self._failures = 1 if so_far.text_chunks > self._seen else self._failures + 1
        self._seen = so_far.text_chunks
        jitter = self._settings.backoff.seconds(self._failures, dice)
        return max(fault.retry_after or 0.0, jitter)
