"""The commands. Only this folder imports typer."""

from __future__ import annotations

import typer

from .check import check
from .record import record
from .replay import replay
from .serve import serve
from .tables import config_schema, faults, profiles

app = typer.Typer(
    help="A faithful fake of OpenAI-compatible APIs, for tests.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (serve, record, replay, check, faults, profiles, config_schema):
    app.command()(command)
