"""Says how far the storm is, and at the end what came of it."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from .tally import Batch

_EVERY = 10.0  # seconds between two lines, where there is no terminal
_SHOWN = 400  # characters of a complaint


class Weather:
    """The progress of a run: a bar on a terminal, a line now and then elsewhere.

    Args:
        total: schedules to be played.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]:.0f}/s, {task.fields[failed]} failed"),
            TimeRemainingColumn(),
            console=self._console,
        )
        self._task = self._bar.add_task("schedules", total=total, rate=0.0, failed=0)
        self._began = time.monotonic()
        self._next = self._began + _EVERY

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def tell(self, so_far: Batch) -> None:
        """Say how far it is."""
        now = time.monotonic()
        rate, failed = so_far.played / (now - self._began), len(so_far.failures)
        self._bar.update(self._task, completed=so_far.played, rate=rate, failed=failed)
        if not self._console.is_terminal and now >= self._next:
            self._next = now + _EVERY
            told = f"{so_far.played:,} of {self._total:,} schedules, {rate:.0f}/s, {failed} failed"
            print(told, file=sys.stderr, flush=True)


def tell_failures(failures: Sequence[tuple[int, list[str]]]) -> None:
    """Print the seeds that failed, why, and how each is played again."""
    for seed, complaints in failures:
        print(f"\nseed {seed} failed; play it again with: make fuzz SEEDS={seed}", flush=True)
        for complaint in complaints:
            print(f"  - {complaint[:_SHOWN]}", flush=True)


def summary(done: Batch, seeds: range, seconds: float) -> None:
    """Print what came of all."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    words = sorted({word for _, word in done.words})
    table = Table(title="What came of them, by kind of answer")
    for head in ("kind", *words, "all"):
        table.add_column(head, justify="left" if head == "kind" else "right")
    for kind in sorted({kind for kind, _ in done.words}):
        row = [done.words[kind, word] for word in words]
        table.add_row(kind, *map(str, row), str(sum(row)))
    totals = [sum(done.words[key] for key in done.words if key[1] == word) for word in words]
    table.add_row("all", *map(str, totals), str(done.played), style="bold")
    console.print(table)
    _tell_counts(console, "given up", done.reasons)
    _tell_counts(console, "faults that struck", done.faults)
    console.print(
        f"{done.played:,} schedules, seeds {seeds.start}..{seeds.stop - 1}, "
        f"{done.requests:,} requests, {seconds:.0f} s, {done.played / seconds:.0f}/s: "
        + (f"{len(done.failures)} FAILED" if done.failures else "all hold"),
        style="bold red" if done.failures else "bold green",
        highlight=False,
    )


def _tell_counts(console: Console, title: str, counts: Counter[str]) -> None:
    told = ", ".join(f"{name} {count}" for name, count in counts.most_common() if count)
    console.print(f"{title}: {told or 'none'}", highlight=False)
