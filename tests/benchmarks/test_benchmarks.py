import asyncio
import json
import sys
from pathlib import Path

import pytest
from benchmarks.measure import Absent, Pairs, Ratio, in_turn
from benchmarks.process import Process
from benchmarks.rows import large_event

from benchmarks import __main__ as command
from benchmarks import rows
from support.waiting import until


def ratio(value: float, target: float) -> Ratio:
    return Ratio("what", "reference", value, target, value, value, "")


def test_both_sides_are_taken_in_turn_and_the_first_round_does_not_count() -> None:
    taken: list[str] = []

    async def reference() -> float:
        taken.append("a")
        return 1.0 if len(taken) > 2 else 100.0

    async def subject() -> float:
        taken.append("b")
        return 3.0

    pairs = asyncio.run(in_turn(reference, subject, 2, lambda _: None))

    assert "".join(taken) == "baabba"
    assert pairs == Pairs([1.0, 1.0], [3.0, 3.0])


def test_a_ratio_is_the_median_of_the_ratios_of_its_rounds() -> None:
    found = Pairs([1.0, 2.0, 1.0], [2.0, 2.0, 9.0]).ratio("what", "reference", 2.0, "us")

    assert (found.low, found.value, found.high) == (1.0, 2.0, 9.0)


@pytest.mark.parametrize(("value", "status"), [(2.0, 0), (2.01, 1)])
def test_the_status_says_whether_the_targets_were_met(
    value: float, status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "figures.json"
    row = rows.Row("a row", lambda _effort, _report: [ratio(value, 2.0)])
    monkeypatch.setattr(rows, "ALL", {"row": row})
    monkeypatch.setattr("sys.argv", ["benchmarks", "--json", str(file)])

    assert command.main() == status
    assert json.loads(file.read_text())[0]["met"] is (status == 0)


def test_the_row_of_the_large_event_finds_both_of_its_ratios(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(large_event, "SIZE", 2**14)

    found = large_event.measure(0.1, lambda _: None)

    assert [each.target for each in found] == [3.0, 4.0]
    assert all(each.value > 0 for each in found)


def test_what_is_not_installed_is_named_as_absent_and_misses_no_target(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = Absent("the fake", "a rival", "make rivals")
    row = rows.Row("a row", lambda _effort, _report: [absent])
    monkeypatch.setattr(rows, "ALL", {"row": row})
    monkeypatch.setattr("sys.argv", ["benchmarks"])

    assert command.main() == 0
    assert "a rival is not installed: make rivals" in " ".join(capsys.readouterr().out.split())


def test_a_ratio_without_a_target_misses_none() -> None:
    assert Ratio("what", "reference", 9.0, None, 9.0, 9.0, "").met


def test_the_cpu_of_a_process_is_that_of_those_it_started_too() -> None:
    busy = "import time\nwhile time.process_time() < 0.05: pass\nimport time; time.sleep(60)"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    process = Process([sys.executable, "-c", script], 0)
    try:
        until(lambda: process.cpu() >= 0.05)
    finally:
        process.close()
