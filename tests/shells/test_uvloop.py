"""The fake and the library run on uvloop as they do on asyncio's own loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import aiohttp
import pytest
import uvloop

from fake_openai import Cut, ErrorEvent, FakeOpenAI, Fault, Reset, Stall
from steadystream import Backoff, Retries, SteadyClient, SteadyStream, Timeouts
from steadystream.protocol import chat

TEXT = "One two three four five six seven eight nine ten."
MESSAGES = [{"role": "user", "content": "Count."}]
QUICK = Retries(backoff=Backoff(base=0.001, cap=0.001))
SHORT = Timeouts(idle=0.2)


async def by_client(fake: FakeOpenAI) -> str:
    async with (
        SteadyClient(
            fake.base_url, api_key="sk-1", dialect="vllm", retries=QUICK, timeouts=SHORT
        ) as client,
        client.stream(model="m", messages=MESSAGES) as answer,
    ):
        return "".join([text async for text in answer.text()])


async def by_middleware(fake: FakeOpenAI) -> str:
    steady = SteadyStream(dialect="vllm", retries=QUICK, timeouts=SHORT)
    async with (
        aiohttp.ClientSession(middlewares=(steady,)) as session,
        session.post(
            f"{fake.base_url}/chat/completions",
            json={"model": "m", "messages": MESSAGES, "stream": True},
            headers={"Authorization": "Bearer sk-1"},
        ) as response,
    ):
        return _text((await response.read()).decode())


def _text(body: str) -> str:
    lines = [line[len("data: ") :] for line in body.splitlines() if line.startswith("data: {")]
    chunks = [chat.decode(line) for line in lines]
    return "".join(chunk.text for chunk in chunks if chunk is not None)


@pytest.mark.parametrize("read", [by_client, by_middleware])
@pytest.mark.parametrize(
    "fault", [None, Cut(after=4), Reset(after=4), Stall(after=4), ErrorEvent(after=4)], ids=repr
)
def test_an_answer_arrives_whole_on_uvloop(
    fault: Fault | None, read: Callable[[FakeOpenAI], Awaitable[str]]
) -> None:
    async def main() -> str:
        async with FakeOpenAI("vllm") as fake:
            fake.reply(TEXT)
            if fault is not None:
                fake.fail(fault)
            return await read(fake)

    assert uvloop.run(main()) == TEXT
