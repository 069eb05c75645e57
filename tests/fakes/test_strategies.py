"""What the strategies draw, what it shrinks to, and how they get on with the fixture."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from fake_openai import (
    Answer,
    CommentFlood,
    Cut,
    FakeOpenAIThread,
    Fault,
    NoHeaders,
    Reset,
    Scenario,
    Stall,
    Status,
    ToolCall,
    Writes,
    strategies,
)
from fake_openai.faults import KINDS
from support.openai_client import CHAT, chat
from support.raw_socket import wire

BODIES = {
    "chat": ("/chat/completions", strategies.request_bodies(tools=True)),
    "responses": ("/responses", strategies.response_bodies(tools=True)),
    "embeddings": ("/embeddings", strategies.embedding_bodies()),
}
GROUPS = {
    "breaking": strategies.breaking_faults(),
    "refusing": strategies.refusing_faults(),
    "legal": strategies.legal_faults(),
    "lying": strategies.lying_faults(),
    "stalls": strategies.stalls(),
}
QUICK = settings(database=None, max_examples=3000)


def smallest(strategy: st.SearchStrategy[Any], kind: type) -> Any:
    return find(strategy, lambda drawn: isinstance(drawn, kind), settings=QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("name", BODIES)
def test_every_request_body_that_is_drawn_is_accepted(name: str) -> None:
    path, bodies = BODIES[name]
    with FakeOpenAIThread() as fake, httpx.Client(base_url=fake.base_url) as client:

        @given(bodies)
        @strategies.over_sockets(max_examples=60)
        def accepted(body: dict[str, Any]) -> None:
            told = client.post(path, json=body, headers={"Authorization": "Bearer sk-any"})
            assert told.status_code == 200, told.text

        accepted()


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_of_faults_has_none_of_another(name: str) -> None:
    others = {kind for other in GROUPS if other != name for kind in drawn_kinds(GROUPS[other])}

    assert not drawn_kinds(GROUPS[name]) & others


def drawn_kinds(strategy: st.SearchStrategy[Fault]) -> set[type[Fault]]:
    seen: set[type[Fault]] = set()

    @given(strategy)
    @settings(max_examples=400, database=None, suppress_health_check=list(HealthCheck))
    def look(fault: Fault) -> None:
        seen.add(type(fault))

    look()
    return seen


def test_some_group_has_every_kind_of_fault_but_those_that_break_what_they_like() -> None:
    drawn = {kind for group in GROUPS.values() for kind in drawn_kinds(group)}

    missing = {name for name, kind in KINDS.items() if kind.fault not in drawn}
    assert missing == {"bandwidth", "raw_bytes"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (strategies.texts(), ""),
        (strategies.answers(tools=True, reasoning=True, refusals=True), Answer("")),
        (strategies.chunkings(), Writes()),
        (strategies.schedules(), []),
        (strategies.breaking_faults(), Cut(after=0)),
        (strategies.refusing_faults(), Status(429)),
        (strategies.legal_faults(), CommentFlood(1, after=0)),
        (strategies.stalls(seconds=(3600,)), Stall(after=0, seconds=3600)),
        (strategies.faults_of(Reset, Cut), Reset(after=0)),
        (strategies.scenarios(), Scenario(Answer(""))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_drawn_shrinks_to_the_simplest(drawn: Any, expected: Any) -> None:
    assert smallest(drawn, type(expected)) == expected


@pytest.mark.slow
def test_a_scenario_shrinks_to_the_one_fault_that_matters() -> None:
    def fails(scenario: Scenario) -> bool:
        met = [fault for row in scenario.attempts for fault in row]
        return "\r" in scenario.answer.text and any(isinstance(f, Reset) for f in met)

    found = find(strategies.scenarios(at_once=2), fails, settings=QUICK)

    assert found == Scenario(Answer("\r"), [[Reset(after=0)]])


@pytest.mark.parametrize("call", [strategies.faults_of, lambda: strategies.faults_of(Answer)])
def test_what_is_no_kind_of_fault_is_refused(call: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"faults_of\(\)"):
        call()


def test_tool_calls_carry_json() -> None:
    assert smallest(strategies.tool_calls(), ToolCall).arguments in ("{}", {})


@given(scenario=strategies.scenarios(one=strategies.breaking_faults(), attempts=1))
@strategies.over_sockets(max_examples=15)
def test_the_fixture_serves_all_examples_of_a_synchronous_test(
    fake_openai: FakeOpenAIThread, scenario: Scenario
) -> None:
    fake_openai.play(scenario)
    with httpx.Client(base_url=fake_openai.base_url) as client:
        try:
            client.post(
                CHAT.removeprefix("/v1"), json=chat(), headers={"Authorization": "Bearer k"}
            )
        except httpx.TransportError:
            assert fake_openai.requests[0].ended == "fault"

    assert len(fake_openai.requests) == 1


@given(scenario=strategies.scenarios(one=strategies.legal_faults(), attempts=1))
@strategies.over_sockets(max_examples=15)
async def test_the_fixture_serves_all_examples_of_an_asynchronous_test(
    fake_openai: FakeOpenAIThread, scenario: Scenario
) -> None:
    fake_openai.play(scenario)
    await wire(fake_openai, chat(), seconds=10)

    assert len(fake_openai.requests) == 1


def test_waits_are_as_long_as_they_are_asked_for() -> None:
    found = smallest(strategies.stalls(seconds=(3600,)), NoHeaders)

    assert found == NoHeaders(seconds=3600)


def test_without_hypothesis_the_error_says_what_to_install() -> None:
    program = "import sys; sys.modules['hypothesis'] = None; import fake_openai.strategies"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert (
        "fake_openai.strategies needs hypothesis: pip install 'steadystream[fuzz]'" in done.stderr
    )


@pytest.mark.parametrize(("dialect", "asked"), [("openai", ""), ("vllm", "--dialect vllm ")])
def test_a_test_that_fails_shows_the_command_that_plays_it_again(dialect: str, asked: str) -> None:
    with FakeOpenAIThread(dialect) as fake:

        @given(strategies.scenarios(one=strategies.breaking_faults()))
        @strategies.over_sockets(max_examples=5, database=None)
        def fails(scenario: Scenario) -> None:
            fake.play(scenario)
            raise AssertionError

        with pytest.raises(AssertionError) as failed:
            fails()

    told = "\n".join(failed.value.__notes__)
    assert f"fake-openai serve {asked}--scenario {Scenario(Answer('')).token}" in told
