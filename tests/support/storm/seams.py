"""What has to hold of the places where one attempt ends and the next goes on."""

from __future__ import annotations

from collections.abc import Iterator

from steadystream import Seam

from .course import Course
from .outcome import Outcome


def of_seams(course: Course, outcome: Outcome) -> Iterator[str]:
    """A seam names attempts and upstreams that there were, and a way that is allowed."""
    before = 0
    for seam in outcome.seams:
        if seam.attempt <= before:
            yield f"seams are not in the order of their attempts: {outcome.seams}"
        before = seam.attempt
        if seam.rung not in course.retries.rungs:
            yield f"it went on by {seam.rung}, which is not allowed"
        if seam.changes_model and seam.rung not in course.retries.rungs_across_models:
            yield f"another model went on by {seam.rung}, which is not allowed"
        yield from _of_upstreams(outcome, seam)


def _of_upstreams(outcome: Outcome, seam: Seam) -> Iterator[str]:
    asked = {one.upstream for one in outcome.attempts if one.number == seam.attempt}
    if seam.after.upstream not in asked:
        yield f"a seam names {seam.after}, attempt {seam.attempt} asked {asked}"
    earlier = {one.upstream for one in outcome.attempts if one.number < seam.attempt}
    if seam.before.upstream not in earlier:
        yield f"a seam names {seam.before}, asked before were {earlier}"
    for place in (seam.before, seam.after):
        if not place.upstream.startswith(f"{place.model} at "):
            yield f"a seam names a model that its upstream is not: {place}"
    same = seam.before.model == seam.after.model
    if seam.changes_model is same:
        yield f"a seam says {seam.changes_model} of a change of the model: {seam}"
