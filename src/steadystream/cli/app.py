"""Commands and their options."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from .demo.settings import Settings, Spoken

# One line a paragraph: typer keeps the line ends of a docstring and breaks long lines once more.
_DEMO = (
    "Read the same streams through a server that breaks them: with bare aiohttp, and healed.\n\n"
    "A fake server on this machine cuts, resets, stalls, truncates and garbles the streams, and "
    "refuses requests. Which stream meets what depends only on the seed. Every answer is compared "
    "with the true one, to the character.\n\n"
    "Exit status: 0 if every answer that steadystream read is the true one, 1 if one is not, 3 "
    "if it could not go on, for instance because nothing can be written, 130 after Ctrl-C."
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Streamed answers of OpenAI-compatible APIs arrive whole, although connections break.",
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"steadystream {version('steadystream')}")
        raise typer.Exit


@app.callback()
def _about(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Take the options that belong to no command."""


@app.command(help=_DEMO)
def demo(  # noqa: PLR0917  # typer hands options over by name
    streams: Annotated[int, typer.Option(min=1, max=100_000, help="Streams to read.")] = 200,
    seed: Annotated[int, typer.Option(help="Decides questions, answers and faults.")] = 7,
    report: Annotated[Path, typer.Option(help="Where the HTML report is written.")] = Path(
        "steadystream-demo.html"
    ),
    dialect: Annotated[Spoken, typer.Option(help="What the server speaks.")] = Spoken.VLLM,
    concurrency: Annotated[
        int, typer.Option(min=1, max=2000, help="Streams open at the same time.")
    ] = 40,
    idle: Annotated[
        float, typer.Option(min=0.1, max=60, help="Seconds of silence that both put up with.")
    ] = 1.0,
    only: Annotated[
        int | None, typer.Option(min=1, help="Read only this stream, even if above --streams.")
    ] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Lines instead of the live view.")] = False,
) -> None:
    """Run the demo; see `_DEMO`."""
    from .demo.shell import run  # noqa: PLC0415  # keeps --help fast

    folder = report.absolute().parent
    if report.is_dir() or not os.access(folder, os.W_OK):
        raise typer.BadParameter(
            f"expected a file in a folder that can be written to, got {report}",
            param_hint="--report",
        )
    settings = Settings(streams, seed, dialect, concurrency, idle, only)
    raise typer.Exit(run(settings, report, plain=plain))
