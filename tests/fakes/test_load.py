from __future__ import annotations

import asyncio
import itertools
import json
import random
import statistics
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from fake_openai import (
    Clock,
    Cut,
    FakeOpenAI,
    Latency,
    Load,
    Lognormal,
    ManualClock,
    VirtualClock,
)
from fake_openai.keeping.slots import Batch, Full, Place

LOAD = Load(slots=8, prefill_tokens_per_second=1000.0, decode_tokens_per_second=50.0, slowdown=0.05)
PROMPT = 100
TOKENS = 50


@dataclass(frozen=True)
class Served:
    """One request: when it came, when it had its first token, when it was done."""

    came: float
    first: float
    done: float


async def _request(batch: Batch, tokens: int = TOKENS) -> Served:
    clock = batch.clock
    came = clock.now()
    place = batch.enter()
    try:
        await place.ready(PROMPT)
        first = clock.now()
        for _ in range(tokens):
            await clock.sleep(batch.load.token_seconds * place.stretch)
        return Served(came, first, clock.now())
    finally:
        place.leave()


async def _at_once(load: Load, number: int, each: int = 4) -> list[Served]:
    """Serve `number` clients at once, each of which asks `each` times in turn."""

    async def client() -> list[Served]:
        return [await _request(batch) for _ in range(each)]

    with VirtualClock() as clock:
        batch = Batch(load, clock)
        return list(itertools.chain(*await asyncio.gather(*(client() for _ in range(number)))))


async def _offered(load: Load, rate: float, number: int = 200) -> list[Served]:
    """Serve requests that come at random, `rate` of them a second, whatever becomes of them."""
    rng = random.Random(1)

    async def request(after: float) -> Served:
        await clock.sleep(after)
        return await _request(batch)

    with VirtualClock() as clock:
        batch = Batch(load, clock)
        times = itertools.accumulate(rng.expovariate(rate) for _ in range(number))
        return await asyncio.gather(*(request(at) for at in times))


def _throughput(served: list[Served]) -> float:
    """Tokens a second, of all together."""
    return len(served) * TOKENS / (max(s.done for s in served) - min(s.came for s in served))


def _first_token(served: list[Served]) -> float:
    """Median wait for a first token, in seconds."""
    return statistics.median(s.first - s.came for s in served)


def _goodput(served: list[Served], limit: float) -> float:
    """Share of requests that had their first token within `limit` seconds."""
    return sum(s.first - s.came <= limit for s in served) / len(served)


@pytest.mark.slow
async def test_throughput_grows_to_the_knee_and_no_further() -> None:
    one, four, eight, sixteen, sixty_four = [
        _throughput(await _at_once(LOAD, number)) for number in (1, 4, 8, 16, 64)
    ]

    assert one < four < eight
    assert four > 2.5 * one
    assert sixteen == pytest.approx(eight, rel=0.15)
    assert sixty_four == pytest.approx(sixteen, rel=0.05)


@pytest.mark.slow
async def test_the_wait_for_a_first_token_climbs_with_what_is_asked_at_once() -> None:
    waits = [_first_token(await _at_once(LOAD, number)) for number in (1, 8, 16, 32, 64)]

    assert waits == sorted(waits)
    assert waits[1] < 1 < waits[2]
    assert waits[4] > 3 * waits[2]


async def test_tokens_come_slower_the_more_answers_are_made_at_once() -> None:
    def token(served: list[Served]) -> float:
        return statistics.median((s.done - s.first) / TOKENS for s in served)

    alone, full = [token(await _at_once(LOAD, number)) for number in (1, 8)]

    assert alone == pytest.approx(0.02)
    assert 0.022 < full <= 0.02 * (1 + 0.05 * 7) + 1e-9


@pytest.mark.slow
async def test_goodput_collapses_past_the_knee() -> None:
    capacity = _throughput(await _at_once(LOAD, 32)) / TOKENS  # requests a second

    below, near, past, far = [
        _goodput(await _offered(LOAD, share * capacity), limit=1.0)
        for share in (0.4, 0.7, 1.3, 2.0)
    ]

    assert below > 0.98
    assert near > 0.9
    assert past < 0.3
    assert far < 0.1


@pytest.mark.slow
async def test_throughput_is_kept_past_the_knee_where_waiting_does_no_strain() -> None:
    capacity = _throughput(await _at_once(LOAD, 32))

    assert _throughput(await _offered(LOAD, 2 * capacity / TOKENS)) > 0.9 * capacity


