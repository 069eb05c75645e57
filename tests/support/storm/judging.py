"""What has to hold of every schedule, whatever goes wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fake_openai import ErrorEvent, Received, Status
from fake_openai.faults import Error200, WrongContentType
from steadystream import GaveUp, Rung, Verdict

from . import accounts, background, partials, seams
from .course import Course, Part
from .outcome import Outcome
from .troubles import HOPELESS_STATUSES as HOPELESS

_OF_SETTINGS = {
    GaveUp.ATTEMPTS_SPENT,
    GaveUp.BUDGET_SPENT,
    GaveUp.NO_TIME_LEFT,
    GaveUp.NOT_TRANSIENT,
    GaveUp.RETRY_AFTER_TOO_LONG,
}
_TELLING_ROLES = {"openrouter", "ollama"}  # in every chunk


def complaints(course: Course, outcome: Outcome, journal: Sequence[Received]) -> list[str]:
    """Return what does not hold; nothing where all is well."""
    return [
        *outcome.heard.complaints,
        *_of_answer(course, outcome),
        *_of_end(course, outcome),
        *partials.of_partial(course, outcome),
        *accounts.of_attempts(course, outcome),
        *accounts.of_journal(course, outcome, journal),
        *seams.of_seams(course, outcome),
        *background.of_background(course, outcome, journal),
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
    if _TELLING_ROLES.isdisjoint(course.dialects):
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
        # Where one model broke off its reasoning, another may have gone on without.
        if not part.reasoning.endswith(true.reasoning) and not course.behind:
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
        # What two models have said is generated again by neither.
        or any(seam.changes_model for seam in outcome.seams)
        or any(isinstance(fault, Status) and fault.status in HOPELESS for fault in course.faults)
    )


def _is_unspoken(course: Course) -> bool:
    """Say whether an error may stand in the stream of which nothing is told: Ollama's own form."""
    return course.dialect == "ollama" and course.has(ErrorEvent)


def _is_no_stream(course: Course) -> bool:
    """Say whether a response with status 200 may be none of an answer; it is handed on as it is."""
    return course.has(Error200, WrongContentType)
