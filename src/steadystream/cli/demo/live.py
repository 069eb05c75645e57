"""The live view: both passes, what went wrong so far, and some of the streams."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .kinds import Kind
from .lane import SEAM, Lane, State, Strand
from .settings import Settings

BARE, STEADY, SEAMS = "yellow", "cyan", "magenta"
_LEFT = 39
_FRAME = 7
"""Lines that are not streams and counts: title, two passes, two blanks, and two below the view."""
_MARKS: dict[State, tuple[str, str]] = {
    "waits": ("·", "dim"),
    "reads": ("│", "cyan"),
    "interrupted": ("✂", "red"),
    "whole": ("✓", "green"),
    "broken": ("✗", "red"),
}


def view(settings: Settings, bare: Lane, steady: Lane, width: int, height: int) -> RenderableType:
    """Return what is shown at this moment.

    Args:
        settings: of the demo.
        bare: the pass with bare aiohttp.
        steady: the pass with steadystream.
        width: of the terminal, in cells.
        height: of the terminal, in lines.
    """
    now = steady if steady.attempts else bare
    body = Table.grid(padding=(0, 2, 0, 0), expand=True)
    body.add_column(width=_LEFT)
    body.add_column(ratio=1, no_wrap=True, overflow="crop")
    lines = max(3, height - _FRAME)
    body.add_row(_met(bare, steady, lines), _strands(now, width - _LEFT - 3, lines))
    # The terminal writes ^C behind the last line, which must have room for it.
    return Group(_title(settings), _passes(bare, steady, width), Text(), body, Text())


def _title(settings: Settings) -> Text:
    count = len(settings.numbers)
    facts = f"{count} streams, {settings.dialect}, seed {settings.seed}"
    return Text.assemble(("steadystream demo", "bold"), ("  " + facts, "dim"))


def _passes(bare: Lane, steady: Lane, width: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=12)
    table.add_column(width=max(8, width - 60))
    for size in (9, 10, 11, 7):
        table.add_column(width=size, justify="right", no_wrap=True)
    for lane, style in ((bare, BARE), (steady, STEADY)):
        bar = ProgressBar(lane.total, lane.done, complete_style=style, finished_style=style)
        table.add_row(
            Text(lane.name, style),
            bar,
            f"{lane.done}/{lane.total}",
            Text(f"{lane.whole} whole", "green" if lane.whole else "dim"),
            Text(f"{lane.broken} broken", "bold red" if lane.broken else "dim"),
            f"{lane.seconds:.1f} s",
        )
    return table


def _met(bare: Lane, steady: Lane, lines: int) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=18, no_wrap=True)
    for _ in range(2):
        table.add_column(width=9, justify="right")
    for row in _counts(bare, steady)[:lines]:
        table.add_row(*row)
    return table


def _counts(bare: Lane, steady: Lane) -> list[tuple[Text, Text, Text]]:
    heading = Text("interruptions", "bold"), Text("bare", BARE), Text("steady", STEADY)
    kinds = [
        (Text(kind.value), _count(bare.kinds[kind]), _count(steady.kinds[kind]))
        for kind in Kind
        if kind is not Kind.UNPLANNED or bare.kinds[kind] + steady.kinds[kind]
    ]
    sums = [
        (Text(name, "bold"), _count(left), _count(right))
        for name, left, right in (
            ("all", bare.kinds.total(), steady.kinds.total()),
            ("characters lost", bare.lost, steady.lost),
            ("attempts", bare.attempts, steady.attempts),
        )
    ]
    return [heading, *kinds, *sums, (Text("seams", f"bold {SEAMS}"), Text(), _count(steady.seams))]


def _count(value: int) -> Text:
    return Text(f"{value:,}", "" if value else "dim")


def _strands(lane: Lane, width: int, lines: int) -> Group:
    """Show the streams that ended last above those under way."""
    over = [strand for strand in lane.strands.values() if strand.over]
    under_way = [strand for strand in lane.strands.values() if not strand.over]
    room = lines - 1
    below = min(len(under_way), max(room - len(over), room * 2 // 3))
    above = min(len(over), room - below)
    shown = [*over[len(over) - above :], *under_way[:below]]
    heading = Text.assemble(("streams", "bold"), (f"  {SEAM}", SEAMS), (" = seam", "dim"))
    return Group(heading, *(line(strand, width) for strand in shown))


def line(strand: Strand, width: int) -> Text:
    """Return one stream as a line of at most `width` cells."""
    mark, style = _MARKS[strand.state]
    told = f" {strand.met}" if strand.met and strand.state in {"interrupted", "broken"} else ""
    head = Text.assemble((f"{strand.number:>4} ", "dim"), (f"{mark} ", style), no_wrap=True)
    tail = Text(last_cells(strand.tail, width - head.cell_len - len(told)))
    tail.highlight_regex(SEAM, f"bold {SEAMS}")
    if strand.over:
        tail.stylize("dim")
    return head.append_text(tail).append(told, "red")


# Terminals disagree on the width of joined emoji; a line wider than thought breaks the view.
_JOINERS = {0x200D: None, 0xFE0F: None}


def last_cells(text: str, cells: int) -> str:
    """Return the end of `text` that fits into so many cells of a terminal, as one line."""
    flat = " ".join(text.translate(_JOINERS).split())
    while flat and cell_len(flat) > cells:
        flat = flat[max(1, (cell_len(flat) - cells) // 2) :]
    return flat
