"""What a user of the official SDK learns of attempts, seams and cost."""

from __future__ import annotations

import contextvars
from typing import Any

import pytest

from clients.cases import BODY
from clients.openai_sdk import read, sdk
from fake_openai import Cut, FakeOpenAI, Stall, Status
from steadystream import Answer, Backoff, Economy, Hedge, Retries, SteadyStream, Verdict


def telling(told: list[Answer], **settings: Any) -> SteadyStream:
    retries = Retries(backoff=Backoff(base=0.001))
    given: dict[str, Any] = {"dialect": "vllm", "retries": retries, "on_answer": told.append}
    return SteadyStream(**given | settings)


async def test_attempts_and_cost_are_told_of_a_whole_answer() -> None:
    told: list[Answer] = []
    async with FakeOpenAI(dialect="vllm") as fake, sdk(fake, telling(told)) as client:
        fake.fail(Status(503), Cut(after=4))
        stream = await client.chat.completions.create(
            **BODY, stream=True, stream_options={"include_usage": True}
        )
        ids = {chunk.id async for chunk in stream}

    (answer,) = told
    assert answer.verdict is Verdict.COMPLETE
    assert [attempt.status for attempt in answer.attempts] == [503, 200, 200]
    assert not answer.attempts[-1].left
    assert len(answer.seams) == 1
    assert answer.cost.delivered.completion_tokens == answer.usage.completion_tokens
    assert "The answer is complete; 3 attempts." in answer.explain()
    assert {answer.transcript.id} == ids


async def test_the_attempt_that_lost_a_race_is_told_of_too() -> None:
    told: list[Answer] = []
    steady = telling(told, economy=Economy(hedge=Hedge(after=0.05)))
    async with FakeOpenAI(dialect="vllm") as fake, sdk(fake, steady) as client:
        fake.fail(Stall(after=0))
        seen = await read(client)

        assert seen.text == fake.answer_to(BODY).text
    assert [attempt.overtaken for attempt in told[0].attempts] == [True, False]
    assert told[0].cost.discarded.prompt_tokens > 0


async def test_the_connection_of_a_whole_answer_is_used_again() -> None:
    async with FakeOpenAI(dialect="vllm") as fake, sdk(fake, telling([])) as client:
        for _ in range(3):
            assert (await read(client)).error is None

        assert fake.open_connections == 1


async def test_who_is_told_sees_the_context_of_the_call() -> None:
    """So that an answer can be told from another one of the same program."""
    call = contextvars.ContextVar("call", default="")
    seen: list[str] = []
    steady = telling([], on_answer=lambda _: seen.append(call.get()))
    async with FakeOpenAI(dialect="vllm") as fake, sdk(fake, steady) as client:
        for name in ("one", "two"):
            call.set(name)
            await read(client)

    assert seen == ["one", "two"]


@pytest.mark.parametrize("refused", [401, 404])
async def test_a_refusal_that_nothing_can_mend_is_the_sdks_own_matter(refused: int) -> None:
    told: list[Answer] = []
    async with FakeOpenAI(dialect="vllm") as fake, sdk(fake, telling(told)) as client:
        fake.fail(Status(refused))
        assert (await read(client)).error is not None

    assert told == []