@pytest.mark.slow
async def test_throughput_falls_past_the_knee_where_waiting_is_a_strain() -> None:
    strained = Load(slots=8, decode_tokens_per_second=50.0, strain=0.05)

    eight, sixty_four = [_throughput(await _at_once(strained, number)) for number in (8, 64)]

    assert sixty_four < 0.6 * eight


async def test_prompts_are_read_one_after_another() -> None:
    load = Load(slots=8, prefill_tokens_per_second=100.0)
    with VirtualClock() as clock:
        batch = Batch(load, clock)

        served = await asyncio.gather(*(_request(batch, 0) for _ in range(3)))

    assert [round(s.first, 6) for s in served] == [1.0, 2.0, 3.0]


async def test_who_comes_first_is_served_first() -> None:
    with VirtualClock() as clock:
        batch = Batch(Load(slots=1, decode_tokens_per_second=1.0), clock)

        served = await asyncio.gather(*(_request(batch, 1) for _ in range(5)))

    assert [round(s.done) for s in served] == [1, 2, 3, 4, 5]


@pytest.mark.slow
async def test_the_same_load_twice_is_the_same_to_the_last_digit() -> None:
    def numbers(served: list[Served]) -> list[float]:
        began = served[0].came
        return [round(s.done - began, 6) for s in served]

    once = numbers(await _offered(LOAD, 6.0, 100))

    assert numbers(await _offered(LOAD, 6.0, 100)) == once


async def test_a_full_queue_takes_nobody() -> None:
    batch = Batch(Load(slots=2, queue_limit=1), Clock())
    places = [batch.enter() for _ in range(3)]

    with pytest.raises(Full):
        batch.enter()

    places[0].leave()
    assert isinstance(batch.enter(), Place)


async def test_who_leaves_the_queue_makes_room_and_takes_no_slot() -> None:
    batch = Batch(Load(slots=1, queue_limit=1), Clock())
    first, second = batch.enter(), batch.enter()

    second.leave()
    third = batch.enter()
    first.leave()

    await third.ready(0)
    assert (batch.slots.taken, batch.slots.waiting) == (1, 0)


async def test_who_is_cancelled_just_as_its_turn_comes_gives_it_to_the_next() -> None:
    batch = Batch(Load(slots=1), Clock())

    async def served() -> None:
        place = batch.enter()
        try:
            await place.ready(0)
        finally:
            place.leave()

    first = batch.enter()
    second, third = asyncio.create_task(served()), asyncio.create_task(served())
    await asyncio.sleep(0)
    first.leave()
    second.cancel()

    async with asyncio.timeout(5):
        await third
    assert second.cancelled()
    assert (batch.slots.taken, batch.slots.waiting) == (0, 0)


async def test_slots_are_handed_on_in_time_that_is_moved_by_hand() -> None:
    clock = ManualClock()
    batch = Batch(Load(slots=1, decode_tokens_per_second=1.0), clock)
    requests = asyncio.gather(*(_request(batch, 2) for _ in range(3)))

    await clock.advance(10, waits=1)

    assert [s.done for s in await requests] == [2, 4, 6]


def _slow(**more: Any) -> Latency:
    return Latency(load=Load(**{"slots": 1, "decode_tokens_per_second": 1.0, **more}))


async def _ask(fake: FakeOpenAI, session: aiohttp.ClientSession, **more: Any) -> tuple[int, bytes]:
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], **more}
    url, headers = fake.base_url + "/chat/completions", {"Authorization": "Bearer any"}
    if fake.dialect.name == "vllm":
        headers = {}
    async with session.post(url, json=body, headers=headers) as response:
        return response.status, await response.read()


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout())


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("dialect", ["openai", "vllm", "openrouter"])
async def test_requests_beyond_the_slots_wait_for_those_before_them(
    dialect: str, *, stream: bool
) -> None:
    clock = VirtualClock()
    async with FakeOpenAI(dialect, clock=clock, latency=_slow()) as fake, _session() as session:
        fake.reply("one two three")

        await asyncio.gather(*(_ask(fake, session, stream=stream, user=str(n)) for n in range(3)))

        ends = sorted(received.ended_at for received in fake.requests)
        alone = ends[0]
        assert alone >= 2
        assert ends == [pytest.approx(n * alone, abs=0.01) for n in (1, 2, 3)]


