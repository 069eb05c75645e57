"""What the storm claims of responses and fallbacks, and that it notices where it does not hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from fake_openai import Received
from properties.storm_courses import ELSEWHERE, KEPT, LEFT, SPOKEN, played
from steadystream import Hedge, Retries
from steadystream.events import Place
from steadystream.stages import background
from support.storm import judging
from support.storm.course import Course
from support.storm.hearing_responses import HeardResponse
from support.storm.tally import Played

RACED = replace(ELSEWHERE, hedge=Hedge(after=0.1), first_token=0.4)
CALM = {
    "a response": SPOKEN,
    "one in the background": KEPT,
    "one that is left": LEFT,
    "fallbacks": ELSEWHERE,
    "a hedge": RACED,
}


@pytest.mark.parametrize("shell", ["client", "middleware", "sync"])
@pytest.mark.parametrize("name", CALM)
def test_what_goes_as_it_should_has_no_complaints(
    monkeypatch: pytest.MonkeyPatch, name: str, shell: str
) -> None:
    assert played(monkeypatch, replace(CALM[name], shell=shell)).complaints == []


def test_a_response_in_the_background_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.method for one in played(monkeypatch, KEPT).journal] == ["POST", "GET"]


def test_fallbacks_are_asked_at_their_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    what = played(monkeypatch, ELSEWHERE)

    assert what.word == "mended"
    assert len({one.headers["host"] for one in what.journal}) == 2
    assert {one.body["model"] for one in what.journal} >= {ELSEWHERE.model, "m0"}


@pytest.mark.parametrize("shell", ["client", "middleware"])
def test_a_response_that_goes_on_for_nobody_is_noticed(
    monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    async def forget(*_: object) -> None:
        pass

    monkeypatch.setattr(background, "_cancel_all", forget)

    (complaint,) = played(monkeypatch, replace(LEFT, shell=shell)).complaints

    assert complaint.startswith("responses go on that nobody waits for: ['resp_")


def astray(what: Played) -> None:
    what.journal[0].status = 401


def cancelled(what: Played) -> None:
    what.journal = [*what.journal, Received("POST", "/v1/responses/resp_1/cancel", ended="whole")]


def elsewhere(what: Played) -> None:
    assert what.outcome is not None
    first, *rest = what.outcome.seams
    what.outcome.seams = (replace(first, after=Place("m9 at nowhere", "m9")), *rest)


def untold(what: Played) -> None:
    what.journal = [one for one in what.journal if one.body["model"] != "m0"]


LIES: dict[str, tuple[Course, Callable[[Played], None], str]] = {
    "a key went astray": (ELSEWHERE, astray, "a key went to a server that it is not for"),
    "somebody else's response is cancelled": (SPOKEN, cancelled, "that we did not put there"),
    "a seam names another upstream": (ELSEWHERE, elsewhere, "a seam names "),
    "a server was not asked": (ELSEWHERE, untold, "the server saw 0 requests"),
}


@pytest.mark.parametrize("name", LIES)
def test_the_judge_notices(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    one, lie, complaint = LIES[name]
    what = played(monkeypatch, one)
    assert what.outcome is not None
    assert what.complaints == []
    lie(what)

    found = judging.complaints(one, what.outcome, what.journal)

    assert any(complaint in each for each in found), found


def test_a_way_that_is_not_allowed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    what = played(monkeypatch, KEPT)
    assert what.outcome is not None
    strict = replace(KEPT, retries=Retries(rungs=frozenset()))

    found = judging.complaints(strict, what.outcome, what.journal)

    assert "it went on by cursor, which is not allowed" in found


def delta(number: int, text: str) -> dict[str, object]:
    kind = "response.output_text.delta"
    return {"type": kind, "sequence_number": number, "output_index": 0, "delta": text}


CALL = {"type": "function_call", "name": "look", "arguments": "{}"}
BEGUN = {"type": "response.output_item.added", "sequence_number": 0, "output_index": 0}


def heard(events: Iterable[dict[str, object]]) -> HeardResponse:
    ear = HeardResponse()
    ear.feed("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode())
    return ear


@pytest.mark.parametrize(
    ("events", "complaint"),
    [
        ([delta(0, "a"), delta(2, "b")], "event 1 has the number 2"),
        ([delta(0, "a"), delta(0, "a")], "event 1 has the number 0"),
        ([{**BEGUN, "item": CALL}, {**BEGUN, "sequence_number": 1, "item": CALL}], "begins twice"),
        (
            [
                delta(0, "a"),
                {"type": "response.output_text.done", "output_index": 0, "text": "ab"},
            ],
            "text is told to be 'ab' behind 'a'",
        ),
        (
            [{"type": "response.completed", "response": {"output": [CALL]}}],
            "the response ends with",
        ),
    ],
    ids=["a gap", "twice", "an item twice", "a whole that is another", "an end that is another"],
)
def test_events_that_are_no_response_are_noticed(
    events: list[dict[str, object]], complaint: str
) -> None:
    assert any(complaint in each for each in heard(events).complaints)


def test_half_a_call_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    what = played(monkeypatch, SPOKEN)
    assert what.outcome is not None
    what.outcome.heard = heard([{**BEGUN, "item": {**CALL, "arguments": ""}}])

    found = judging.complaints(SPOKEN, what.outcome, what.journal)

    assert "1 calls were begun, 0 ended" in found
