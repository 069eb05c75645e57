"""The table at the end, drawn or as plain lines."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from .live import BARE, STEADY
from .words import Row


def drawn(parts: Sequence[Sequence[Row]]) -> Table:
    """Return the table for a terminal."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    table.add_column("")
    table.add_column(Text("bare aiohttp", BARE), justify="right", style=BARE)
    table.add_column(Text("steadystream", STEADY), justify="right", style=STEADY)
    for part in parts:
        for place, row in enumerate(part):
            table.add_row(*row, end_section=place == len(part) - 1)
    return table


def lines(parts: Sequence[Sequence[Row]]) -> list[str]:
    """Return the table as lines of plain text."""
    rows: list[Row] = [("", "bare aiohttp", "steadystream")]
    rows += [row for part in parts for row in part]
    first, second, third = (max(len(row[column]) for row in rows) for column in range(3))
    return [f"{a:<{first}}  {b:>{second}}  {c:>{third}}".rstrip() for a, b, c in rows]
