"""Runs the demo: passes, view, table, report, exit status."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.live import Live

from . import table, words
from .lane import Lane
from .live import view
from .passes import read_bare, read_steady
from .report import About, page
from .settings import Settings
from .tally import Tally, different

_REFRESH_SECONDS = 0.125
_LINE_SECONDS = 2.0
INTERRUPTED = 130
"""What shells report for a program that Ctrl-C ended: 128 and the number of the signal."""


def run(settings: Settings, report: Path, *, plain: bool) -> int:
    """Run the demo.

    Args:
        settings: what to read.
        report: where the HTML report goes.
        plain: lines instead of the live view; a stream that is no terminal gets lines anyway.

    Returns:
        The exit status.
    """
    console = Console(highlight=False, markup=False)
    drawn = console.is_terminal and not plain
    total = len(settings.numbers)
    bare, steady = Lane("bare aiohttp", total), Lane("steadystream", total)
    try:
        tallies = asyncio.run(_both(settings, bare, steady, console, drawn=drawn))
    except KeyboardInterrupt:
        done = " and ".join(f"{lane.done} of {total} with {lane.name}" for lane in (bare, steady))
        console.print(f"stopped: {done}; no report was written", soft_wrap=True)
        return INTERRUPTED
    return conclude(settings, *tallies, report, console, drawn=drawn)


async def _both(
    settings: Settings, bare: Lane, steady: Lane, console: Console, *, drawn: bool
) -> tuple[Tally, Tally]:
    show = _drawing(settings, bare, steady, console) if drawn else _telling(bare, steady, console)
    async with show:
        return await read_bare(settings, bare), await read_steady(settings, steady)


@asynccontextmanager
async def _drawing(
    settings: Settings, bare: Lane, steady: Lane, console: Console
) -> AsyncIterator[None]:
    """Redraw the view meanwhile."""

    def draw() -> None:
        size = console.size
        live.update(view(settings, bare, steady, size.width, size.height), refresh=True)

    async def redraw() -> None:
        while True:
            draw()
            await asyncio.sleep(_REFRESH_SECONDS)

    # transient: the table that follows says all of it again.
    with Live(console=console, auto_refresh=False, transient=True) as live:
        task = asyncio.create_task(redraw())
        try:
            yield
        finally:
            task.cancel()


@asynccontextmanager
async def _telling(bare: Lane, steady: Lane, console: Console) -> AsyncIterator[None]:
    """Print a line now and then meanwhile, and one at the end of each pass."""
    told: set[str] = set()

    def tell() -> None:
        for lane in (bare, steady):
            if lane.attempts and lane.name not in told:
                console.print(words.progress(lane), soft_wrap=True)
                if lane.done == lane.total:
                    told.add(lane.name)

    async def repeat() -> None:
        while True:
            await asyncio.sleep(_LINE_SECONDS)
            tell()

    task = asyncio.create_task(repeat())
    try:
        yield
        tell()
    finally:
        task.cancel()


def conclude(
    settings: Settings, bare: Tally, steady: Tally, report: Path, console: Console, *, drawn: bool
) -> int:
    """Print the table and what failed, write the report, and return the exit status."""
    parts = words.rows(bare, steady)
    if drawn:
        console.print(table.drawn(parts, console.width))
    else:
        console.print("", *table.lines(parts), "", sep="\n", soft_wrap=True)
    failed = different(steady)
    for text in words.complaints(failed, settings.seed, settings.dialect):
        console.print(text, soft_wrap=True)
    about = About(
        settings,
        steadystream=version("steadystream"),
        aiohttp=version("aiohttp"),
        python=platform.python_version(),
        when=datetime.now(UTC),
    )
    report.write_text(page(bare, steady, about), encoding="utf-8")
    console.print(words.headline(bare, steady), style="bold red" if failed else "bold green")
    console.print(f"report: {report}", soft_wrap=True)
    return 1 if failed else 0
