from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from fake_openai import Cut, FakeOpenAI, ResetBeforeHeaders, Stall, Status
from steadystream import (
    Backoff,
    Breaker,
    Budget,
    Economy,
    GaveUp,
    Hedge,
    InvalidRequest,
    Retries,
    SteadyClient,
    SteadyStream,
    StreamFault,
    Throughput,
    Timeouts,
    Verdict,
)
from steadystream.errors import BreakerOpen, Rejected
from steadystream.policy.attempts import Fate

ASKED: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Tell me."}]}
QUICK = Retries(attempts=3, backoff=Backoff(base=0.001))
KEY = "idempotency-key"


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(dialect="vllm") as server:
        yield server


def client(fake: FakeOpenAI, **settings: Any) -> SteadyClient:
    given: dict[str, Any] = {"api_key": "sk-secret", "dialect": "vllm", "retries": QUICK}
    return SteadyClient(fake.base_url, **given | settings)


async def test_an_answer_tells_of_each_attempt(fake: FakeOpenAI) -> None:
    fake.fail(ResetBeforeHeaders(), Cut(after=6))
    async with client(fake) as steady, steady.stream(**ASKED) as answer:
        await answer.finish()

    lost, cut, last = answer.attempts
    assert [each.fate for each in answer.attempts] == [Fate.UNKNOWN, Fate.ACCEPTED, Fate.ACCEPTED]
    assert lost.opened_at is None
    assert cut.fault is not None
    assert last.fault is None
    assert last.status == 200
    assert last.request_id == answer.request_id
    assert last.upstream == f"m at {fake.base_url.split('/')[2]}"
    assert last.received > 0
    times = [last.started_at, last.sent_at, last.opened_at, last.first_token_at, last.ended_at]
    assert times == sorted(time for time in times if time is not None)


async def test_its_cost_is_told_apart(fake: FakeOpenAI) -> None:
    fake.fail(ResetBeforeHeaders(), Cut(after=0))
    async with client(fake) as steady, steady.stream(**ASKED) as answer:
        whole = await answer.finish()

    usage = whole["usage"]
    assert answer.cost.delivered.completion_tokens == usage["completion_tokens"]
    assert answer.cost.delivered.prompt_tokens == usage["prompt_tokens"]
    assert answer.cost.possibly_billed.prompt_tokens == usage["prompt_tokens"]
    assert answer.cost.discarded.prompt_tokens == usage["prompt_tokens"]


async def test_it_explains_itself_without_the_key(fake: FakeOpenAI) -> None:
    fake.fail(Cut(after=6))
    async with client(fake) as steady, steady.stream(**ASKED) as answer:
        await answer.finish()

    told = answer.explain()
    assert "went on exactly at character" in told
    assert "The answer is complete; 2 attempts." in told
    assert "sk-secret" not in told + repr(answer.attempts)


async def test_one_budget_may_serve_several_clients(fake: FakeOpenAI) -> None:
    economy = Economy(budget=Budget(share=0, window=60, minimum_per_second=1 / 60))
    fake.fail(*[Status(503)] * 4)
    async with client(fake, economy=economy) as one, client(fake, economy=economy) as other:
        with pytest.raises(Rejected) as first:
            await one.complete(**ASKED)
        with pytest.raises(Rejected) as second:
            await other.complete(**ASKED)

    assert first.value.gave_up is second.value.gave_up is GaveUp.BUDGET_SPENT
    assert len(fake.requests) == 3


async def test_the_breaker_of_an_upstream_can_be_looked_at(fake: FakeOpenAI) -> None:
    fake.fail(*[Status(503)] * 3)
    economy = Economy(breaker=Breaker(minimum=3))
    async with client(fake, economy=economy, retries=Retries(attempts=1)) as steady:
        for _ in range(3):
            with pytest.raises(Rejected):
                await steady.complete(**ASKED)
        with pytest.raises(BreakerOpen):
            await steady.complete(**ASKED)

        (circuit,) = steady.economy.breakers.values()
        assert circuit.state(asyncio.get_running_loop().time()) == "open"
        assert len(fake.requests) == 3


