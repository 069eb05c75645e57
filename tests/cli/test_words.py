from __future__ import annotations

from steadystream.cli.demo import table, words
from steadystream.cli.demo.kinds import Kind
from steadystream.cli.demo.lane import Lane
from steadystream.cli.demo.tally import Tally, different
from support.demo_streams import BARE, FAILED, STEADY, TEXT, arrived


def told() -> dict[str, tuple[str, str]]:
    rows = [row for part in words.rows(BARE, STEADY) for row in part]
    return {name.strip(): (bare, steady) for name, bare, steady in rows}


def test_whole_and_broken_answers_are_counted() -> None:
    assert told()["whole answers"] == ("1 of 3", "3 of 3")
    assert told()["broken answers"] == ("2", "0")


def test_answers_that_are_short_without_an_error_are_counted() -> None:
    assert told()["of these without any error"] == ("1", "0")


def test_lost_characters_are_a_share_of_all_true_ones() -> None:
    assert told()["characters lost"] == ("42 (51.9 %)", "0")


def test_attempts_interruptions_and_seams_are_counted() -> None:
    assert told()["attempts"] == ("3", "5")
    assert told()["interruptions"] == ("1", "2")
    assert told()["connection cut"] == ("1", "1")
    assert told()["broken JSON"] == ("0", "1")
    assert told()["exact prefix"] == ("-", "2")


def test_kinds_that_were_not_met_have_no_row() -> None:
    assert Kind.STALL.value not in told()


def test_the_headline_has_both_results() -> None:
    said = words.headline(BARE, STEADY)
    assert said == "1 of 3 answers whole with bare aiohttp, 3 of 3 with steadystream"


def test_the_headline_says_first_that_steadystream_failed() -> None:
    assert words.headline(BARE, FAILED) == "1 of 2 answers differ with steadystream"


def test_a_complaint_says_where_and_how_to_run_it_again() -> None:
    [failed] = different(FAILED)
    assert words.complaint(failed, 5, "vllm").splitlines() == [
        "stream 2: expected 27 characters, got 9",
        "  first difference at character 5",
        "  expected ...'The ferry waits for nobody.'",
        "  got      ...'The fairy'",
        "  ended with Stalled: quiet & gone",
        "  again: steadystream demo --seed 5 --dialect vllm --only 2 --plain",
    ]


def test_a_whole_text_that_ended_with_an_error_is_a_failure() -> None:
    assert different(Tally([arrived(TEXT, 1, error="RuntimeError: left open")], 1.0))


def test_of_many_failures_the_rest_is_only_numbered() -> None:
    failed = [arrived("", number) for number in range(1, 6)]
    said = words.complaints(failed, 5, "vllm", most=3)
    assert len(said) == 4
    assert said[-1] == "and streams 4, 5"


def test_the_progress_of_a_pass_fits_a_line() -> None:
    lane = Lane("steadystream", 3, done=2, whole=1, seams=4, seconds=1.25)
    lane.kinds[Kind.CUT] = 5
    assert words.progress(lane) == (
        "steadystream: 2 of 3 read, 1 whole, 1 broken, 5 interruptions, 4 seams, 1.2 s"
    )


def test_plain_lines_stand_in_columns() -> None:
    lines = table.lines(words.rows(BARE, STEADY))
    ends = {len(line) for line in lines}
    assert len(ends) == 1
    assert lines[0].split() == ["bare", "aiohttp", "steadystream"]
