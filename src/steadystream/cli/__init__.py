"""The command line: `steadystream`, or `python -m steadystream`."""

from __future__ import annotations

import sys

_OF_THE_EXTRA = {"typer", "rich", "click", "shellingham"}


def main() -> None:
    """Run the command line; without the extra `cli` say how to install it and exit with 2."""
    try:
        from .app import app  # noqa: PLC0415  # typer and rich are not everybody's
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _OF_THE_EXTRA:
            raise
        print(
            f"steadystream: expected {error.name} for the command line, it is not installed: "
            "pip install 'steadystream[cli]'",
            file=sys.stderr,
        )
        raise SystemExit(2) from None
    app(prog_name="steadystream")
