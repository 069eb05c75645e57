"""Steadystream itself: the client and the middleware, with a dialect that cannot continue."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from fake_openai import FakeOpenAIThread
from steadystream import (
    Backoff,
    Message,
    Retries,
    SteadyClient,
    SteadyStream,
    SteadyStreamError,
    Timeouts,
)

from .outcome import BODY, KEY, RETRIES, TIMEOUT, Ask, Client, Outcome

_RETRIES = Retries(attempts=RETRIES + 1, backoff=Backoff(base=0.01, cap=0.02))
_TIMEOUTS = Timeouts(connect=TIMEOUT, first_token=TIMEOUT, idle=TIMEOUT)


@asynccontextmanager
async def _client(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    async with SteadyClient(
        fake.base_url, api_key=KEY, dialect=fake.dialect.name, retries=_RETRIES, timeouts=_TIMEOUTS
    ) as client:

        async def ask(outcome: Outcome) -> None:
            async with client.stream(**BODY) as answer:
                async for event in answer:
                    if isinstance(event, Message) and event.chunk is not None:
                        outcome.text += event.chunk.text
            outcome.finish_reason = answer.transcript.finish_reasons.get(0)

        yield ask


@asynccontextmanager
async def _middleware(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    steady = SteadyStream(dialect=fake.dialect.name, retries=_RETRIES, timeouts=_TIMEOUTS)

    async with aiohttp.ClientSession(middlewares=(steady,)) as session:

        async def ask(outcome: Outcome) -> None:
            async with session.post(
                f"{fake.base_url}/chat/completions",
                json={**BODY, "stream": True},
                headers={"Authorization": f"Bearer {KEY}"},
                raise_for_status=True,
            ) as response:
                body = (await response.read()).decode(errors="replace")
            _read(body, outcome)

        yield ask


def _read(body: str, outcome: Outcome) -> None:
    body = body.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for block in body.split("\n\n"):
        fields = [line.partition(":") for line in block.split("\n")]
        data = "\n".join(value.removeprefix(" ") for name, _, value in fields if name == "data")
        if not data.startswith("{"):
            continue
        told = json.loads(data)
        if told.get("error"):
            outcome.finish_reason = "error"
        for choice in told.get("choices", ()):
            outcome.text += choice["delta"].get("content") or ""
            outcome.finish_reason = choice["finish_reason"] or outcome.finish_reason


CLIENTS = {
    "steady-client": Client(_client, (SteadyStreamError,), ("steadystream", "aiohttp")),
    "steady-middleware": Client(
        _middleware, (aiohttp.ClientError, TimeoutError), ("steadystream", "aiohttp")
    ),
}
