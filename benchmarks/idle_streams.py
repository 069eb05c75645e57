"""Opens many streams, lets them wait, and prints what one costs: a process of its own.

`python -m benchmarks.idle_streams bare|steady BASE_URL`
"""

import asyncio
import gc
import json
import resource
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from steadystream import SteadyClient

from .clients import MESSAGES, bare_stream
from .limits import raise_file_limit

STREAMS = 2_000
AT_ONCE = 100


async def _bare(base_url: str) -> float:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def read(begun: Callable[[], object]) -> None:
            async with bare_stream(session, base_url) as response:
                async for _ in response.content.iter_any():
                    begun()

        return await _each(read)


async def _steady(base_url: str) -> float:
    async with SteadyClient(base_url, api_key=None) as client:

        async def read(begun: Callable[[], object]) -> None:
            async with client.stream(model="m", messages=MESSAGES) as answer:
                async for _ in answer.text():
                    begun()

        return await _each(read)


async def _each(read: Callable[[Callable[[], object]], Awaitable[None]]) -> float:
    """Return the bytes of memory that a stream costs, once all of them wait."""
    readers = []
    warm = asyncio.Event()
    readers.append(asyncio.ensure_future(read(warm.set)))
    await warm.wait()
    gc.collect()
    before = _resident()
    for first in range(0, STREAMS, AT_ONCE):
        ready = asyncio.Semaphore(0)
        count = min(AT_ONCE, STREAMS - first)
        readers += [asyncio.ensure_future(read(ready.release)) for _ in range(count)]
        for _ in range(count):
            await ready.acquire()
    gc.collect()
    grown = _resident() - before
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return grown / STREAMS


def _resident() -> int:
    """Return the memory of this process that is in RAM, in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    raise_file_limit(STREAMS)
    print(json.dumps(asyncio.run({"bare": _bare, "steady": _steady}[sys.argv[1]](sys.argv[2]))))
