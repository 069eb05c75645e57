from __future__ import annotations

import io
import itertools
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from steadystream.cli.demo.cases import case
from steadystream.cli.demo.kinds import Kind
from steadystream.cli.demo.lane import Lane
from steadystream.cli.demo.passes import read_bare, read_steady
from steadystream.cli.demo.settings import Settings, Spoken
from steadystream.cli.demo.shell import conclude
from steadystream.cli.demo.tally import Tally
from support.demo_streams import BARE, FAILED, STEADY

COMMAND = [sys.executable, "-m", "steadystream", "demo"]


def concluded(steady: Tally, report: Path, *, drawn: bool = False) -> tuple[int, str]:
    file = io.StringIO()
    console = Console(file=file, width=100, markup=False, highlight=False)
    return conclude(Settings(3, 5), BARE, steady, report, console, drawn=drawn), file.getvalue()


def test_all_whole_is_status_0(tmp_path: Path) -> None:
    code, said = concluded(STEADY, tmp_path / "r.html")
    assert code == 0
    assert "1 of 3 answers whole with bare aiohttp, 3 of 3 with steadystream" in said


def test_one_answer_that_differs_is_status_1_and_told(tmp_path: Path) -> None:
    code, said = concluded(FAILED, tmp_path / "r.html")
    assert code == 1
    assert "stream 2: expected 27 characters, got 9" in said
    assert "steadystream demo --seed 5 --dialect vllm --only 2 --plain" in said


@pytest.mark.parametrize("steady", [STEADY, FAILED])
def test_the_report_is_written_whatever_the_result(tmp_path: Path, steady: Tally) -> None:
    _, said = concluded(steady, tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert f"report: {tmp_path / 'r.html'}" in said


def test_the_drawn_table_has_the_same_numbers(tmp_path: Path) -> None:
    assert "42 (51.9 %)" in concluded(STEADY, tmp_path / "r.html", drawn=True)[1]


def noisy(streams: int) -> Settings:
    """Return settings under which no stream goes silent, so that patience costs no time."""
    silences = {Kind.STALL, Kind.KEEP_ALIVE}
    for seed in itertools.count():
        cases = [case(seed, number) for number in range(1, streams + 1)]
        kinds = {blow.kind for asked in cases for blow in asked.blows}
        if len(kinds) > streams // 2 and not kinds & silences:
            return Settings(streams, seed, concurrency=streams, idle=30)
    raise AssertionError


@pytest.mark.slow
@pytest.mark.parametrize("dialect", [Spoken.VLLM, Spoken.MISTRAL, Spoken.GROQ])
async def test_streams_that_are_broken_bare_arrive_whole(dialect: Spoken) -> None:
    settings = replace(noisy(6), dialect=dialect)
    bare = await read_bare(settings, Lane("bare aiohttp", 6))
    steady = await read_steady(settings, Lane("steadystream", 6))
    assert bare.broken > 0
    assert (steady.whole, steady.lost, steady.doubled) == (6, 0, 0)


@pytest.mark.slow
async def test_everything_that_was_planned_is_met() -> None:
    settings = noisy(6)
    steady = await read_steady(settings, Lane("steadystream", 6))
    met = [read.outcome.interruptions for read in steady.reads]
    assert met == [tuple(blow.kind for blow in read.case.blows) for read in steady.reads]


@pytest.mark.slow
async def test_a_pass_can_be_run_again_with_the_same_result() -> None:
    settings = noisy(5)
    first, second = [await read_bare(settings, Lane("bare aiohttp", 5)) for _ in range(2)]
    assert [read.outcome.text for read in first.reads] == [r.outcome.text for r in second.reads]


@pytest.mark.slow
def test_the_command_reads_reports_and_ends_with_0(tmp_path: Path) -> None:
    report = tmp_path / "demo.html"
    command = [*COMMAND, "--streams", "12", "--report", str(report)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")
    assert "12 of 12 with steadystream" in done.stdout
    assert "\x1b" not in done.stdout  # no terminal, no colours
    assert "12 of 12 read, 12 whole, 0 broken" in done.stdout
    assert "</html>" in report.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("streams", ["2", "200"])
def test_output_that_nobody_can_take_is_one_line_and_status_3(tmp_path: Path, streams: str) -> None:
    report = tmp_path / "demo.html"
    command = [*COMMAND, "--streams", streams, "--report", str(report)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(  # noqa: S603
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert done.stderr == ("steadystream: the demo could not go on: No space left on device\n")
    assert done.returncode == 3


@pytest.mark.slow
def test_a_reader_that_leaves_is_one_line_and_status_3(tmp_path: Path) -> None:
    command = [*COMMAND, "--streams", "2", "--report", str(tmp_path / "demo.html")]
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as nobody:
        done = subprocess.run(  # noqa: S603
            command, stdout=nobody, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert done.stderr == "steadystream: the demo could not go on: Broken pipe\n"
    assert done.returncode == 3


@pytest.mark.slow
def test_a_report_that_cannot_be_written_is_one_line_and_status_3() -> None:
    command = [*COMMAND, "--streams", "2", "--report", "/dev/full"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert done.stderr == ("steadystream: the demo could not go on: No space left on device\n")
    assert done.returncode == 3


@pytest.mark.slow
def test_ctrl_c_ends_it_with_130_and_says_how_far_it_got(tmp_path: Path) -> None:
    report = tmp_path / "demo.html"
    command = [*COMMAND, "--report", str(report)]
    with subprocess.Popen(  # noqa: S603
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("bare aiohttp:")
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, err) == (130, "")
    assert re.search(
        r"stopped: \d+ of 200 with bare aiohttp and 0 of 200 with steadystream; "
        "no report was written",
        out,
    )
    assert not report.exists()
