"""CPU for each event of one stream that comes as fast as it is read."""

import asyncio

import aiohttp

from benchmarks.child import child
from benchmarks.clients import read_bare, read_steady
from benchmarks.frames import answer_text
from benchmarks.measure import Cpu, Ratio, Report, in_turn

PIECES = 20_000
ROUNDS = 20
TARGET = 2.0


def measure(effort: float, report: Report) -> list[Ratio]:
    """Return the ratio of the whole pipeline to aiohttp's bytes alone."""
    with child("benchmarks.upstream") as upstream:
        return [asyncio.run(_measure(f"{upstream.url}/flood/{PIECES}/v1", effort, report))]


async def _measure(base_url: str, effort: float, report: Report) -> Ratio:
    async with aiohttp.ClientSession() as session:

        async def bare() -> float:
            with Cpu() as cpu:
                size = await read_bare(session, base_url)
            assert size > PIECES * 200
            return cpu.seconds / PIECES

        async def steady() -> float:
            with Cpu() as cpu:
                text = await read_steady(session, base_url)
            assert text == answer_text(PIECES)
            return cpu.seconds / PIECES

        pairs = await in_turn(bare, steady, round(ROUNDS * effort), report)
    return pairs.ratio("CPU per event, one stream", "aiohttp iter_any()", TARGET, "us", scale=1e6)
