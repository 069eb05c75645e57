"""CPU of one short answer, from no client at all to its last event."""

import asyncio

import aiohttp

from benchmarks.child import child
from benchmarks.clients import read_bare, read_steady
from benchmarks.frames import answer_text
from benchmarks.measure import Cpu, Ratio, Report, in_turn

PIECES = 16
REQUESTS = 50
ROUNDS = 15
TARGET = 1.5


def measure(effort: float, report: Report) -> list[Ratio]:
    """Return the ratio of a client made, used once and closed to the same with aiohttp alone."""
    with child("benchmarks.upstream") as upstream:
        return [asyncio.run(_measure(f"{upstream.url}/flood/{PIECES}/v1", effort, report))]


async def _measure(base_url: str, effort: float, report: Report) -> Ratio:
    async def bare() -> float:
        with Cpu() as cpu:
            for _ in range(REQUESTS):
                async with aiohttp.ClientSession() as session:
                    await read_bare(session, base_url)
        return cpu.seconds / REQUESTS

    async def steady() -> float:
        with Cpu() as cpu:
            for _ in range(REQUESTS):
                assert await read_steady(None, base_url) == answer_text(PIECES)
        return cpu.seconds / REQUESTS

    pairs = await in_turn(bare, steady, round(ROUNDS * effort), report)
    return pairs.ratio(
        f"one answer of {PIECES} pieces, from nothing",
        "aiohttp iter_any()",
        TARGET,
        "us",
        scale=1e6,
    )
