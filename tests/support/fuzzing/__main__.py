"""The command: fuzz a client, print what does not hold."""

from __future__ import annotations

import argparse
import logging
from importlib.metadata import version

from fake_openai import faults

from .claims import CLAIMS, GROUPS
from .clients import NAMES, client_of
from .explore import explore


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m support.fuzzing", description=__doc__)
    asked.add_argument("--client", action="append", choices=NAMES, required=True)
    asked.add_argument("--group", action="append", choices=sorted(GROUPS))
    asked.add_argument("--examples", type=int, default=200, help="for each group of faults")
    asked.add_argument("--dialect", default="openai")
    given = asked.parse_args()
    logging.disable(logging.ERROR)
    for name in given.client:
        client = client_of(name)
        versions = ", ".join(f"{package} {version(package)}" for package in client.packages)
        print(f"# {name} ({versions})", flush=True)
        for group in given.group or GROUPS:
            found = explore(client, group, given.examples, given.dialect)
            print(f"## {group}: {given.examples} examples, {len(found)} findings")
            for one in found:
                rows = [faults.to_text(list(row)) for row in one.scenario.attempts]
                print(f"- {one.claim}: not so that {CLAIMS[one.claim]}")
                print(f"  faults {rows}, answer {one.scenario.answer.text!r}")
                print(f"  writes {one.scenario.writes}")
                print(f"  came: {one.outcome}")
                print(f"  {one.scenario.token}", flush=True)


main()
