"""What came of one schedule in a word, and of many in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from fake_openai import Received
from steadystream import Verdict

from .course import Course
from .outcome import Outcome


@dataclass
class Played:
    """A schedule that was played.

    Attributes:
        course: the schedule.
        outcome: what came of it; None where it hung.
        journal: of the server.
        complaints: what does not hold.
    """

    course: Course
    outcome: Outcome | None
    journal: Sequence[Received]
    complaints: list[str]

    @property
    def word(self) -> str:
        """What came of it, in a word or two."""
        outcome = self.outcome
        if outcome is None:
            return "broken off"
        if outcome.left:
            return "left"
        if outcome.status:
            return "refused"
        if outcome.error is None and outcome.heard.error is None:
            if outcome.verdict is Verdict.UNKNOWN:
                return "unknown"
            return "whole at once" if len(outcome.attempts) == 1 else "mended"
        return "partial" if any(outcome.heard.parts.values()) else "failed"

    @property
    def reason(self) -> str:
        """Why it was given up; empty where it was not."""
        fault = self.outcome.fault if self.outcome else None
        return fault.gave_up.value if fault is not None and fault.gave_up is not None else ""


@dataclass
class Batch:
    """What came of many.

    Attributes:
        played: how many.
        words: how often each came out so, by kind of answer.
        reasons: why how many were given up.
        faults: how often each kind of fault struck.
        requests: that the server saw.
        failures: seed and complaints of those that failed.
    """

    played: int = 0
    words: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    failures: list[tuple[int, list[str]]] = field(default_factory=list)

    def take(self, one: Played) -> None:
        """Count one."""
        self.played += 1
        self.words[one.course.kind, one.word] += 1
        self.reasons[one.reason] += bool(one.reason)
        self.requests += len(one.journal)
        for received in one.journal:
            self.faults.update(fault.kind() for fault in received.faults)
        if one.complaints:
            self.failures.append((one.course.seed, one.complaints))

    def add(self, other: Batch) -> None:
        """Add what came of others."""
        self.played += other.played
        self.words += other.words
        self.reasons += other.reasons
        self.faults += other.faults
        self.requests += other.requests
        self.failures += other.failures
