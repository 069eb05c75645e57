"""What commands that serve have in common."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import typer


def run(server: AbstractAsyncContextManager[Any], welcome: Callable[[], str], where: str) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        server: serves while it is entered.
        welcome: says where, once it does.
        where: address, for the message if it cannot be listened at.
    """
    try:
        asyncio.run(_serve(server, welcome))
    except OSError as error:
        number = error.errno or 0
        reason = os.strerror(number) if number > 0 else str(error)  # the resolver counts below 0
        fail(f"cannot listen at {where}: {reason}")


async def _serve(server: AbstractAsyncContextManager[Any], welcome: Callable[[], str]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    async with server:
        typer.echo(welcome())
        sys.stdout.flush()
        await stop.wait()
    typer.echo("stopped")


def fail(message: str, status: int = 1) -> None:
    """End the command with one line.

    Raises:
        Exit: always.
    """
    typer.echo(f"fake-openai: {message}", err=True)
    raise typer.Exit(status)
