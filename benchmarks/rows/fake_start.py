"""Seconds from the start of `fake-openai serve` to the end of its first answer."""

import statistics
import sys
import time
from pathlib import Path

from benchmarks.measure import Ratio, Report, rounds_of
from benchmarks.process import free_port, running

ROUNDS = 7
TARGET = 0.5  # seconds
ASK = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "Hi"}]}


def measure(effort: float, report: Report) -> list[Ratio]:
    """Return the time as a share of what it may be."""
    took = []
    for number in rounds_of(max(3, round(ROUNDS * effort)), report):
        seconds = _once()
        if number:
            took.append(seconds)
    shares = [seconds / TARGET for seconds in took]
    middle = statistics.median(took)
    return [
        Ratio(
            "fake-openai serve: from the start to the first answer",
            f"{TARGET:g} s",
            statistics.median(shares),
            1.0,
            min(shares),
            max(shares),
            f"{middle:.3f} s",
        )
    ]


def _once() -> float:
    port = free_port()
    command = str(Path(sys.executable).with_name("fake-openai"))
    began = time.perf_counter()
    with running([command, "serve", "--port", str(port)], port) as server:
        server.post("/v1/chat/completions", ASK)
        return time.perf_counter() - began
