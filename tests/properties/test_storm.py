"""The share of the storm that every run of the tests plays; `make fuzz` plays fifty times that."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from properties.storm_courses import CALL, CUT, REFUSED, TEXT, course, played
from steadystream import Retries, Timeouts
from support.storm import __main__ as command
from support.storm import answers, drawing, judging, playing, running, trace
from support.storm.course import Course, Part, Purse
from support.storm.hearing import Heard

SHARE = range(2_000)


@pytest.mark.slow
def test_two_thousand_schedules_of_faults_hold(capsys: pytest.CaptureFixture[str]) -> None:
    status = running.run(SHARE, jobs=2)

    told = capsys.readouterr().out
    with capsys.disabled():
        print(f"\n{told.splitlines()[-1]}")
    assert status == 0, told
    assert "2,000 schedules, seeds 0..1999" in told


@pytest.mark.parametrize("one", [TEXT, CALL, CUT, REFUSED], ids=["text", "call", "cut", "refused"])
def test_a_schedule_that_goes_as_it_should_has_no_complaints(
    monkeypatch: pytest.MonkeyPatch, one: Course
) -> None:
    assert played(monkeypatch, one).complaints == []


LIES: dict[str, tuple[Course, Callable[[Course], Course], str]] = {
    "a character lost": (CUT, lambda c: replace(c, truth={0: Part("One two, three")}), "beginning"),
    "the end lost": (CUT, lambda c: replace(c, truth={0: Part("One two three.")}), "a clean end"),
    "a character too many": (CUT, lambda c: replace(c, truth={0: Part("One two thre")}), "begin"),
    "reasoning made up": (CALL, lambda c: replace(c, truth={}), "calls are held"),
    "half a call": (
        CALL,
        lambda c: replace(c, truth={0: Part(calls=(("look", '{"a":"b"}]'),))}),
        "calls are held",
    ),
    "no call": (CALL, lambda c: replace(c, truth={0: Part("x")}), "a clean end"),
    "an attempt too many": (CUT, lambda c: replace(c, retries=Retries(attempts=1)), "allowed"),
    "an attempt unpaid": (CUT, lambda c: replace(c, purse=Purse(0)), "are paid for"),
    "an attempt too late": (CUT, lambda c: replace(c, timeouts=Timeouts(total=1e-9)), "deadline"),
    "given up too early": (REFUSED, lambda c: replace(c, retries=Retries(attempts=3)), "spent at"),
}


@pytest.mark.parametrize("name", LIES)
def test_the_judge_notices(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    one, lie, complaint = LIES[name]
    what = played(monkeypatch, one)
    assert what.outcome is not None

    found = judging.complaints(lie(one), what.outcome, what.journal)

    assert any(complaint in each for each in found), found


def test_the_judge_notices_a_request_that_the_answer_does_not_tell_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    what = played(monkeypatch, CUT)
    assert what.outcome is not None

    found = judging.complaints(CUT, what.outcome, [*what.journal, *what.journal])

    assert found == ["the server saw 4 requests, the answer tells of 2"]


def test_a_partial_that_is_not_what_was_delivered_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    once = replace(CUT, retries=Retries(attempts=1))
    what = played(monkeypatch, once)
    assert what.outcome is not None
    assert what.complaints == []
    what.outcome.heard = Heard()

    found = judging.complaints(once, what.outcome, what.journal)

    assert any("the partial is" in each for each in found), found


CHUNK = {"id": "a", "choices": [{"index": 0, "delta": {"content": "é"}, "finish_reason": None}]}
BYTES = b"data: " + json.dumps(CHUNK, ensure_ascii=False).encode() + b"\n\n"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (BYTES[:-12], "a character was torn|an event was torn|ends inside an event"),
        (BYTES.replace("é".encode(), b"\xc3"), "a character was torn"),
        (BYTES[:30] + b"\n\n", "an event was torn"),
    ],
)
def test_torn_bytes_are_noticed(body: bytes, complaint: str) -> None:
    heard = Heard()

    heard.feed(body)

    assert [each for each in heard.complaints if any(c in each for c in complaint.split("|"))]


@pytest.mark.slow
def test_every_kind_in_every_dialect_says_what_the_truth_says_it_does() -> None:
    seeds = {(c.kind, c.dialect): c for c in map(drawing.course, range(3000))}
    told = [answers.is_told(kind, name) for kind in answers.KINDS for name in drawing.DIALECTS]
    assert len(seeds) == sum(told)
    calm = [course(c.seed) for c in seeds.values()]
    one_by_one = {c.seed: replace(c, shell="client") for c in calm}  # noqa: S604
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(drawing, "course", lambda seed: one_by_one[seed])

        found = playing.batch(one_by_one)

    assert found.failures == []
    assert {word for _, word in found.words} == {"whole at once"}


def test_a_seed_is_the_same_schedule_whenever_it_is_drawn() -> None:
    assert [drawing.course(n) for n in range(50)] == [drawing.course(n) for n in range(50)]
    assert len({repr(drawing.course(n)) for n in range(50)}) == 50


def test_a_failure_names_its_seed_and_how_to_see_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        judging, "complaints", lambda one, *_: ["it rained"] if one.seed == 2 else []
    )

    assert running.run(range(4), jobs=1) == 1

    told = capsys.readouterr().out
    assert "seed 2 failed; play it again with: make fuzz SEEDS=2\n  - it rained" in told
    assert "4 schedules, seeds 0..3" in told
    assert "1 FAILED" in told


def test_one_seed_is_shown_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert trace.show(3) == 0

    told = capsys.readouterr().out
    for part in ("seed      3", "what came", "what the servers saw", "request 1", "all holds"):
        assert part in told


@pytest.mark.parametrize("text", ["", "a", "5..5", "9..3", "-1"])
def test_seeds_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(command.argparse.ArgumentTypeError, match="expected"):
        command.seeds_of(text)


def test_seeds_are_one_or_from_one_to_another() -> None:
    assert command.seeds_of("7") == range(7, 8)
    assert command.seeds_of("0..100000") == range(100_000)
