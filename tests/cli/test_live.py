from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from steadystream.cli.demo import table, words
from steadystream.cli.demo.kinds import Kind
from steadystream.cli.demo.lane import SEAM, Lane, Strand
from steadystream.cli.demo.live import last_cells, line, view
from steadystream.cli.demo.settings import Settings
from support.demo_streams import BARE, STEADY


def shown(what: object, width: int, height: int = 24) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=width, height=height, color_system=None).print(what)
    return file.getvalue().splitlines()


def busy(name: str) -> Lane:
    lane = Lane(name, 2000, done=100, whole=40, lost=1_234_567, attempts=3000, seconds=123.4)
    for number in range(1, 81):
        lane.started(number)
        lane.text(number, "灯台守 says it 🌊🧭👩‍🚀 " * 20)
    for number in range(1, 40, 3):
        lane.interrupted(number, Kind.KEEP_ALIVE, again=True)
    for number in range(50, 60):
        lane.strands[number].state = "broken"
    return lane


@pytest.mark.parametrize(("width", "height"), [(80, 24), (140, 40), (70, 15), (250, 70)])
def test_the_view_fits_the_terminal(width: int, height: int) -> None:
    lanes = busy("bare aiohttp"), busy("steadystream")
    lines = shown(view(Settings(), *lanes, width, height), width, height)
    assert len(lines) < height
    assert max(cell_len(line) for line in lines) <= width


def test_the_view_shows_both_passes_what_went_wrong_and_the_streams() -> None:
    lanes = busy("bare aiohttp"), busy("steadystream")
    said = "\n".join(shown(view(Settings(), *lanes, 80, 24), 80))
    for words_of_it in ("bare aiohttp", "100/2000", "40 whole", "only keep-alives", "1,234,567"):
        assert words_of_it in said
    assert "灯台守 says it" in said


def test_before_anything_came_the_view_is_there() -> None:
    lanes = Lane("bare aiohttp", 10), Lane("steadystream", 10)
    assert "0/10" in "\n".join(shown(view(Settings(), *lanes, 80, 24), 80))


def test_a_stream_shows_its_seam_and_what_interrupted_it() -> None:
    strand = Strand(7, f"The fer{SEAM}ry", "interrupted", Kind.CUT)
    assert line(strand, 60).plain == f"   7 ✂ The fer{SEAM}ry connection cut"


@given(st.text("ab 灯é\n🌊", max_size=60), st.integers(0, 30))
def test_the_last_cells_fit_and_are_the_end(text: str, cells: int) -> None:
    end = last_cells(text, cells)
    assert cell_len(end) <= cells
    assert " ".join(text.split()).endswith(end)


@pytest.mark.parametrize("width", [80, 140])
def test_the_table_fits_the_terminal(width: int) -> None:
    lines = shown(table.drawn(words.rows(BARE, STEADY), width), width)
    assert max(cell_len(line) for line in lines) <= width
    assert any("characters lost" in line and "42 (51.9 %)" in line for line in lines)
