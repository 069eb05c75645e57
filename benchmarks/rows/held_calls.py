"""CPU for each event of a stream of text, with calls held until they are whole and without."""

import asyncio

import aiohttp

from benchmarks.child import child
from benchmarks.clients import read_steady
from benchmarks.frames import answer_text
from benchmarks.measure import Cpu, Ratio, Report, in_turn
from steadystream import Retries

PIECES = 20_000
ROUNDS = 20
TARGET = 1.05


def measure(effort: float, report: Report) -> list[Ratio]:
    """Return the ratio of a client that holds calls to one that forwards their parts."""
    with child("benchmarks.upstream") as upstream:
        return [asyncio.run(_measure(f"{upstream.url}/flood/{PIECES}/v1", effort, report))]


async def _measure(base_url: str, effort: float, report: Report) -> Ratio:
    async with aiohttp.ClientSession() as session:

        async def read(retries: Retries) -> float:
            with Cpu() as cpu:
                text = await read_steady(session, base_url, retries)
            assert text == answer_text(PIECES)
            return cpu.seconds / PIECES

        async def forwarded() -> float:
            return await read(Retries(tool_calls="stream"))

        async def held() -> float:
            return await read(Retries(tool_calls="hold"))

        pairs = await in_turn(forwarded, held, round(ROUNDS * effort), report)
    what = "text, calls held until they are whole, CPU per event"
    return pairs.ratio(what, "calls forwarded in parts", TARGET, "us", scale=1e6)
