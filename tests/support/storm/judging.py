"""What has to hold of every schedule, whatever goes wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fake_openai import ErrorEvent, Received, Status
from fake_openai.faults import Error200, WrongContentType
from steadystream import Attempt, GaveUp, Rung, Transcript, Verdict
from steadystream.errors import BreakerOpen, ConnectFailed, RateLimited

from .course import Course, Part
from .shells import Outcome
from .troubles import HOPELESS_STATUSES as HOPELESS

_UNSENT = (BreakerOpen, ConnectFailed, RateLimited)
_MOMENT = 1e-6  # seconds that sums of times may be off
_OF_SETTINGS = {
    GaveUp.ATTEMPTS_SPENT,
    GaveUp.BUDGET_SPENT,
    GaveUp.NO_TIME_LEFT,
    GaveUp.NOT_TRANSIENT,
    GaveUp.RETRY_AFTER_TOO_LONG,
}


def complaints(course: Course, outcome: Outcome, journal: Sequence[Received]) -> list[str]:
    """Return what does not hold; nothing where all is well."""
    return [
        *outcome.heard.complaints,
        *_of_answer(course, outcome),
        *_of_end(course, outcome),
        *_of_partial(course, outcome),
        *_of_attempts(course, outcome),
        *_of_journal(course, outcome, journal),
    ]


def _of_answer(course: Course, outcome: Outcome) -> Iterator[str]:
    """Not a character lost, doubled or torn; no half of a call; no reasoning twice."""
    heard = outcome.heard
    for index, part in heard.parts.items():
        true = course.truth.get(index, Part())
        for name in ("text", "refusal"):
            said, meant = getattr(part, name), getattr(true, name)
            if not meant.startswith(said):
                yield f"{name} of choice {index} is no beginning: {said!r} of {meant!r}"
        yield from _of_reasoning(course, part.reasoning, true.reasoning)
        # Who leaves between the parts of a call that was whole has only these.
        yield from _of_calls(course, part, true, left=outcome.left)
    if heard.after_done and not course.has_strangers:
        yield f"{heard.after_done} events came behind [DONE]"
    if heard.done > 1:
        yield f"[DONE] came {heard.done} times"
    if course.ids_change:
        return
    if len(heard.ids) > 1:
        yield f"an answer has one id, got {sorted(heard.ids)}"
    if course.dialect not in {"openrouter", "ollama"}:  # which tell the role in every chunk
        yield from (
            f"choice {index} tells its role {count} times"
            for index, count in heard.roles.items()
            if count > 1
        )


def _of_reasoning(course: Course, said: str, meant: str) -> Iterator[str]:
    again = course.retries.reasoning == "again" and course.shell == "middleware"
    # Bytes cannot tell that it begins anew, so there it stands behind the first.
    if not (_is_made_of_beginnings(said, meant) if again else meant.startswith(said)):
        yield f"reasoning is no beginning: {said!r} of {meant!r}"


def _is_made_of_beginnings(said: str, meant: str) -> bool:
    reached = {0}
    for start in range(len(said)):
        if start in reached:
            longest = len(meant)
            reached |= {
                start + n
                for n in range(1, longest + 1)
                if said[start : start + n] == meant[:n] and start + n <= len(said)
            }
    return len(said) in reached


def _of_calls(course: Course, part: Part, true: Part, *, left: bool) -> Iterator[str]:
    if part.calls == true.calls[: len(part.calls)]:
        return
    if course.retries.tool_calls == "hold" and not left:
        yield f"calls are held, got {part.calls} of {true.calls}"
        return
    pairs = zip(part.calls, true.calls, strict=False)
    if len(part.calls) > len(true.calls) or not all(
        meant[0].startswith(said[0]) and meant[1].startswith(said[1]) for said, meant in pairs
    ):
        yield f"calls are no beginning: {part.calls} of {true.calls}"


def _of_end(course: Course, outcome: Outcome) -> Iterator[str]:
    if outcome.left:
        return
    if outcome.error is None and not outcome.status and outcome.heard.error is None:
        yield from _of_clean_end(course, outcome)
        return
    if outcome.status == 200 and not _is_no_stream(course):
        yield f"status 200, and no answer: {outcome.trace}"
    if outcome.status and _is_no_stream(course):
        return  # it is the caller's, as it came
    fault = outcome.fault
    if outcome.error is not None and fault is None:
        yield f"expected an error with its fault, got {outcome.error!r}"
    if fault is not None:
        yield from _of_giving_up(course, outcome, fault.gave_up)


def _of_clean_end(course: Course, outcome: Outcome) -> Iterator[str]:
    if outcome.verdict is Verdict.UNKNOWN and _is_unspoken(course):
        return
    if outcome.verdict is not Verdict.COMPLETE:
        yield f"a clean end, but the verdict is {outcome.verdict}"
    parts = {index: outcome.heard.parts.get(index, Part()) for index in course.truth}
    for index, true in course.truth.items():
        part = parts[index]
        if (part.text, part.refusal, part.calls) != (true.text, true.refusal, true.calls):
            yield f"a clean end, but choice {index} is {part} and not {true}"
        if not part.reasoning.endswith(true.reasoning):
            yield f"a clean end, but its reasoning is {part.reasoning!r}, not {true.reasoning!r}"
        if index not in outcome.heard.finished:
            yield f"a clean end, but choice {index} has no finish reason"


def _of_giving_up(course: Course, outcome: Outcome, why: GaveUp | None) -> Iterator[str]:
    if why is None:
        yield f"a fault without the reason why it was given up: {outcome.error!r}"
    elif why not in _OF_SETTINGS and not _is_limited(course, outcome):
        # The fake says the same twice, so nothing but the settings is in the way.
        yield f"given up ({why}), though the answer comes again as it was: {outcome.error!r}"
    made = _made(outcome)
    if why is GaveUp.ATTEMPTS_SPENT and outcome.attempts and made < course.retries.attempts:
        yield f"attempts spent at number {made} of {course.retries.attempts}"
    if why is GaveUp.BUDGET_SPENT and course.purse is None:
        yield "the budget is spent, and there are 600 in it"
    if why is GaveUp.NO_TIME_LEFT and course.timeouts.total is None:
        yield "no time is left, and there is no limit"
    refused = course.has(Status, WrongContentType) or course.timeouts.total is not None
    if why in {GaveUp.NOT_TRANSIENT, GaveUp.RETRY_AFTER_TOO_LONG} and not refused:
        yield f"given up ({why}), though no status says so: {outcome.error!r}"


def _made(outcome: Outcome) -> int:
    return max((attempt.number for attempt in outcome.attempts), default=1)


def _is_limited(course: Course, outcome: Outcome) -> bool:
    """Say whether it may be a setting after all that no further way was tried."""
    return (
        Rung.REGENERATE not in course.retries.rungs
        or _made(outcome) >= course.retries.attempts
        or course.purse is not None
        or course.timeouts.total is not None
        or any(isinstance(fault, Status) and fault.status in HOPELESS for fault in course.faults)
    )


def _is_unspoken(course: Course) -> bool:
    """Say whether an error may stand in the stream of which nothing is told: Ollama's own form."""
    return course.dialect == "ollama" and course.has(ErrorEvent)