async def test_keep_alive_comments_come_while_a_request_is_in_the_queue() -> None:
    latency = _slow(decode_tokens_per_second=0.05)
    async with (
        FakeOpenAI("openrouter", clock=VirtualClock(), latency=latency) as fake,
        _session() as session,
    ):
        fake.reply("one two three")

        (_, first), (_, second) = await asyncio.gather(
            _ask(fake, session, stream=True), _ask(fake, session, stream=True, user="2")
        )

        assert first.count(b": OPENROUTER PROCESSING") < 10
        assert second.count(b": OPENROUTER PROCESSING") > 40


@pytest.mark.parametrize("status", [429, 503])
async def test_a_full_queue_refuses_as_the_provider_does(status: int) -> None:
    latency = _slow(queue_limit=1, full_status=status, retry_after=7)
    async with FakeOpenAI(clock=VirtualClock(), latency=latency) as fake, _session() as session:
        answers = await asyncio.gather(
            *(_ask(fake, session, stream=True, user=str(n)) for n in range(4))
        )

        assert sorted(given for given, _ in answers) == [200, 200, status, status]
        refused = json.loads(next(body for given, body in answers if given == status))
        assert set(refused["error"]) == {"message", "type", "param", "code"}


async def test_a_refusal_says_when_to_come_again() -> None:
    latency = _slow(queue_limit=0, retry_after=7)
    async with FakeOpenAI(clock=VirtualClock(), latency=latency) as fake, _session() as session:
        await asyncio.gather(*(_ask(fake, session, user=str(n)) for n in range(2)))

        assert {received.retry_after for received in fake.requests} == {None, 7}


async def test_a_client_that_leaves_the_queue_lets_the_next_move_up() -> None:
    clock = VirtualClock()
    async with FakeOpenAI(clock=clock, latency=_slow()) as fake, _session() as session:
        fake.reply("one two three")
        first = asyncio.create_task(_ask(fake, session, stream=True))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(_ask(fake, session, stream=True, user="2"))
        await asyncio.sleep(0.1)
        third = asyncio.create_task(_ask(fake, session, stream=True, user="3"))
        await asyncio.sleep(0.1)
        second.cancel()
        await asyncio.gather(first, third)

        alone = fake.requests[0].ended_at
        assert fake.requests[1].ended == "client left"
        assert fake.requests[2].ended_at == pytest.approx(2 * alone, abs=0.01)


async def test_a_fault_that_ends_an_answer_frees_its_slot() -> None:
    clock = VirtualClock()
    async with FakeOpenAI(clock=clock, latency=_slow()) as fake, _session() as session:
        fake.fail(Cut(after=2))
        with pytest.raises(aiohttp.ClientPayloadError):
            await _ask(fake, session, stream=True)

        async with asyncio.timeout(3600):
            status, _ = await _ask(fake, session, stream=True)

        assert status == 200


async def test_an_answer_that_is_not_streamed_takes_the_time_of_all_its_tokens() -> None:
    clock = VirtualClock()
    latency = Latency(first_token=1.0, between=0.5)
    async with FakeOpenAI(clock=clock, latency=latency) as fake, _session() as session:
        fake.reply("one two three")

        _, body = await _ask(fake, session)

        tokens = json.loads(body)["usage"]["completion_tokens"]
        assert clock.now() == pytest.approx(1.0 + 0.5 * (tokens - 1))


async def test_long_prompts_take_longer() -> None:
    clock = VirtualClock()
    latency = Latency(per_prompt_token=0.5)
    async with FakeOpenAI(clock=clock, latency=latency) as fake, _session() as session:
        _, body = await _ask(fake, session)

        assert clock.now() == pytest.approx(0.5 * json.loads(body)["usage"]["prompt_tokens"])


async def test_waits_are_the_same_whatever_else_is_asked_meanwhile() -> None:
    latency = Latency(first_token=Lognormal(1.0, 0.5), between=Lognormal(0.1, 0.5))

    async def took(users: str) -> float:
        clock = VirtualClock()
        async with FakeOpenAI(clock=clock, latency=latency) as fake, _session() as session:
            asked = (
                _ask(fake, session, stream=True, messages=[{"role": "user", "content": user}])
                for user in users
            )
            await asyncio.gather(*asked)
            received = next(r for r in fake.requests if r.question == "a")
            return float(received.ended_at - received.time)

    assert await took("a") == pytest.approx(await took("cbad"))
