"""Runs the demo: passes, view, table, report, exit status."""

from __future__ import annotations

import asyncio
import errno
import os
import platform
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
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
COULD_NOT_GO_ON = 3
"""Output or the report cannot be written, or the system has no ports or files left."""
INTERRUPTED = 130
"""What shells report for a program that Ctrl-C ended: 128 and the number of the signal."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Fail as every output that cannot be written; rich would exit with 1."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def run(settings: Settings, report: Path, *, plain: bool) -> int:
    """Run the demo.

    Args:
        settings: what to read.
        report: where the HTML report goes.
        plain: lines instead of the live view; a stream that is no terminal gets lines anyway.

    Returns:
        The exit status.
    """
    try:
        return _run(settings, report, plain=plain)
    except OSError as error:
        with suppress(OSError):
            # What stdout still holds would fail once more when Python flushes it at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        reason = error.strerror or error
        print(f"steadystream: the demo could not go on: {reason}", file=sys.stderr)
        return COULD_NOT_GO_ON


def _run(settings: Settings, report: Path, *, plain: bool) -> int:
    console = _Console(highlight=False, markup=False)
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
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Do `work` meanwhile; if it fails, so does the block, at once."""
    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(work)
            try:
                yield
            finally:
                task.cancel()
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


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
        async with _beside(redraw()):
            yield


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

    async with _beside(repeat()):
        yield
        tell()


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
