"""The live view: both passes, what went wrong so far, and some of the streams."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .kinds import Kind
from .lane import SEAM, Lane, Strand
from .settings import Settings

BARE, STEADY, SEAMS = "yellow", "cyan", "magenta"
_LEFT = 36
_FRAME = 6
"""Lines of the view that are not streams: title, passes, headings, blanks."""
_MARKS = {"whole": ("✓", "green"), "broken": ("✗", "red"), "reads": ("│", "cyan")}


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
    lines = max(3, height - _FRAME - 1)
    body.add_row(_met(bare, steady, lines), _strands(now, width - _LEFT - 3, lines))
    return Group(_title(settings), _passes(bare, steady, width), Text(), body)


def _title(settings: Settings) -> Text:
    count = len(settings.numbers)
    facts = f"{count} streams, {settings.dialect}, seed {settings.seed}"
    return Text.assemble(("steadystream demo", "bold"), ("  " + facts, "dim"))


def _passes(bare: Lane, steady: Lane, width: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=12)
    table.add_column(width=max(8, width - 59))
    for size in (7, 9, 10, 6):
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
    table.add_column(width=5, justify="right")
    table.add_column(width=7, justify="right")
    table.add_row(Text("interruptions", "bold"), Text("bare", BARE), Text("steady", STEADY))
    for kind in Kind:
        left, right = bare.kinds[kind], steady.kinds[kind]
        if kind is Kind.UNPLANNED and not left + right:
            continue
        table.add_row(kind.value, _count(left), _count(right))
    rows: list[tuple[str, int, int]] = [
        ("all", bare.kinds.total(), steady.kinds.total()),
        ("characters lost", bare.lost, steady.lost),
        ("attempts", bare.attempts, steady.attempts),
    ]
    for name, left, right in rows:
        table.add_row(Text(name, "bold"), _count(left), _count(right))
    table.add_row(Text("seams", f"bold {SEAMS}"), "", _count(steady.seams))
    del table.rows[lines:]
    return table


def _count(value: int) -> Text:
    return Text(f"{value}", "" if value else "dim")


def _strands(lane: Lane, width: int, lines: int) -> Group:
    """Show the streams that ended last above those under way."""
    over = [s for s in lane.strands.values() if s.state in ("whole", "broken")]
    open_now = [s for s in lane.strands.values() if s.state not in ("whole", "broken")]
    room = lines - 1
    below = min(len(open_now), max(room - len(over), room * 2 // 3))
    shown = [*over[len(over) - min(len(over), room - below) :], *open_now[:below]]
    heading = Text.assemble(("streams", "bold"), (f"  {SEAM}", SEAMS), (" = seam", "dim"))
    return Group(heading, *_lines(shown, width))


def _lines(strands: Sequence[Strand], width: int) -> list[Text]:
    return [_line(strand, width) for strand in strands]


def _line(strand: Strand, width: int) -> Text:
    mark, style = _MARKS.get(strand.state, ("✂", "red"))
    line = Text.assemble((f"{strand.number:>4} ", "dim"), (f"{mark} ", style), no_wrap=True)
    told = "" if strand.state in _MARKS or strand.state == "waits" else f" [{strand.state}]"
    if strand.state == "waits":
        line = Text.assemble((f"{strand.number:>4} ", "dim"), ("· waits", "dim"), no_wrap=True)
    tail = Text(last_cells(strand.tail, width - line.cell_len - len(told)))
    tail.highlight_regex(SEAM, f"bold {SEAMS}")
    if strand.state in ("whole", "broken"):
        tail.stylize("dim")
    return line.append_text(tail).append(told, "red")


def last_cells(text: str, cells: int) -> str:
    """Return the end of `text` that fits into so many cells of a terminal, as one line."""
    flat = " ".join(text.split())
    while flat and cell_len(flat) > cells:
        flat = flat[max(1, (cell_len(flat) - cells) // 2) :]
    return flat
