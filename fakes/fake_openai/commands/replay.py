"""`fake-openai replay`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fake_openai.server import FakeOpenAI

from .running import fail, run


def replay(
    file: Annotated[Path, typer.Argument(help="A file that `record` wrote.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen at; 0 = a free one.")
    ] = 8787,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    speed: Annotated[
        float, typer.Option(min=0, help="How much faster than recorded; 0 = without waiting.")
    ] = 1.0,
) -> None:
    """Answer requests as a real server did when it was recorded.

    A request gets the answer to the same request (method, path, body); one that was not recorded is
    told the nearest and the difference. Ctrl-C stops.
    """
    fake = FakeOpenAI(host=host, port=port, journal_size=1000)
    try:
        fake.replay(file, speed=speed)
    except OSError as error:
        fail(f"{file}: {error.strerror}", 2)
    except ValueError as error:
        fail(str(error), 2)
    welcome = f"fake-openai replays {file} at"
    run(fake, lambda: f"{welcome} {fake.base_url}\n\nCtrl-C stops it.", f"{host}:{port}")
