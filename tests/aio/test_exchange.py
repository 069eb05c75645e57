"""One attempt: what ends it, and what a response means that is no stream."""

from __future__ import annotations

import asyncio
import gc

import aiohttp
import pytest

from fake_openai import Bandwidth, Error200, FakeOpenAI, Status, VirtualClock
from steadystream import Backoff, Retries, SteadyClient, SteadyStream, Timeouts, Verdict
from steadystream.errors import DeadlineExceeded, UpstreamError
from steadystream.events import Done
from steadystream.policy.attempts import Fate

MESSAGES = [{"role": "user", "content": "Tell me."}]
KEY = "sk-a-well-formed-key"


async def test_an_answer_that_is_here_is_not_late_however_long_it_is_looked_at() -> None:
    async with FakeOpenAI("vllm", clock=VirtualClock()) as fake:
        fake.reply("One two three.")
        limits = Timeouts(total=5)
        async with SteadyClient(fake.base_url, api_key=KEY, timeouts=limits) as client:
            async with client.stream(model="m", messages=MESSAGES) as answer:
                done = 0
                async for event in answer:
                    done += isinstance(event, Done)
                    await asyncio.sleep(3)

    assert done == 1
    assert answer.verdict is Verdict.COMPLETE
    assert answer.attempts[0].fault is None


async def test_an_attempt_that_is_late_before_it_begins_is_not_sent() -> None:
    async with FakeOpenAI("vllm", clock=VirtualClock()) as fake:
        fake.fail(Status(503))
        quick = Retries(backoff=Backoff(base=0.001, cap=0.001))
        async with SteadyClient(
            fake.base_url, api_key=KEY, timeouts=Timeouts(total=5), retries=quick
        ) as client:
            async with client.stream(model="m", messages=MESSAGES) as answer:
                with pytest.raises(DeadlineExceeded):  # noqa: PT012  # the loop is what raises
                    async for _ in answer:
                        await asyncio.sleep(6)

        assert len(fake.requests) == 1
    assert answer.attempts[-1].fate is Fate.UNSENT


@pytest.mark.parametrize("dialect", ["mistral", "sglang", "vllm", "openai", "deepseek"])
@pytest.mark.parametrize("status", [429, 503])
async def test_an_error_that_passes_is_tried_again_whatever_its_form_under_status_200(
    dialect: str, status: int
) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply("One two three.")
        fake.fail(Error200(status))
        quick = Retries(backoff=Backoff(base=0.001, cap=0.001))
        async with SteadyClient(
            fake.base_url, api_key=KEY, dialect=dialect, retries=quick
        ) as client:
            async with client.stream(model="m", messages=MESSAGES) as answer:
                await answer.finish()

    assert answer.transcript.text == "One two three."
    assert isinstance(answer.attempts[0].fault, UpstreamError)


async def test_json_that_is_no_error_is_not_taken_for_one() -> None:
    body = '{"message": "Welcome to the API."}'
    async with FakeOpenAI() as fake:
        fake.fail(Error200(body=body))
        async with SteadyClient(fake.base_url, api_key=KEY) as client:
            async with client.stream(model="m", messages=MESSAGES) as answer:
                with pytest.raises(Exception, match="event-stream, got application/json"):
                    await answer.finish()


async def test_a_session_that_is_closed_behind_the_end_of_an_answer_says_nothing() -> None:
    unseen: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: unseen.append(told))
    body = {"model": "m", "messages": MESSAGES, "stream": True}
    async with FakeOpenAI("vllm", clock=VirtualClock()) as fake:
        fake.fail(Bandwidth(bytes_per_second=1000))
        async with aiohttp.ClientSession(middlewares=(SteadyStream(dialect="vllm"),)) as session:
            async with session.post(f"{fake.base_url}/chat/completions", json=body) as response:
                async for data in response.content.iter_any():
                    if b"[DONE]" in data:
                        break
        assert await fake.quiet() == 0
        await asyncio.sleep(1)
    gc.collect()

    assert unseen == []
