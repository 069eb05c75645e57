"""What has to hold of attempts, and what the server knows of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fake_openai import Received, Status
from steadystream import Attempt, Verdict
from steadystream.errors import BreakerOpen, ConnectFailed, RateLimited

from .course import Course
from .outcome import Outcome
from .servers import REFUSED, makes_or_follows

_UNSENT = (BreakerOpen, ConnectFailed, RateLimited)
_MOMENT = 1e-6  # seconds that sums of times may be off
_SETTLING = 0.1  # seconds for which the connection of an answer that is whole is read to its end
_CANCELLING = 2.0  # seconds that it may take to cancel what was put into the background


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
        last = due + _CANCELLING if course.kept == "ours" else due
        if outcome.verdict is Verdict.COMPLETE:
            last += _SETTLING
        if course.shell != "sync" and not course.thinks and outcome.ended > last:
            yield f"over {outcome.ended - outcome.began:g} s after it began, {total:g} are allowed"
    if outcome.verdict is not None and not outcome.explained:
        yield "it explains nothing"


def of_journal(course: Course, outcome: Outcome, journal: Sequence[Received]) -> Iterator[str]:
    """The servers saw the attempts that the answer tells of."""
    refuses = any(isinstance(fault, Status) and fault.status == REFUSED for fault in course.faults)
    if not refuses and any(one.status == REFUSED for one in journal):
        yield "a key went to a server that it is not for"
    if [one for one in journal if not one.ended]:
        yield "a request was not ended on the side of the server"
    if not outcome.attempts:
        return
    sent = [one for one in outcome.attempts if one.sent_at is not None and not _was_unsent(one)]
    sent.sort(key=lambda one: one.sent_at or 0.0)
    seen = [one for one in journal if makes_or_follows(one)]
    for host in {*map(_asked_at, sent), *(one.headers["host"] for one in seen)}:
        mine = [one for one in sent if _asked_at(one) == host]
        its = [one for one in seen if one.headers["host"] == host]
        yield from _of_server(course, mine, its)


def _of_server(course: Course, sent: list[Attempt], seen: list[Received]) -> Iterator[str]:
    # Where time does not wait for the server, it may be left before it has read anything.
    real = course.shell == "sync"
    perhaps = sum(one.status is None and (one.left or real) for one in sent)
    # One that only follows a response is sent again by aiohttp itself, which does no harm.
    seen = [one for one in seen if one.method == "POST"]
    sent = [one for one in sent if not one.follows]
    if not len(sent) - perhaps <= len(seen) <= len(sent):
        yield f"the server saw {len(seen)} requests, the answer tells of {len(sent)}"
    if len(sent) == len(seen):
        told = [one.status for one in sent]
        its = [one.status for one in seen]
        if any(mine is not None and mine != other for mine, other in zip(told, its, strict=True)):
            yield f"the server answered with {its}, the answer tells of {told}"
        models = [one.body.get("model") if isinstance(one.body, dict) else None for one in seen]
        asked = [one.upstream.rpartition(" at ")[0] for one in sent]
        if any(its and its != mine for mine, its in zip(asked, models, strict=True)):
            yield f"the server was asked for {models}, the answer tells of {asked}"


def _asked_at(attempt: Attempt) -> str:
    return attempt.upstream.rpartition(" at ")[2]


def _was_unsent(attempt: Attempt) -> bool:
    return isinstance(attempt.fault, _UNSENT)