def _is_no_stream(course: Course) -> bool:
    """Say whether a response with status 200 may be none of an answer; it is handed on as it is."""
    return course.has(Error200, WrongContentType)


def _of_partial(course: Course, outcome: Outcome) -> Iterator[str]:
    """What an error carries is what was delivered."""
    if outcome.error is None or outcome.status:
        return
    if outcome.partial is None:
        yield f"an error without its partial: {outcome.error!r}"
        return
    again = course.retries.reasoning == "again" and course.shell == "middleware"
    told, heard = _parts(outcome.partial), outcome.heard.parts
    for index in {*told, *heard}:
        mine, theirs = told.get(index, Part()), heard.get(index, Part())
        same = (mine.text, mine.refusal, mine.calls) == (
            theirs.text,
            theirs.refusal,
            theirs.calls,
        )
        reasons = theirs.reasoning.endswith(mine.reasoning) if again else None
        if not same or not (mine.reasoning == theirs.reasoning if reasons is None else reasons):
            yield f"the partial is {mine}, but delivered was {theirs}"


def _parts(transcript: Transcript) -> dict[int, Part]:
    return {
        one.index: Part(
            one.text,
            one.reasoning,
            one.refusal,
            tuple((call.name, call.arguments) for call in one.tool_calls),
        )
        for one in transcript.choices
    }


def _of_attempts(course: Course, outcome: Outcome) -> Iterator[str]:
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


def _of_journal(course: Course, outcome: Outcome, journal: Sequence[Received]) -> Iterator[str]:
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
