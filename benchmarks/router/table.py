"""The table of what became of each answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from .cases import Case
from .telling import Told

HEADS = ("LiteLLM", "LiteLLM over SteadyStream", "SteadyClient")


@dataclass(frozen=True)
class Row:
    """What became of one case.

    Attributes:
        case: the case.
        theirs: with LiteLLM's Router, or its plain call.
        under: the same over a session with the middleware; None = it asks by no session.
        ours: with the client.
    """

    case: Case
    theirs: Told
    under: Told | None
    ours: Told

    @property
    def healed(self) -> bool:
        """Whether this library delivered all of it, wherever it was in use."""
        true = self.case.answer
        return self.ours.is_whole(true) and (self.under is None or self.under.is_whole(true))

    @property
    def words(self) -> tuple[str, str, str]:
        """What became of it, in the order of the table."""
        true = self.case.answer
        under = "-" if self.under is None else self.under.verdict(true)
        return self.theirs.verdict(true), under, self.ours.verdict(true)


def show(rows: Sequence[Row], title: str, console: Console) -> None:
    """Print a table."""
    table = Table(title=title)
    for head in ("what breaks", *HEADS):
        table.add_column(head)
    for row in rows:
        table.add_row(row.case.name, *map(_coloured, row.words))
    whole = [
        sum(told is not None and told.is_whole(row.case.answer) for row, told in column)
        for column in (
            [(row, row.theirs) for row in rows],
            [(row, row.under) for row in rows],
            [(row, row.ours) for row in rows],
        )
    ]
    asked = [len(rows), sum(row.under is not None for row in rows), len(rows)]
    counts = [f"{good} of {all_} whole" for good, all_ in zip(whole, asked, strict=True)]
    table.add_section()
    table.add_row("", *counts, style="bold")
    console.print(table)


def _coloured(word: str) -> str:
    colour = "green" if word == "whole" else "dim" if word == "-" else "red"
    return f"[{colour}]{word}[/]"
