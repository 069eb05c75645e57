"""Measures, prints one table, and ends with status 1 if a target is missed."""

import argparse
import sys
from pathlib import Path

from . import rows
from .measure import Finding, Ratio
from .report import Progress, show, write_json


def main() -> int:
    """Run the rows that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument(
        "--only", action="append", choices=[*rows.ALL], metavar="NAME", help=", ".join(rows.ALL)
    )
    parser.add_argument("--quick", action="store_true", help="few rounds: rough figures")
    arguments = parser.parse_args()
    chosen = {name: row for name, row in rows.ALL.items() if name in (arguments.only or rows.ALL)}
    progress = Progress(len(chosen))
    found: list[Finding] = []
    for row in chosen.values():
        progress.begin(row.title)
        found += row.measure(0.25 if arguments.quick else 1.0, progress)
        progress.end()
    show(found)
    if arguments.json:
        write_json(found, arguments.json)
    return 0 if all(each.met for each in found if isinstance(each, Ratio)) else 1


if __name__ == "__main__":
    sys.exit(main())
