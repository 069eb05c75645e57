"""One script through every shell: a refusal, two cuts, characters of many bytes, one text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import openai
import pytest

from fake_openai import Answer, Cut, FakeOpenAI, Received, Reply, Reset, Status, Writes
from steadystream import (
    Backoff,
    Retries,
    SteadyClient,
    SteadyStream,
    SyncSteadyClient,
    Timeouts,
)
from steadystream.events import Message
from steadystream.integrations import openai_http_client

TEXT = (
    "Det var en gang: «øyeblikk», 日本語 and 🌊👩\u200d🚀.\n\n\u2028"
    " Data: [DONE]? No. Once more, then."
)
FAULTS = {1: (Status(503),), 2: (Cut(after=6),), 3: (Reset(at_byte=1850),)}
MESSAGES = [{"role": "user", "content": "Tell me."}]
KEY = "sk-a-well-formed-key"
RETRIES = Retries(attempts=5, backoff=Backoff(base=0.001, cap=0.001))
PATIENT = Timeouts(first_token=20, idle=20)

DIALECTS = ("vllm", "sglang", "deepseek", "mistral", "qwen", "kimi", "groq")


def script(received: Received) -> Reply:
    return Reply(Answer(TEXT), FAULTS.get(received.attempt, ()))


def client(fake: FakeOpenAI) -> SteadyClient:
    return SteadyClient(
        fake.base_url, api_key=KEY, dialect=fake.dialect.name, retries=RETRIES, timeouts=PATIENT
    )


def middleware(fake: FakeOpenAI) -> SteadyStream:
    return SteadyStream(dialect=fake.dialect.name, retries=RETRIES, timeouts=PATIENT)


async def client_events(fake: FakeOpenAI) -> str:
    async with client(fake) as steady, steady.stream(model="m", messages=MESSAGES) as answer:
        chunks = [event.chunk async for event in answer if isinstance(event, Message)]
    return "".join(chunk.text for chunk in chunks if chunk is not None)


async def client_text(fake: FakeOpenAI) -> str:
    async with client(fake) as steady, steady.stream(model="m", messages=MESSAGES) as answer:
        return "".join([text async for text in answer.text()])


async def client_transcript(fake: FakeOpenAI) -> str:
    async with client(fake) as steady, steady.stream(model="m", messages=MESSAGES) as answer:
        await answer.finish()
    return answer.transcript.text


async def client_complete(fake: FakeOpenAI) -> str:
    async with client(fake) as steady:
        response = await steady.complete(model="m", messages=MESSAGES)
    return str(response["choices"][0]["message"]["content"])


def blocking(read: Callable[[SyncSteadyClient], str]) -> Callable[[FakeOpenAI], Awaitable[str]]:
    """Read in a thread without a loop: the server lives in the loop of the test."""

    def reading(fake: FakeOpenAI) -> str:
        with client(fake).sync() as steady:
            return read(steady)

    return lambda fake: asyncio.to_thread(reading, fake)


def sync_text(steady: SyncSteadyClient) -> str:
    with steady.stream(model="m", messages=MESSAGES) as answer:
        return "".join(answer.text())


def sync_events(steady: SyncSteadyClient) -> str:
    with steady.stream(model="m", messages=MESSAGES) as answer:
        chunks = [event.chunk for event in answer if isinstance(event, Message)]
    return "".join(chunk.text for chunk in chunks if chunk is not None)


def sync_complete(steady: SyncSteadyClient) -> str:
    response = steady.complete(model="m", messages=MESSAGES)
    return str(response["choices"][0]["message"]["content"])


async def _whole(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    yield await response.read()


async def _by_line(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    while line := await response.content.readline():
        yield line


Reading = Callable[[aiohttp.ClientResponse], AsyncIterator[bytes]]

READINGS: dict[str, Reading] = {
    "read": _whole,
    "readline": _by_line,
    "iter_any": lambda response: response.content.iter_any(),
    "iter_chunked": lambda response: response.content.iter_chunked(7),
    "async for": lambda response: aiter(response.content),
}


def through_middleware(reading: Reading) -> Callable[[FakeOpenAI], Awaitable[str]]:
    async def read(fake: FakeOpenAI) -> str:
        body = {"model": "m", "messages": MESSAGES, "stream": True}
        async with (
            aiohttp.ClientSession(middlewares=(middleware(fake),)) as session,
            session.post(
                f"{fake.base_url}/chat/completions",
                json=body,
                headers={"Authorization": f"Bearer {KEY}"},
            ) as response,
        ):
            data = b"".join([part async for part in reading(response)])
        blocks = [block.removeprefix("data: ") for block in data.decode().split("\n\n")]
        chunks = [json.loads(block) for block in blocks if block.startswith("{")]
        deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
        return "".join(delta.get("content") or "" for delta in deltas)

    return read


async def openai_sdk(fake: FakeOpenAI) -> str:
    async with openai.AsyncOpenAI(
        base_url=fake.base_url,
        api_key=KEY,
        http_client=openai_http_client(middleware(fake)),
        max_retries=0,
    ) as sdk:
        stream = await sdk.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "Tell me."}], stream=True
        )
        chunks = [chunk async for chunk in stream]
    return "".join(c.delta.content or "" for chunk in chunks for c in chunk.choices)


SHELLS: dict[str, Callable[[FakeOpenAI], Awaitable[str]]] = {
    "client, events": client_events,
    "client, text": client_text,
    "client, transcript": client_transcript,
    "client, complete": client_complete,
    "sync, text": blocking(sync_text),
    "sync, events": blocking(sync_events),
    "sync, complete": blocking(sync_complete),
    **{f"middleware, {name}": through_middleware(how) for name, how in READINGS.items()},
    "openai": openai_sdk,
}


@pytest.mark.parametrize("shell", SHELLS.values(), ids=SHELLS.keys())
@pytest.mark.parametrize("mode", ["event", "random"])
async def test_one_script_gives_one_text_through_every_shell(
    shell: Callable[[FakeOpenAI], Awaitable[str]], mode: str
) -> None:
    async with FakeOpenAI("vllm", writes=Writes(mode=mode)) as fake:
        fake.plan = script

        text = await shell(fake)

        assert text == TEXT
        assert [r.ended for r in fake.requests] == ["fault", "fault", "fault", "whole"]
        assert await fake.quiet() == 0


@pytest.mark.parametrize("shell", [client_text, through_middleware(_whole)], ids=["client", "mw"])
@pytest.mark.parametrize("dialect", DIALECTS)
async def test_one_script_gives_one_text_in_every_dialect_that_continues(
    dialect: str, shell: Callable[[FakeOpenAI], Awaitable[str]]
) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.plan = script

        assert await shell(fake) == TEXT
        assert len(fake.requests) == 4
