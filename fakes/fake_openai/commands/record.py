"""`fake-openai record`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .running import fail, run


def record(
    upstream: Annotated[
        str, typer.Option(help="URL of the real server, such as https://api.openai.com/v1.")
    ],
    out: Annotated[Path, typer.Option(help="File to write; it must not be there yet.")] = Path(
        "recording.jsonl"
    ),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen at; 0 = a free one.")
    ] = 8787,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is there.")
    ] = False,
) -> None:
    """Hand requests on to a real server and write down both sides, with their times.

    Keys, cookies and account names are taken out before anything is written. Questions and answers
    are not: look at a recording before you share it. Ctrl-C stops.
    """
    from fake_openai.recording.file import Recorded  # noqa: PLC0415 (serve does without)
    from fake_openai.recording.recorder import Recorder  # noqa: PLC0415

    def done(recorded: Recorded) -> None:
        size = sum(len(write.data) for write in recorded.writes)
        told = f"{recorded.method} {recorded.path} {recorded.status} {recorded.end}, {size} bytes"
        typer.echo(f"{told} in {recorded.end_at:.1f} s")

    try:
        with out.open("w" if force else "x", encoding="utf-8") as file:
            recorder = Recorder(upstream, file, host=host, port=port, done=done)
            welcome = f"fake-openai records {upstream} to {out}"
            run(
                recorder,
                lambda: (
                    f"{welcome}\n\n  export OPENAI_BASE_URL={recorder.base_url}\n\nCtrl-C stops it."
                ),
                f"{host}:{port}",
            )
    except FileExistsError:
        fail(f"{out} is there already; --force writes over it", 2)
    except OSError as error:
        fail(f"{out}: {error.strerror}", 2)
    except ValueError as error:
        out.unlink()
        raise typer.BadParameter(str(error), param_hint="--upstream") from None
