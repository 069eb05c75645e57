"""The charts. Their labels are HTML, so that they stay readable when a drawing is stretched."""

from __future__ import annotations

from collections.abc import Sequence

from steadystream.cli.demo.kinds import Kind
from steadystream.cli.demo.tally import Tally

from .markup import esc, tag

_LEAST_HEIGHT = 3.0
"""Percent of the height below which a bar could not be seen."""


def wholeness(name: str, tally: Tally, style: str) -> str:
    """Draw how many of the answers arrived whole, as a card with one bar."""
    count = len(tally.reads)
    share = 100 * tally.whole / count
    silent = f", {tally.silent} of them without any error" if tally.silent else ""
    return tag(
        "div",
        tag("h3", esc(name)),
        tag("p", f"<b>{tally.whole}</b> of {count} answers whole", class_="big"),
        tag(
            "div",
            tag("span", style=f"width:{share:.2f}%"),
            class_="bar",
            role="img",
            aria_label=f"{share:.0f} percent of the answers arrived whole",
        ),
        tag("p", esc(f"{tally.broken} broken{silent}"), class_="note"),
        class_=f"card {style}",
    )


def lost_per_stream(name: str, tally: Tally, highest: int, style: str) -> str:
    """Draw the characters that each stream lost, a bar a stream.

    Args:
        name: of the pass.
        tally: the pass.
        highest: characters that fill the height; the same for both passes.
        style: class of the drawing.
    """
    bars = "".join(
        _lost_bar(at, read.case.number, read.score.lost, highest)
        for at, read in enumerate(tally.reads)
        if read.score.lost
    )
    count = len(tally.reads)
    drawing = (
        f'<svg viewBox="0 0 {count} 100" preserveAspectRatio="none" role="img" '
        f'aria-label="{esc(name)}: characters lost in each of {count} streams">{bars}</svg>'
    )
    hit = sum(read.score.lost > 0 for read in tally.reads)
    total = f"{tally.lost:,} characters in {hit} streams" if hit else "none lost"
    caption = tag("p", tag("b", esc(name)), esc(f" {total}"), class_="caption")
    return tag("div", caption, tag("div", drawing, class_="plot"), class_=f"lost {style}")


def _lost_bar(at: int, number: int, lost: int, highest: int) -> str:
    height = max(_LEAST_HEIGHT, 100 * lost / highest)
    title = tag("title", f"stream {number}: {lost} characters lost")
    place = f'x="{at + 0.1:.1f}" y="{100 - height:.1f}" width="0.8" height="{height:.1f}"'
    return f"<rect {place}>{title}</rect>"


def kinds(bare: Tally, steady: Tally) -> str:
    """Draw how often each kind of interruption was met in both passes."""
    left, right = bare.interruptions, steady.interruptions
    highest = max([1, *left.values(), *right.values()])
    rows = [
        _kind_row(kind, left.get(kind, 0), right.get(kind, 0), highest)
        for kind in Kind
        if kind in left or kind in right
    ]
    return tag("div", *rows, class_="kinds") if rows else tag("p", "None was met.")


def _kind_row(kind: Kind, bare: int, steady: int, highest: int) -> str:
    bars = [
        tag("div", _length(count, highest), tag("span", f"{count}"), class_=f"line {style}")
        for count, style in ((bare, "bare"), (steady, "steady"))
    ]
    label = f"{kind.value}: {bare} with bare aiohttp, {steady} with steadystream"
    body = tag("div", *bars, role="img", aria_label=label)
    return tag("div", tag("div", esc(kind.value), class_="label"), body, class_="kind")


def _length(count: int, highest: int) -> str:
    return tag("i", style=f"width:{88 * count / highest:.1f}%")


def legend(entries: Sequence[tuple[str, str]]) -> str:
    """Explain colours: pairs of classes, separated by blanks, and what they mean."""
    items = [
        tag("span", *(tag("i", class_=style) for style in styles.split()), esc(name))
        for styles, name in entries
    ]
    return tag("p", *items, class_="legend")
