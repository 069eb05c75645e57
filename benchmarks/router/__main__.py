"""Fifteen cases under LiteLLM's Router and under this library: `make bench-litellm`.

Ends with status 1 if this library does not heal one of them.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from importlib.metadata import version
from importlib.util import find_spec

from rich.console import Console

# Two that go on from a prefix, and one that is asked for the same again, as its model takes none.
DIALECTS = ("vllm", "deepseek", "openrouter")


def main() -> int:
    """Play the cases that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.router", description=__doc__)
    parser.add_argument("--dialect", action="append", help=f"default: {', '.join(DIALECTS)}")
    given = parser.parse_args()
    if find_spec("litellm") is None:
        print("litellm is not installed here: run make bench-litellm", file=sys.stderr)
        return 2
    from . import run, table  # noqa: PLC0415 (they need litellm)
    from .cases import CASES  # noqa: PLC0415

    console = Console(width=None if sys.stdout.isatty() else 130)
    healed = True
    for dialect in given.dialect or DIALECTS:
        rows = asyncio.run(run.play(CASES, dialect, lambda text: print(text, file=sys.stderr)))
        title = f"litellm {version('litellm')}, servers that speak as {dialect}"
        table.show(rows, title, console)
        healed = healed and all(row.healed for row in rows)
    return 0 if healed else 1


if __name__ == "__main__":
    sys.exit(main())
