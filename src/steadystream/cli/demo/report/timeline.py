"""A few streams in full: when each attempt ran, and which part of the text it brought."""

from __future__ import annotations

from collections.abc import Sequence

from steadystream.cli.demo.outcome import Joint, Leg, Outcome
from steadystream.cli.demo.tally import Read, Tally

from .markup import esc, tag


def picked(tally: Tally, count: int = 5) -> list[Read]:
    """Return the streams that are worth a look, in the order of their numbers.

    Failed ones first; then, one by one, the stream that shows the most kinds of interruption which
    those before it did not, more seams first.
    """
    chosen = [read for read in tally.reads if not read.whole][:count]
    left = [read for read in tally.reads if read.whole and read.outcome.interruptions]
    shown = {kind for read in chosen for kind in read.outcome.interruptions}

    def worth(read: Read) -> tuple[int, int, int]:
        new = len(set(read.outcome.interruptions) - shown)
        return new, len(read.outcome.joints), -read.case.number

    while left and len(chosen) < count:
        best = max(left, key=worth)
        left.remove(best)
        chosen.append(best)
        shown |= set(best.outcome.interruptions)
    return sorted(chosen, key=lambda read: read.case.number)


def timelines(reads: Sequence[Read]) -> str:
    """Draw the streams on one scale of time."""
    longest = max([read.outcome.seconds for read in reads], default=0.0) or 1.0
    return "".join(_stream(read, longest) for read in reads)


def _stream(read: Read, longest: float) -> str:
    outcome = read.outcome
    attempts = len(outcome.legs)
    plural = "attempt" if attempts == 1 else "attempts"
    end = "whole" if read.whole else "not whole"
    facts = f"{attempts} {plural}, {outcome.seconds:.1f} s, {end}"
    return tag(
        "article",
        tag("h3", f"stream {outcome.number} ", tag("small", esc(facts))),
        _lanes(outcome, longest),
        tag("p", esc(_told(outcome)), class_="note"),
        tag("p", text_with_seams(outcome.text, outcome.joints), class_="answer"),
    )


def _lanes(outcome: Outcome, longest: float) -> str:
    rects, part = "", 0
    for number, leg in enumerate(outcome.legs, 1):
        part += leg.characters > 0
        rects += _leg(number, leg, longest, f"leg{part % 2}" if leg.characters else "idle")
    label = f"attempts of stream {outcome.number} over {outcome.seconds:.1f} seconds"
    line = '<line x1="0" y1="11" x2="100%" y2="11"/>'
    return (
        f'<svg class="time" width="100%" height="22" role="img" aria-label="{esc(label)}">'
        f"{line}{rects}</svg>"
    )


def _leg(number: int, leg: Leg, longest: float, style: str) -> str:
    start, width = 100 * leg.start / longest, 100 * (leg.end - leg.start) / longest
    how = leg.ended_by.value if leg.ended_by else "to the end"
    title = tag("title", esc(f"attempt {number}: {leg.start:.2f} to {leg.end:.2f} s, {how}"))
    bar = (
        f'<rect class="{style}" x="{start:.2f}%" y="4" width="{max(width, 0.3):.2f}%" height="14" '
        f'rx="2">{title}</rect>'
    )
    if leg.ended_by is None:
        return bar
    cut = min(start + width, 99.6)
    return f'{bar}<rect class="cut" x="{cut:.2f}%" y="1" width="3" height="20">{title}</rect>'


def _told(outcome: Outcome) -> str:
    steps = [
        f"{leg.end:.1f} s: {leg.ended_by.value}" for leg in outcome.legs if leg.ended_by is not None
    ]
    return "; ".join(steps) + "." if steps else "Nothing went wrong."


def text_with_seams(text: str, joints: Sequence[Joint]) -> str:
    """Return the text, each seam marked with what had ended the attempt before it."""
    places = [0, *(joint.position for joint in joints), len(text)]
    marks = ["", *(_mark(joint) for joint in joints)]
    parts = [
        mark + tag("span", esc(text[start:end]), class_=f"leg{(number + 1) % 2}")
        for number, (mark, start, end) in enumerate(
            zip(marks, places[:-1], places[1:], strict=True)
        )
    ]
    return "".join(parts)


def _mark(joint: Joint) -> str:
    ended = ", then ".join(joint.kinds)
    how = f"{ended}; went on by {joint.rung.replace('_', ' ')}"
    return tag("mark", esc(ended), title=how)
