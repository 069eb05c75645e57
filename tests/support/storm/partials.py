"""What has to hold of the part of an answer that comes with an error."""

from __future__ import annotations

from collections.abc import Iterator

from steadystream import ResponseTranscript, Transcript

from .course import Course, Part
from .outcome import Outcome


def of_partial(course: Course, outcome: Outcome) -> Iterator[str]:
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


def _parts(transcript: Transcript | ResponseTranscript) -> dict[int, Part]:
    if isinstance(transcript, ResponseTranscript):
        calls = tuple((call.name, call.arguments) for call in transcript.tool_calls)
        return {0: Part(transcript.text, transcript.reasoning, transcript.refusal, calls)}
    return {
        one.index: Part(
            one.text,
            one.reasoning,
            one.refusal,
            tuple((call.name, call.arguments) for call in one.tool_calls),
        )
        for one in transcript.choices
    }
