"""What one schedule is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from fake_openai import Answer, Fault, Writes
from fake_openai.faults import (
    Chance,
    ChangedId,
    ChunkAfterDone,
    ErrorEvent,
    SecondRole,
    UnknownEvent,
    to_text,
)
from steadystream import Hedge, Retries, Timeouts

Shell = Literal["client", "middleware", "sync"]
Kept = Literal["", "ours", "caller"]
Rows = Sequence[tuple[Fault, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """What one choice says, or said so far.

    Attributes:
        text: its content.
        reasoning: what came before that.
        refusal: instead of content.
        calls: name and arguments of each call.
    """

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Purse:
    """A budget that covers so many further attempts; the clock of a schedule never refills it."""

    further: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What is asked where the one before it does not answer; it tells the same.

    Attributes:
        model: its name.
        dialect: that it speaks; None = it is another model of the first server.
        rows: faults of its first request, its second, and so on; of another model at the first
            server there are none, as they count there.
    """

    model: str
    dialect: str | None = None
    rows: Rows = ()


@dataclass(frozen=True, kw_only=True)
class Course:
    """One answer, and all that happens to it.

    Attributes:
        seed: what it was made of.
        shell: what the consumer uses.
        dialect: of the server.
        model: that is asked.
        kind: of the answer.
        answer: the true one.
        body: what is asked for beside model and messages.
        rows: faults of the first request, of the second, and so on; later ones are left in peace.
        writes: borders of writes.
        first_token: seconds that the model takes for its first token.
        between: seconds between two tokens.
        retries: settings, as are `timeouts`, `purse` and `hedge`; None = no budget, no hedge.
        leaves_after: reads after which the consumer leaves; None = it stays.
        cancelled_after: seconds after which the consumer is cancelled; None = it is not.
        thinks: seconds that the consumer takes for each read.
        truth: what the answer says, choice by choice.
        behind: the fallbacks, in order.
        kept: who puts a response into the background; empty = nobody.
    """

    seed: int
    shell: Shell
    dialect: str
    model: str
    kind: str
    answer: Answer
    body: Mapping[str, Any]
    rows: Rows
    writes: Writes
    first_token: float
    between: float
    retries: Retries
    timeouts: Timeouts
    purse: Purse | None
    hedge: Hedge | None
    leaves_after: int | None = None
    cancelled_after: float | None = None
    thinks: float = 0.0
    truth: Mapping[int, Part] = field(default_factory=dict)
    behind: Sequence[Behind] = ()
    kept: Kept = ""

    @property
    def is_response(self) -> bool:
        """Whether it is one of the Responses API."""
        return self.kind.startswith("response")

    @property
    def dialects(self) -> list[str]:
        """Those that are spoken, the first server's first."""
        return [self.dialect, *(one.dialect for one in self.behind if one.dialect is not None)]

    @property
    def faults(self) -> list[Fault]:
        """All that may go wrong, what is left to chance included."""
        rows = [*self.rows, *(row for one in self.behind for row in one.rows)]
        faults = [fault for row in rows for fault in row]
        return [fault.fault if isinstance(fault, Chance) else fault for fault in faults]

    def has(self, *kinds: type[Fault]) -> bool:
        """Say whether a fault of one of these kinds may strike."""
        return any(isinstance(fault, kinds) for fault in self.faults)

    @property
    def stays(self) -> bool:
        """Whether the consumer wants all of it."""
        return self.leaves_after is None and self.cancelled_after is None

    @property
    def ids_change(self) -> bool:
        """Whether the server itself tells other ids or roles in the middle of an answer."""
        return self.has(ChangedId, SecondRole)

    @property
    def has_strangers(self) -> bool:
        """Whether events come that are none of an answer, or none any more."""
        # An error behind the end of a response is handed on as it stands there.
        late = self.is_response and self.has(ErrorEvent)
        return late or self.has(UnknownEvent, ChunkAfterDone)

    def told(self) -> str:
        """Return it in words, one line for each part."""
        rows = [to_text(list(row)) for row in self.rows] or ["nothing goes wrong"]
        end = "to the end" if self.stays else f"leaves after {self.leaves_after} reads"
        if self.cancelled_after is not None:
            end = f"cancelled after {self.cancelled_after:g} s"
        return "\n".join(
            [
                f"seed      {self.seed}",
                f"shell     {self.shell}, {end}, thinks {self.thinks:g} s a read",
                f"server    {self.dialect}, model {self.model!r}, {self.writes}",
                f"          first token {self.first_token:g} s, between {self.between:g} s",
                f"asked     {self.kind} {dict(self.body)}",
                f"answer    {self.answer}",
                *(f"request {n} {row}" for n, row in enumerate(rows, 1)),
                f"retries   {self.retries}",
                f"timeouts  {self.timeouts}",
                f"purse     {self.purse}, {self.hedge}",
                f"kept      {self.kept or 'nowhere'}",
                *(f"behind    {one}" for one in self.behind),
            ]
        )