async def test_a_hedge_overtakes_a_stall_and_its_cost_is_told(fake: FakeOpenAI) -> None:
    fake.fail(Stall(after=0))
    async with client(fake, economy=Economy(hedge=Hedge(after=0.05))) as steady:
        async with steady.stream(**ASKED) as answer:
            whole = await answer.finish()

    assert whole["choices"][0]["message"]["content"] == fake.answer_to(ASKED).text
    late, hedge = answer.attempts
    assert (late.overtaken, hedge.overtaken) == (True, False)
    assert answer.attempt_count == 1
    assert answer.cost.discarded.prompt_tokens > 0


@pytest.mark.parametrize("seconds", [0.02, 0.1])
async def test_closing_a_client_ends_a_race(fake: FakeOpenAI, seconds: float) -> None:
    fake.fail(Stall(after=0), Stall(after=0))
    steady = client(fake, economy=Economy(hedge=Hedge(after=0.05)), retries=Retries(attempts=1))
    task = asyncio.create_task(steady.complete(**ASKED))
    await asyncio.sleep(seconds)

    await steady.close()

    with pytest.raises(StreamFault):
        await asyncio.wait_for(task, 1)


async def test_a_stream_that_drips_is_continued(fake: FakeOpenAI) -> None:
    fake.fail(Stall(after=6, seconds=30))
    slowest = Throughput(pieces_per_second=100, seconds=0.1)
    async with client(fake, timeouts=Timeouts(slowest=slowest)) as steady:
        async with steady.stream(**ASKED) as answer:
            await answer.finish()

    assert answer.verdict is Verdict.COMPLETE
    assert answer.attempt_count > 1


async def test_a_request_of_unknown_fate_keeps_its_key_and_others_get_a_new_one() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(ResetBeforeHeaders(), Status(503))
        async with client(fake, dialect="openai") as steady:
            await steady.complete(**ASKED)

        first, again, after_refusal = [request.headers.get(KEY) for request in fake.requests]
        assert first == again is not None
        assert after_refusal not in {None, first}


async def keys_sent(fake: FakeOpenAI, **headers: str) -> list[str | None]:
    middleware = SteadyStream(dialect="openai", retries=QUICK)
    async with (
        aiohttp.ClientSession(middlewares=(middleware,)) as session,
        session.post(
            f"{fake.base_url}/chat/completions",
            json=ASKED | {"stream": True},
            headers={"Authorization": "Bearer sk-secret"} | headers,
        ) as got,
    ):
        await got.read()
    return [request.headers.get(KEY) for request in fake.requests]


async def test_a_middleware_sends_keys_as_a_client_does() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(ResetBeforeHeaders(), Status(503))
        first, again, after_refusal = await keys_sent(fake)

    assert first == again is not None
    assert after_refusal not in {None, first}


@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key"])
async def test_a_key_that_the_caller_sent_himself_is_kept(name: str) -> None:
    async with FakeOpenAI() as fake:
        fake.fail(ResetBeforeHeaders(), Status(503))

        assert await keys_sent(fake, **{name: "mine"}) == ["mine"] * 3


async def test_a_dialect_that_knows_no_key_is_sent_none(fake: FakeOpenAI) -> None:
    async with client(fake) as steady:
        await steady.complete(**ASKED)

    assert fake.requests[0].headers.get(KEY) is None


@pytest.mark.parametrize("part", ["budget", "breaker", "pace", "hedge"])
def test_a_part_of_another_kind_is_refused(part: str) -> None:
    with pytest.raises(InvalidRequest, match=rf"economy\.{part} must be a .* or None for none"):
        Economy(**{part: 3})


def test_an_economy_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="economy must be an Economy or None"):
        SteadyClient("http://host", api_key=None, economy=3)  # type: ignore[arg-type]


def test_a_throughput_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"timeouts\.slowest must be a Throughput or None"):
        Timeouts(slowest=3)  # type: ignore[arg-type]
