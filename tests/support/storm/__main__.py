"""Plays schedules of faults against the library: `make fuzz`, or `make fuzz SEEDS=4711` for one.

Ends with status 1 if anything does not hold of a schedule.
"""

from __future__ import annotations

import argparse
import os
import re
import sys

from . import running, trace


def seeds_of(text: str) -> range:
    """Return the seeds that `text` names: `4711`, or `0..100000`, whose end is not among them.

    Raises:
        argparse.ArgumentTypeError: it names none.
    """
    found = re.fullmatch(r"(\d+)(?:\.\.(\d+))?", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"expected seeds such as 0..1000 or 4711, got {text!r}")
    start = int(found[1])
    seeds = range(start, start + 1 if found[2] is None else int(found[2]))
    if not seeds:
        raise argparse.ArgumentTypeError(f"expected at least one seed, got {text!r}")
    return seeds


def main() -> int:
    """Play the schedules that were asked for."""
    asked = argparse.ArgumentParser(prog="python -m support.storm", description=__doc__)
    asked.add_argument("--seeds", type=seeds_of, default="0..100000", metavar="FROM..TO")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    asked.add_argument("--stop", action="store_true", help="end with the first that fails")
    given = asked.parse_args()
    if len(given.seeds) == 1:
        return trace.show(given.seeds.start)
    return running.run(given.seeds, max(1, given.jobs), stop=given.stop)


if __name__ == "__main__":
    sys.exit(main())
