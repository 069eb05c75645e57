"""What follows a fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from steadystream.errors import (
    DeadlineExceeded,
    GaveUp,
    InvalidRequest,
    Rejected,
    SpliceMismatch,
    StreamFault,
)
from steadystream.events import Rung
from steadystream.protocol.continuation import Continuation, continuation, is_whole
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.transcript import Transcript
from steadystream.request import Request

from .backoff import Backoff, Dice
from .budget import Budget
from .clock import check_seconds

ALL_RUNGS = frozenset({Rung.EXACT_PREFIX, Rung.PREFILL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How hard to try.

    Attributes:
        attempts: exchanges per answer at most, the first one included; 1 = never try again.
        backoff: the wait before each further one.
        max_retry_after: longest wait in seconds that a server may ask for; beyond it the answer is
            given up. None = no limit.
        rungs: ways of going on that are allowed once text was delivered.
        tool_calls: "hold" = a call is delivered once it is whole, so that a torn one can be asked
            for again; "stream" = as it comes.
    """

    attempts: int = 5
    backoff: Backoff = field(default_factory=Backoff)
    max_retry_after: float | None = 60.0
    rungs: frozenset[Rung] = ALL_RUNGS
    tool_calls: Literal["hold", "stream"] = "hold"

    def __post_init__(self) -> None:
        if (
            not isinstance(self.attempts, int)
            or isinstance(self.attempts, bool)
            or self.attempts < 1
        ):
            msg = f"retries.attempts must be an integer from 1, got {self.attempts!r}"
            raise InvalidRequest(msg)
        check_seconds("retries.max_retry_after", self.max_retry_after, zero=True)
        if not isinstance(self.backoff, Backoff):
            msg = f"retries.backoff must be a Backoff, got {self.backoff!r}"
            raise InvalidRequest(msg)
        if not isinstance(self.rungs, (set, frozenset)) or not self.rungs <= ALL_RUNGS:
            known = ", ".join(sorted(ALL_RUNGS))
            msg = f"retries.rungs must be a set of {known}, got {self.rungs!r}"
            raise InvalidRequest(msg)
        if self.tool_calls not in ("hold", "stream"):
            msg = f"retries.tool_calls must be hold or stream, got {self.tool_calls!r}"
            raise InvalidRequest(msg)


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
        budget: pays for further attempts, of all answers together; None = without end.
    """

    def __init__(
        self,
        request: Request,
        dialect: Dialect,
        settings: Retries,
        budget: Budget | None = None,
    ) -> None:
        self._request = request
        self._dialect = dialect
        self._settings = settings
        self._budget = budget
        self._failures = 0
        self._seen = 0
        self.attempts = 1

    def after(self, fault: StreamFault, so_far: Transcript, *, now: float, dice: Dice) -> Decision:
        """Say what follows `fault` when `so_far` was delivered.

        An answer of which nobody has seen anything is asked for again from the start. One that is
        partly delivered is continued, or given up where the server cannot continue.

        Args:
            fault: what ended the attempt.
            so_far: everything delivered, by all attempts.
            now: on the clock of `request.deadline`.
            dice: for the jitter.
        """
        if is_whole(self._request, so_far):
            return Conclude()
        why = self._refusal(fault, so_far)
        if why is not None:
            return GiveUp(why)
        rest = self._rest(so_far)
        if isinstance(rest, GaveUp):
            return GiveUp(rest)
        if rest is not None and rest.request is None:
            return Continue(0.0, rest)
        seconds = self._wait(fault, so_far, dice)
        longest = self._settings.max_retry_after
        if longest is not None and (fault.retry_after or 0.0) > longest:
            return GiveUp(GaveUp.RETRY_AFTER_TOO_LONG)
        deadline = self._request.deadline
        if deadline is not None and now + seconds >= deadline:
            return GiveUp(GaveUp.NO_TIME_LEFT)
        if self._budget is not None and not self._budget.spend(now):
            return GiveUp(GaveUp.BUDGET_SPENT)
        self.attempts += 1
        return Retry(seconds) if rest is None else Continue(seconds, rest)

    def _refusal(self, fault: StreamFault, so_far: Transcript) -> GaveUp | None:
        """Return why no further attempt may be made, whatever the server can do."""
        if isinstance(fault, DeadlineExceeded):
            return GaveUp.NO_TIME_LEFT
        if not fault.transient:
            asked_to_go_on = so_far.started and isinstance(fault, (Rejected, SpliceMismatch))
            return GaveUp.CONTINUATION_REFUSED if asked_to_go_on else GaveUp.NOT_TRANSIENT
        if self.attempts >= self._settings.attempts:
            return GaveUp.ATTEMPTS_SPENT
        return None

    def _rest(self, so_far: Transcript) -> Continuation | GaveUp | None:
        """Return how to go on; None when there is nothing to go on from."""
        if not so_far.started:
            return None
        rest = continuation(self._request, so_far, self._dialect)
        if isinstance(rest, Continuation) and rest.rung in ALL_RUNGS - self._settings.rungs:
            return GaveUp.CANNOT_CONTINUE
        return rest

    def _wait(self, fault: StreamFault, so_far: Transcript, dice: Dice) -> float:
        """Return the pause; failures in a row count only while they bring nothing new."""
        self._failures = 1 if so_far.text_chunks > self._seen else self._failures + 1
        self._seen = so_far.text_chunks
        jitter = self._settings.backoff.seconds(self._failures, dice)
        return max(fault.retry_after or 0.0, jitter)
