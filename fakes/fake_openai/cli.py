"""The command line: `fake-openai serve`."""

from __future__ import annotations

import sys

_NO_TYPER = "fake-openai: the command line needs typer: pip install 'steadystream[cli]'"


def main() -> None:
    """Run the command line; it ends the process, with 2 if its extra is missing."""
    try:
        from .commands import app  # noqa: PLC0415 (typer is an extra)
    except ModuleNotFoundError as missing:
        if missing.name not in ("typer", "click", "rich"):
            raise
        print(_NO_TYPER, file=sys.stderr)
        raise SystemExit(2) from None
    app()
