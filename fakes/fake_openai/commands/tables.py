"""Commands that tell what there is."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from fake_openai.faults.notation import KINDS
from fake_openai.latency import PROFILES


def faults(
    name: Annotated[str | None, typer.Argument(help="One fault, with its arguments.")] = None,
) -> None:
    """List the faults, or the arguments of one."""
    if name is None:
        width = max(map(len, KINDS))
        for kind in KINDS.values():
            typer.echo(f"{kind.name:{width}}  {kind.text}")
        typer.echo(
            "\nWritten as NAME:ARGUMENT=VALUE,... ; `fake-openai faults NAME` lists arguments."
        )
        return
    if name not in KINDS:
        raise typer.BadParameter(f"expected one of {', '.join(KINDS)}, got {name!r}")
    kind = KINDS[name]
    typer.echo(kind.text + "\n")
    for argument in kind.arguments.values():
        default = "required" if argument.required else f"default {argument.default!r}"
        typer.echo(f"  {argument.name:14} {argument.text} ({default})")
    typer.echo("  probability    that it strikes a request at all (default 1)")


def profiles() -> None:
    """List the latency profiles; their numbers are plausible, not measured."""
    width = max(map(len, PROFILES))
    for name, latency in PROFILES.items():
        typer.echo(f"{name:{width}}  {latency.to_json()}")


def config_schema() -> None:
    """Print the JSON schema of the file that `serve --config` takes."""
    from fake_openai.scripts.config import schema  # noqa: PLC0415 (serve does without)

    typer.echo(json.dumps(schema(), indent=2))
