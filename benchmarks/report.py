"""The table at the end and the progress before it."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from .measure import Absent, Finding, Ratio

try:
    from rich.console import Console
    from rich.table import Table
except ImportError:  # the extra `cli` is not installed
    Console = None  # type: ignore[assignment,misc]

_HEADS = ("what", "compared with", "ratio", "target", "", "spread", "measured")


class Progress:
    """Says on stderr how far the run is: on one line of a terminal, else a line for each row."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._row = 0
        self._live = sys.stderr.isatty()

    def begin(self, title: str) -> None:
        """Announce the next row."""
        self._row += 1
        self._title = f"[{self._row}/{self._rows}] {title}"
        if not self._live:
            print(self._title, file=sys.stderr, flush=True)

    def __call__(self, text: str) -> None:
        """Say how far the row is."""
        if self._live:
            print(f"\r\x1b[2K{self._title}: {text}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Clear the line."""
        if self._live:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)


def show(found: list[Finding]) -> None:
    """Print the table."""
    cells = [_cells(finding) for finding in found]
    if Console is None:
        _show_plain(cells)
        return
    table = Table(title="Ratios of one run: less is better")
    for head in _HEADS:
        table.add_column(head, justify="right" if head in {"ratio", "target"} else "left")
    for row, finding in zip(cells, found, strict=True):
        table.add_row(*row, style=_style(finding))
    width = None if sys.stdout.isatty() else 160
    Console(width=width).print(table)


def write_json(found: list[Finding], path: Path) -> None:
    """Write the figures to a file."""
    document = [
        asdict(finding) | ({"met": finding.met} if isinstance(finding, Ratio) else {"absent": True})
        for finding in found
    ]
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _style(finding: Finding) -> str | None:
    if isinstance(finding, Absent):
        return "dim"
    return None if finding.met else "bold red"


def _cells(finding: Finding) -> tuple[str, ...]:
    if isinstance(finding, Absent):
        told = f"{finding.reference} is not installed: {finding.install}"
        return (finding.what, finding.reference, "-", "-", "absent", "-", told)
    return (
        finding.what,
        finding.reference,
        f"{finding.value:.2f}x",
        "-" if finding.target is None else f"{finding.target:.2f}x",
        "" if finding.target is None else "met" if finding.met else "MISSED",
        f"{finding.low:.2f}-{finding.high:.2f}",
        finding.detail,
    )


def _show_plain(cells: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(_HEADS, *cells, strict=True)]
    for row in (_HEADS, *cells):
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
