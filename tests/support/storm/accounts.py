"""What has to hold of attempts, and what the server knows of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fake_openai import Received
from steadystream import Attempt
from steadystream.errors import BreakerOpen, ConnectFailed, RateLimited

from .course import Course
from .outcome import Outcome

_UNSENT = (BreakerOpen, ConnectFailed, RateLimited)
_MOMENT = 1e-6  # seconds that sums of times may be off


def of_attempts(course: Course, outcome: Outcome) -> Iterator[str]:
    """No attempt past what the settings allow, the budget pays for, or the deadline leaves."""
    attempts = outcome.attempts
    if not attempts:
        return
    most = max(attempt.number for attempt in attempts)
    hedges = sum(attempt.hedge for attempt in attempts)
    if most > course.retries.attempts:
        yield f"{most} attempts, {course.retries.attempts} are allowed"
    if course.purse is not None and most - 1 + hedges > course.purse.further:
        yield f"{most - 1 + hedges} further attempts, {course.purse.further} are paid for"
    if [attempt.ended_at for attempt in attempts if attempt.ended_at is None]:
        yield f"an attempt never ended: {attempts}"
    total = course.timeouts.total
    if total is not None:
        due = attempts[0].started_at + total + _MOMENT
        late = [attempt for attempt in attempts if (attempt.sent_at or 0.0) > due]
        if late:
            yield f"attempts were sent behind the deadline: {late}"
        if course.shell != "sync" and not course.thinks and outcome.ended > due:
            yield f"over {outcome.ended - outcome.began:g} s after it began, {total:g} are allowed"
    if outcome.verdict is not None and not outcome.explained:
        yield "it explains nothing"


def of_journal(course: Course, outcome: Outcome, journal: Sequence[Received]) -> Iterator[str]:
    """The server saw the attempts that the answer tells of."""
    if not outcome.attempts:
        return
    sent = [one for one in outcome.attempts if one.sent_at is not None and not _was_unsent(one)]
    sent.sort(key=lambda one: one.sent_at or 0.0)
    # Where time does not wait for the server, it may be left before it has read anything.
    real = course.shell == "sync"
    perhaps = sum(one.status is None and (one.left or real) for one in sent)
    if not len(sent) - perhaps <= len(journal) <= len(sent):
        yield f"the server saw {len(journal)} requests, the answer tells of {len(sent)}"
    if len(sent) == len(journal):
        told = [one.status for one in sent]
        seen = [one.status for one in journal]
        if any(mine is not None and mine != its for mine, its in zip(told, seen, strict=True)):
            yield f"the server answered with {seen}, the answer tells of {told}"
    if [one for one in journal if not one.ended]:
        yield "a request was not ended on the side of the server"


def _was_unsent(attempt: Attempt) -> bool:
    return isinstance(attempt.fault, _UNSENT)
