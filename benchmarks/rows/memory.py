"""Memory of streams that are open and wait for more.

Each side is measured in a process of its own: memory that was given back is not always returned to
the system, so a second measurement in one process would see less.
"""

from benchmarks.child import child, run_once
from benchmarks.idle_streams import STREAMS
from benchmarks.limits import raise_file_limit
from benchmarks.measure import Pairs, Ratio, Report, rounds_of

ROUNDS = 3
TARGET = 2.0


def measure(effort: float, report: Report) -> list[Ratio]:
    """Return the ratio of resident memory for each stream."""
    pairs = Pairs([], [])
    raise_file_limit(STREAMS)
    with child("benchmarks.upstream") as upstream:
        for number in rounds_of(max(1, round(ROUNDS * effort)), report):
            if number:
                for side, costs in (("bare", pairs.reference), ("steady", pairs.subject)):
                    costs.append(
                        run_once("benchmarks.idle_streams", side, f"{upstream.url}/idle/v1")
                    )
    what = f"memory per open idle stream, {STREAMS:,} streams"
    return [pairs.ratio(what, "aiohttp iter_any()", TARGET, "KiB", scale=1 / 1024)]
