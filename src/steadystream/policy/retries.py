"""How hard to try, as settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from steadystream.errors import InvalidRequest
from steadystream.events import Rung
from steadystream.protocol.ladder import INSTRUCTION, RUNGS, TRUSTED_RUNGS
from steadystream.protocol.nearest import nearest

from .backoff import Backoff
from .clock import check_seconds

_FIELD = re.compile(r"\{(\w*[^\W\d]\w*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How hard to try, and by which means.

    Rungs may be given by their names: `Retries(rungs={"exact_prefix", "prefill"})`.

    Attributes:
        attempts: exchanges per answer at most, the first one included; 1 = never try again.
        backoff: the wait before each further one.
        max_retry_after: longest wait in seconds that a server may ask for; beyond it the answer is
            given up. None = no limit.
        rungs: ways of going on that are allowed once something was delivered. All but "instruct",
            whose seam is only as good as the model's obedience.
        rungs_across_models: those of them that are allowed where another model goes on.
        attempts_each: exchanges in a row that may bring nothing new before the next of the
            fallbacks is asked; 1 = each fault leads to the next.
        tool_calls: "hold" = a call is delivered once it is whole, so that a torn one can be asked
            for again; "stream" = as it comes, and a torn one goes on only where it comes again
            exactly.
        reasoning: of an answer cut before anything but reasoning was delivered: "once" = what is
            reasoned a second time is dropped; "again" = it is delivered, behind a `Restarted`.
        background: whether responses (Responses API) may be put into the background, and so be kept
            by the server, in order to be followed again after a fault. One that was given up or
            left early is cancelled.
        instruction: what the rung "instruct" says; `{anchor}` stands for the last words delivered.
            No other word may stand in braces; what else they hold is said as it is.
    """

    attempts: int = 5
    backoff: Backoff = field(default_factory=Backoff)
    max_retry_after: float | None = 60.0
    rungs: frozenset[Rung] = TRUSTED_RUNGS
    rungs_across_models: frozenset[Rung] = TRUSTED_RUNGS
    attempts_each: int = 2
    tool_calls: Literal["hold", "stream"] = "hold"
    reasoning: Literal["once", "again"] = "once"
    background: bool = False
    instruction: str = INSTRUCTION

    def __post_init__(self) -> None:
        for name in ("attempts", "attempts_each"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                msg = f"retries.{name} must be an integer from 1, got {value!r}"
                raise InvalidRequest(msg)
        check_seconds("retries.max_retry_after", self.max_retry_after, zero=True)
        if not isinstance(self.backoff, Backoff):
            msg = f"retries.backoff must be a Backoff, got {self.backoff!r}"
            raise InvalidRequest(msg)
        for name in ("rungs", "rungs_across_models"):
            object.__setattr__(self, name, _rungs(name, getattr(self, name)))
        _check_one_of("tool_calls", self.tool_calls, "hold", "stream")
        if not isinstance(self.background, bool):
            msg = f"retries.background must be True or False, got {self.background!r}"
            raise InvalidRequest(msg)
        _check_one_of("reasoning", self.reasoning, "once", "again")
        if not isinstance(self.instruction, str) or "{anchor}" not in self.instruction:
            msg = f"retries.instruction must be a text with {{anchor}}, got {self.instruction!r}"
            raise InvalidRequest(msg)
        for field_ in _FIELD.findall(self.instruction):
            if field_ != "anchor":
                hint = nearest(field_, ["anchor"])
                wanted = "no word in braces but {anchor}"
                msg = f"retries.instruction must have {wanted}, got {{{field_}}}{hint}"
                raise InvalidRequest(msg)


def _rungs(name: str, value: Any) -> frozenset[Rung]:
    if not isinstance(value, (set, frozenset)) or not value <= RUNGS:
        known = ", ".join(sorted(RUNGS))
        msg = f"retries.{name} must be a set of {known}, got {value!r}"
        raise InvalidRequest(msg)
    return frozenset(map(Rung, value))


def _check_one_of(name: str, value: Any, *known: str) -> None:
    if value not in known:
        msg = f"retries.{name} must be {' or '.join(known)}, got {value!r}"
        raise InvalidRequest(msg)
