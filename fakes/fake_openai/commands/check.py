"""`fake-openai check`."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated
from urllib.parse import urlsplit

import typer

from fake_openai.dialects import DIALECTS

from .running import fail

_SHOWN = 400


def check(  # noqa: PLR0917 (typer passes options by name)
    url: Annotated[str, typer.Argument(help="Base URL, such as https://api.openai.com/v1.")],
    dialect: Annotated[str, typer.Option(help=f"As whom: {', '.join(DIALECTS)}.")] = "openai",
    model: Annotated[
        str | None, typer.Option(help="A chat model of the server.  [default: of the dialect]")
    ] = None,
    embedding_model: Annotated[str, typer.Option(help="A model for embeddings, if any.")] = "",
    key_from: Annotated[
        str, typer.Option(help="Environment variable with the key of the server.")
    ] = "OPENAI_API_KEY",
    only: Annotated[str, typer.Option(help="Only the cases with this text in their name.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Show differences whole.")] = False,
) -> None:
    """Send the same requests to a server and to the fake, and say where their answers differ.

    It sends two dozen small requests, which a paid server bills. The exit status is 0 if nothing
    differs, 1 if something does, 2 if the server cannot be reached.
    """
    if dialect not in DIALECTS:
        told = f"expected one of {', '.join(DIALECTS)}, got {dialect!r}"
        raise typer.BadParameter(told, param_hint="--dialect")
    if not url.startswith(("http://", "https://")):
        told = f"expected an http or https URL, got {url!r}"
        raise typer.BadParameter(told, param_hint="URL")
    chosen = DIALECTS[dialect]
    key = os.environ.get(key_from, "")
    if not key and chosen.needs_key:
        fail(f"{dialect} wants a key: set the environment variable {key_from}", 2)
    name = model or chosen.models[0]
    if not urlsplit(url).path.strip("/"):
        typer.echo("note: base URLs mostly end with /v1, and this one does not", err=True)
    differing = asyncio.run(_check(url, dialect, key, name, embedding_model, only, full=full))
    if differing:
        raise typer.Exit(1)


async def _check(  # noqa: PLR0917 (as they come from the options)
    url: str, dialect: str, key: str, model: str, embedding_model: str, only: str, *, full: bool
) -> int:
    from fake_openai.contract.compare import Unreachable, compare  # noqa: PLC0415 (serve does without)

    differing = total = 0
    try:
        async for outcome in compare(
            url,
            DIALECTS[dialect],
            key=key,
            model=model,
            embedding_model=embedding_model,
            only=only,
        ):
            total += 1
            differing += bool(outcome.differences)
            typer.echo(f"{'differs' if outcome.differences else 'same   '}  {outcome.case.name}")
            for one in outcome.differences:
                typer.echo(f"           {one.part}")
                typer.echo(f"             fake:   {_cut(one.expected, full=full)}")
                typer.echo(f"             server: {_cut(one.got, full=full)}")
    except Unreachable as error:
        fail(f"cannot reach the server after {total} requests: {error}", 2)
    typer.echo(f"{total - differing} of {total} the same")
    if not total:
        fail(f"there is no case with {only!r} in its name", 2)
    return differing


def _cut(text: str, *, full: bool) -> str:
    return text if full or len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
