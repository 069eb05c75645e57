"""What the middleware adds to a client that is slow already."""

import asyncio
from importlib import import_module
from typing import Any

import aiohttp
import openai

from benchmarks.child import child
from benchmarks.clients import MESSAGES
from benchmarks.frames import answer_text
from benchmarks.measure import Cpu, Ratio, Report, in_turn
from steadystream.integrations import openai_http_client

PIECES = 2_000
ROUNDS = 15
TARGET = 1.10


def measure(effort: float, report: Report) -> list[Ratio]:
    """Return the ratio of the SDK over our middleware to the SDK alone."""
    with child("benchmarks.upstream") as upstream:
        return [asyncio.run(_measure(f"{upstream.url}/flood/{PIECES}/v1", effort, report))]


async def _measure(base_url: str, effort: float, report: Report) -> Ratio:
    rounds = max(3, round(ROUNDS * effort))
    async with (
        _sdk(base_url, _bare_transport()) as bare,
        _sdk(base_url, openai_http_client()) as steady,
    ):
        pairs = await in_turn(lambda: _read(bare), lambda: _read(steady), rounds, report)
    return pairs.ratio(
        "middleware under the openai SDK, CPU per event",
        "the SDK over the same transport",
        TARGET,
        "us",
        scale=1e6,
    )


async def _read(sdk: openai.AsyncOpenAI) -> float:
    messages: Any = MESSAGES
    with Cpu() as cpu:
        stream = await sdk.chat.completions.create(model="m", messages=messages, stream=True)
        chunks = [chunk.choices[0].delta.content async for chunk in stream if chunk.choices]
    assert "".join(filter(None, chunks)) == answer_text(PIECES)
    return cpu.seconds / PIECES


def _sdk(base_url: str, http_client: Any) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        base_url=base_url, api_key="none", http_client=http_client, max_retries=0
    )


def _bare_transport() -> Any:
    """Return what `openai_http_client` returns, without the middleware."""
    base = openai.DefaultAsyncHttpxClient
    newer = any(cls.__module__.partition(".")[0] == "httpx2" for cls in base.__mro__)
    module = import_module("httpx_aiohttp.httpx2" if newer else "httpx_aiohttp")

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        )

    return base(transport=module.AiohttpTransport(client=session))
