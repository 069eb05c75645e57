"""The table at the end, drawn or as plain lines."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .live import BARE, STEADY
from .words import Row

_BOTH_FIT = 110
"""Cells of a terminal in which the two halves of the table stand side by side."""


def drawn(parts: Sequence[Sequence[Row]], width: int) -> RenderableType:
    """Return the table for a terminal of `width` cells; its last part is a table of its own."""
    *wrong, result = parts
    halves = [_table("what went wrong", wrong), _table("what came of it", [result])]
    if width < _BOTH_FIT:
        return Group(*halves)
    grid = Table.grid(padding=(0, 4, 0, 0))
    grid.add_row(*halves)
    return grid


def _table(title: str, parts: Sequence[Sequence[Row]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    table.add_column(title, min_width=30)
    table.add_column(Text("bare aiohttp", BARE), justify="right", style=BARE, min_width=15)
    table.add_column(Text("steadystream", STEADY), justify="right", style=STEADY, min_width=12)
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
