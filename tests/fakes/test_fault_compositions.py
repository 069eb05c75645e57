"""Faults of all kinds at once: the server bears them, and the same seed gives the same bytes."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import Answer, Chance, FakeOpenAI, Fault, Latency, Reply, ToolCall
from fake_openai.dialects import DIALECTS
from fake_openai.faults import KINDS, from_json
from support.faults import FAULTS
from support.openai_client import CHAT, ask, chat
from support.raw_socket import Wire, wire

RESPONSES, COMPLETIONS = "/v1/responses", "/v1/completions"
ANSWERS = st.sampled_from(
    [Answer("one two é three"), Answer("x", tool_calls=[ToolCall("f", {"a": "ø"})])]
)


async def served(dialect: str, answer: Answer, faults: list[Fault], path: str, **more: Any) -> Wire:
    bodies = {CHAT: chat(), RESPONSES: {"input": "hi"}, COMPLETIONS: {"prompt": "hi"}}
    body = {"model": "gpt-4.1", **bodies[path], **more}
    async with FakeOpenAI(dialect, 7) as fake:
        fake.plan = lambda _: Reply(answer, faults, latency=Latency(between=0.0005))
        told = await wire(fake, body, path, seconds=5)
        fake.plan = None
        assert told.end != "open"
        assert fake.requests[0].ended in ("whole", "fault")
        assert await fake.quiet() == 0
        assert (await ask_again(fake)).status == 200
        return told  # closing the server raises what broke in it


async def ask_again(fake: FakeOpenAI) -> Any:
    for _ in range(100):
        try:
            return await ask(fake, chat("still there?"))
        except ConnectionRefusedError:  # a fault has it down for a millisecond
            continue
    raise AssertionError("the server is gone")


@pytest.mark.slow
@given(
    st.sampled_from(sorted(DIALECTS)),
    ANSWERS,
    st.lists(FAULTS, min_size=1, max_size=4),
    st.sampled_from([CHAT, RESPONSES, COMPLETIONS]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
async def test_the_same_seed_and_faults_give_the_same_bytes(
    dialect: str, answer: Answer, faults: list[Fault], path: str, streamed: bool
) -> None:
    first, second = [await served(dialect, answer, faults, path, stream=streamed) for _ in range(2)]

    assert first.without_date == second.without_date
    assert first.end == second.end


SOME: dict[str, dict[str, Any]] = {
    "status": {"status": 503},
    "raw_bytes": {"data": "abc"},
    "stall": {"seconds": 0},
    "no_headers": {"seconds": 0},
    "refuse_connection": {"seconds": 0.001},
    "drip": {"bytes": 200, "every": 0},
    "bandwidth": {"bytes_per_second": 1e9},
    "long_line": {"bytes": 400},
    "comment_flood": {"n": 2},
}


def one_of(kind: str, after: int) -> Fault:
    place = {"after": after} if "after" in KINDS[kind].arguments else {}
    return from_json({"kind": kind, **SOME.get(kind, {}), **place})


@pytest.mark.slow
@pytest.mark.parametrize("first", KINDS)
async def test_each_fault_can_be_joined_with_each_other(first: str) -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one two é three")
        for second, streamed in product(KINDS, (True, False)):
            fake.fail((one_of(first, 2), one_of(second, 3)))
            try:
                told = await wire(fake, chat(stream=streamed))
            except ConnectionRefusedError:
                continue
            assert told.end != "open"
            assert fake.requests[-1].ended in ("whole", "fault")


async def test_chance_depends_on_conversation_and_attempt_and_not_on_what_came_between() -> None:
    async def struck(*others: str) -> list[bool]:
        async with FakeOpenAI(seed=3) as fake:
            fake.fail(Chance(one_of("cut", 1), 0.5), times=None)
            told = []
            for number in range(12):
                for other in others:
                    await ask(fake, chat(other))
                told.append((await ask(fake, chat(f"question {number}"))).end == "cut")
            return told

    alone = await struck()

    assert alone == await struck("something else")
    assert len(set(alone)) == 2


async def test_a_fault_that_chance_spares_is_not_in_the_journal() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Chance(one_of("cut", 1), 1e-9), times=None)
        raw = await ask(fake, chat())

    assert raw.end == "whole"
    assert fake.requests[0].faults == ()


async def test_chance_of_faults_does_not_change_the_answer() -> None:
    async with FakeOpenAI() as one, FakeOpenAI() as two:
        two.fail((Chance(one_of("cut", 1), 1e-9), one_of("unknown_event", 99)))
        bodies = [(await ask(fake, chat())).body for fake in (one, two)]

    assert bodies[0] == bodies[1]
