"""The commands. The only file that imports typer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from typing import Annotated

import typer

from .dialects import DIALECTS
from .latency import Latency
from .server import EPOCH, FakeOpenAI

app = typer.Typer(
    help="A faithful fake of OpenAI-compatible APIs, for tests.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _commands() -> None:
    """Keep `serve` a command of its own; others will stand beside it."""


@app.command()
def serve(  # noqa: PLR0917 (typer passes options by name)
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen at; 0 = a free one.")
    ] = 8787,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    dialect: Annotated[str, typer.Option(help=f"Whose API: {', '.join(DIALECTS)}.")] = "openai",
    seed: Annotated[
        int, typer.Option(help="The same seed and the same requests give the same bytes.")
    ] = 0,
    first_token: Annotated[
        float, typer.Option(min=0, help="Seconds before the first token.")
    ] = 0.0,
    between: Annotated[float, typer.Option(min=0, help="Seconds between tokens.")] = 0.0,
    jitter: Annotated[
        float, typer.Option(min=0, max=1, help="Share by which waits vary: 0.1 = 10 percent.")
    ] = 0.0,
    api_key: Annotated[
        list[str] | None,
        typer.Option(help="Accept this key and no other; may be given several times."),
    ] = None,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="Tell clients the real time in `created`.")
    ] = False,
) -> None:
    """Serve until Ctrl-C.

    Any model is accepted, and any key unless --api-key is given. Every conversation gets a few
    sentences of its own, always the same for one seed.
    """
    if dialect not in DIALECTS:
        raise typer.BadParameter(
            f"expected one of {', '.join(DIALECTS)}, got {dialect!r}", param_hint="--dialect"
        )
    fake = FakeOpenAI(
        dialect,
        seed,
        api_keys=api_key or None,
        host=host,
        port=port,
        latency=Latency(first_token, between, jitter),
        created=None if real_time else EPOCH,
        journal_size=100,
    )
    try:
        asyncio.run(_serve(fake, anyone=not api_key))
    except OSError as error:
        number = error.errno or 0
        reason = os.strerror(number) if number > 0 else str(error)  # the resolver counts below 0
        typer.echo(f"fake-openai: cannot listen at {host}:{port}: {reason}", err=True)
        raise typer.Exit(1) from None


async def _serve(fake: FakeOpenAI, *, anyone: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    async with fake:
        typer.echo(_welcome(fake, anyone=anyone))
        sys.stdout.flush()
        await stop.wait()
    typer.echo("stopped")


def _welcome(fake: FakeOpenAI, *, anyone: bool) -> str:
    key = "sk-any" if anyone else "YOUR_KEY"
    model = fake.dialect.models[0]
    lines = [
        f"fake-openai serves {fake.dialect.name} at {fake.base_url}",
        "",
        f"  export OPENAI_BASE_URL={fake.base_url} OPENAI_API_KEY={key}",
        f"  curl -N {fake.base_url}/chat/completions \\",
        f"    -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\",
        f'    -d \'{{"model": "{model}", "stream": true,',
        '         "messages": [{"role": "user", "content": "Hello"}]}\'',
        "",
    ]
    if fake.dialect.name == "deepseek":
        lines.insert(1, f"(answers are continued at {fake.url}/beta)")
    return "\n".join([*lines, "Ctrl-C stops it."])
