"""Both sides of the client rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from steadystream import Retries, SteadyClient

MESSAGES = [{"role": "user", "content": "Say something of some length, please."}]
BODY = {"model": "m", "messages": MESSAGES, "stream": True}


@asynccontextmanager
async def bare_stream(
    session: aiohttp.ClientSession, base_url: str
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Ask with aiohttp alone."""
    async with session.post(base_url + "/chat/completions", json=BODY) as response:
        yield response


async def read_bare(session: aiohttp.ClientSession, base_url: str) -> int:
    """Read an answer with aiohttp alone, without looking at it; return how many bytes came."""
    size = 0
    async with bare_stream(session, base_url) as response:
        async for data in response.content.iter_any():
            size += len(data)
    return size


async def read_steady(
    session: aiohttp.ClientSession | None, base_url: str, retries: Retries | None = None
) -> str:
    """Read the text of an answer with everything on; return it."""
    client = SteadyClient(base_url, api_key=None, session=session, retries=retries)
    async with client, client.stream(model="m", messages=MESSAGES) as answer:
        return "".join([text async for text in answer.text()])
