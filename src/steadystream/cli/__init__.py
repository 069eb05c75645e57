"""The command line: `steadystream`, or `python -m steadystream`."""

from __future__ import annotations

import sys
from importlib import import_module

_OF_THE_EXTRA = ("typer", "rich")


def main() -> None:
    """Run the command line; without the extra `cli` say how to install it and exit with 2."""
    for name in _OF_THE_EXTRA:
        try:
            import_module(name)
        except ModuleNotFoundError:
            print(
                f"steadystream: expected {name} for the command line, it is not installed: "
                "pip install 'steadystream[cli]'",
                file=sys.stderr,
            )
            raise SystemExit(2) from None
    from .app import app  # noqa: PLC0415  # typer and rich are not everybody's

    app(prog_name="steadystream")
