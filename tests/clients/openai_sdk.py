"""The official SDK, bare and over the middleware."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import openai

from clients.cases import BODY, KEY
from fake_openai import FakeOpenAI
from steadystream import SteadyStream
from steadystream.integrations import openai_http_client

# openai 3 stands on httpx2, those before on httpx.
httpx = import_module(
    next(
        name
        for cls in openai.DefaultAsyncHttpxClient.__mro__
        if (name := cls.__module__.partition(".")[0]).startswith("httpx")
    )
)

# Up to openai 2 an error in the middle of a stream reaches the caller as httpx raises it.
CONNECTION_ERRORS = (openai.APIConnectionError, httpx.TransportError)
TIMEOUTS = (openai.APITimeoutError, httpx.TimeoutException)


@asynccontextmanager
async def sdk(
    fake: FakeOpenAI, middleware: SteadyStream | None = None, **settings: Any
) -> AsyncIterator[openai.AsyncOpenAI]:
    http_client = None if middleware is None else openai_http_client(middleware)
    settings = {"max_retries": 0, "api_key": KEY, "timeout": 5.0} | settings
    async with openai.AsyncOpenAI(
        base_url=fake.base_url, http_client=http_client, **settings
    ) as client:
        yield client


@dataclass
class Seen:
    """What the user of a client got: text, and the error that ended it."""

    text: str = ""
    error: Exception | None = None


async def read(client: openai.AsyncOpenAI, **body: Any) -> Seen:
    seen = Seen()
    try:
        async with asyncio.timeout(5):  # keep-alives would let a failing test wait for ever
            stream = await client.chat.completions.create(**{**BODY, **body}, stream=True)
            async for chunk in stream:
                if chunk.choices:
                    seen.text += chunk.choices[0].delta.content or ""
    except Exception as error:  # noqa: BLE001  # what it is, the tests ask
        seen.error = error
    return seen
