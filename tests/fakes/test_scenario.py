from __future__ import annotations

from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from fake_openai import Answer, Cut, FakeOpenAI, Received, Scenario, Stall, Status, Writes
from fake_openai.strategies import (
    answers,
    breaking_faults,
    legal_faults,
    request_bodies,
    scenarios,
)
from support.openai_client import ask, chat
from support.raw_socket import wire


@given(scenarios(answer=answers(tools=True, reasoning=True, refusals=True), at_once=2))
def test_a_token_is_the_scenario(scenario: Scenario) -> None:
    assert Scenario.from_token(scenario.token) == scenario


async def test_each_attempt_meets_its_faults_and_the_next_none() -> None:
    async with FakeOpenAI() as fake:
        fake.play(Scenario(Answer("one two three"), [[Status(503)], [Cut(after=2)]], seed=3))
        got = [await ask(fake, chat()) for _ in range(3)]

    assert [(raw.status, raw.end) for raw in got] == [(503, "whole"), (200, "cut"), (200, "whole")]
    assert got[2].text == "one two three"


async def test_a_scenario_begins_anew() -> None:
    scenario = Scenario(Answer("one two"), [[Cut(after=1)]])
    async with FakeOpenAI() as fake:
        ends = []
        for _ in range(2):
            fake.play(scenario)
            ends += [(await ask(fake, chat())).end for _ in range(2)]
        journal = fake.requests

    assert ends == ["cut", "whole"] * 2
    assert len(journal) == 2


async def test_the_same_scenario_gives_the_same_bytes() -> None:
    scenario = Scenario(Answer("one two three"), [[Cut(at_byte=500)]], Writes("random"), seed=9)
    heard = []
    for _ in range(2):
        async with FakeOpenAI() as fake:
            fake.play(Scenario.from_token(scenario.token))
            heard.append([(await ask(fake, chat())).chunks for _ in range(2)])

    assert heard[0] == heard[1]


@pytest.mark.parametrize("token", ["", "fake2.abc", "fake1.", "fake1.!!!", "fake1.AAAA"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        Scenario.from_token(token)


@pytest.mark.parametrize(
    "value", [{"answr": "x"}, {"attempts": [[{"kind": "cutt"}]]}, {"writes": {"mode": "x"}}]
)
def test_a_scenario_that_cannot_be_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"answr|cutt|mode"):
        Scenario.from_json(value)


def test_scenarios_shrink_to_the_smallest_fault() -> None:
    found = find(
        scenarios(one=breaking_faults()),
        lambda s: any(isinstance(f, Cut) for row in s.attempts for f in row),
        settings=settings(database=None, max_examples=2000),
    )

    assert found.attempts == ((Cut(after=0),),)
    assert found.answer == Answer("")
    assert found.writes == Writes()


@given(request_bodies())
@settings(max_examples=40)
async def test_the_server_accepts_every_request_body_that_is_drawn(body: dict[str, Any]) -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, body)

    assert raw.status == 200, raw.body
    assert raw.end == "whole"


@given(answers(min_size=1), st.lists(legal_faults(), min_size=1, max_size=2))
@settings(max_examples=50)
async def test_a_legal_fault_leaves_the_answer_in_the_bytes(answer: Answer, faults: Any) -> None:
    scenario = Scenario(answer, [faults])
    async with FakeOpenAI() as fake:
        fake.play(scenario)
        assert fake.answer_to(chat()) == answer
        await wire(fake, chat(), seconds=10)

    assert fake.requests[0].ended == "whole"


def test_what_is_no_scenario_is_refused() -> None:
    with pytest.raises(TypeError, match="scenario must be a Scenario"):
        FakeOpenAI().play("fake1.abc")  # type: ignore[arg-type]


def test_later_attempts_have_no_faults() -> None:
    scenario = Scenario(Answer("x"), [[Stall(after=1)]])

    assert scenario.plan(Received("POST", "/", attempt=2)).faults == ()
