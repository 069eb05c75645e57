"""The page as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from steadystream.cli.demo import words
from steadystream.cli.demo.plan import BETWEEN
from steadystream.cli.demo.settings import FIRST_TOKEN, Settings
from steadystream.cli.demo.tally import Tally, different

from . import charts
from .markup import esc, section, tag
from .timeline import picked, timelines

_BOTH = (("bare", "bare aiohttp"), ("steady", "steadystream"))


@dataclass(frozen=True, slots=True)
class About:
    """What the report says of itself.

    Attributes:
        settings: of the demo.
        steadystream: version.
        aiohttp: version.
        python: version.
        when: it was run.
    """

    settings: Settings
    steadystream: str
    aiohttp: str
    python: str
    when: datetime


def page(bare: Tally, steady: Tally, about: About) -> str:
    """Return the report as one HTML document; it loads nothing."""
    style = files("steadystream.cli.demo.report").joinpath("report.css").read_text("utf-8")
    title = "steadystream demo"
    body = [
        _head(bare, steady, about),
        _failures(steady, about.settings),
        _lost(bare, steady),
        _kinds(bare, steady),
        _streams(steady),
        _numbers(bare, steady),
        _again(about),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(part for part in body if part)
        + "\n</main>\n</body>\n</html>\n"
    )


def _head(bare: Tally, steady: Tally, about: About) -> str:
    settings, count = about.settings, len(steady.reads)
    facts = f"{settings.dialect} dialect, seed {settings.seed}, {settings.concurrency} at a time"
    streams = "One stream" if count == 1 else f"{count} streams"
    numbers = [
        (f"{bare.lost:,}", f"{steady.lost:,}", "characters lost"),
        (f"{bare.doubled:,}", f"{steady.doubled:,}", "characters doubled"),
        (f"{bare.attempts:,}", f"{steady.attempts:,}", "attempts"),
        (f"{bare.seconds:.1f} s", f"{steady.seconds:.1f} s", "time for all"),
    ]
    return tag(
        "header",
        tag("h1", f"{streams} through a server that breaks them"),
        tag("p", esc(facts), class_="note"),
        tag(
            "div",
            charts.wholeness("bare aiohttp", bare, "bare"),
            charts.wholeness("steadystream", steady, "steady"),
            class_="cards",
        ),
        tag("div", *(_number(*number) for number in numbers), class_="numbers"),
        charts.legend(_BOTH),
    )


def _number(bare: str, steady: str, name: str) -> str:
    return tag(
        "div",
        tag("span", esc(bare), class_="bare", title="bare aiohttp"),
        tag("span", esc(steady), class_="steady", title="steadystream"),
        tag("small", esc(name)),
    )


def _failures(steady: Tally, settings: Settings) -> str:
    failed = different(steady)
    if not failed:
        return ""
    told = words.complaints(failed, settings.seed, settings.dialect)
    return section(
        "Not whole with steadystream", *(tag("pre", esc(text), class_="bad") for text in told)
    )


def _lost(bare: Tally, steady: Tally) -> str:
    highest = max([1, *(read.score.lost for read in [*bare.reads, *steady.reads])])
    return section(
        "Characters lost, stream by stream",
        charts.lost_per_stream("bare aiohttp", bare, highest, "bare"),
        charts.lost_per_stream("steadystream", steady, highest, "steady"),
        tag(
            "p",
            esc(f"A bar is a stream, from stream 1 on the left; the full height is {highest:,}."),
            class_="note",
        ),
    )


def _kinds(bare: Tally, steady: Tally) -> str:
    return section(
        "What interrupted the attempts",
        charts.legend(_BOTH),
        charts.kinds(bare, steady),
        tag("p", esc(_kinds_note(steady)), class_="note"),
    )


def _kinds_note(steady: Tally) -> str:
    note = (
        "A bare stream ends at its first interruption; steadystream goes on and meets those that "
        "the server has ready for its further attempts. Bare reading sits out a silence in which "
        "only keep-alives come, steadystream ends it."
    )
    if steady.floods:
        note += f" {steady.floods} streams began with a flood of comments, which harmed neither."
    return note


def _streams(steady: Tally) -> str:
    reads = picked(steady)
    if not reads:
        return ""
    legend = [
        ("leg1 leg0", "attempts and their text, alternating"),
        ("idle", "without text"),
        ("cut", "interruption"),
    ]
    return section("Some streams, with their seams", charts.legend(legend), timelines(reads))


def _numbers(bare: Tally, steady: Tally) -> str:
    head = "<tr><th></th><th>bare aiohttp</th><th>steadystream</th></tr>"
    *wrong, result = words.rows(bare, steady)
    body = [_rows(part) for part in (result, *wrong)]
    return section("All numbers", tag("table", tag("thead", head), *body))


def _rows(part: Sequence[words.Row]) -> str:
    return tag("tbody", *(_row(*row) for row in part))


def _row(name: str, bare: str, steady: str) -> str:
    style = "sub" if name.startswith(" ") else "main"
    label = tag("th", esc(name.strip()), scope="row", class_=style)
    return tag("tr", label, tag("td", esc(bare)), tag("td", esc(steady)))


def _again(about: About) -> str:
    idle = about.settings.idle
    facts = (
        "Both passes read the same answers and meet the same faults, which depend only on the seed "
        "and the number of the stream. The bare reader tries once, as such loops do. Both give up "
        f"on a silence of {idle:g} s; steadystream waits {FIRST_TOKEN * idle:g} s for the "
        "first token, and has its defaults for all else. The server takes about "
        f"{1000 * BETWEEN:g} ms a token."
    )
    versions = (
        f"steadystream {about.steadystream}, aiohttp {about.aiohttp}, Python {about.python}, "
        f"{about.when:%Y-%m-%d %H:%M} UTC"
    )
    return section(
        "Run it again",
        tag("pre", esc(about.settings.command)),
        tag("p", esc(facts)),
        tag("p", esc(versions), class_="note"),
    )
