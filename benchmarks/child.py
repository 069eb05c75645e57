"""Processes beside the one that measures: started, asked for their CPU time, ended."""

import asyncio
import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any


class Child:
    """A server in a process of its own.

    Attributes:
        url: where it listens.
        pid: its number.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid
        self.url = str(self._line())

    def cpu(self) -> float:
        """Return the seconds of CPU that it has used."""
        assert self._process.stdin is not None
        self._process.stdin.write("cpu\n")
        self._process.stdin.flush()
        return float(self._line())

    def close(self) -> None:
        """End it: it ends when its input does."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _line(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended with status {self._process.wait()}")
        return json.loads(line)


@contextlib.contextmanager
def child(module: str, *arguments: str) -> Iterator[Child]:
    started = Child(module, *arguments)
    try:
        yield started
    finally:
        started.close()


async def serve(url: str) -> None:
    """Tell the parent where this process listens, and answer it until it closes the pipe."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def answer() -> None:
        for _ in sys.stdin:
            _say(time.process_time())
        loop.call_soon_threadsafe(over.set)

    _say(url)
    threading.Thread(target=answer, daemon=True).start()
    await over.wait()


def run_once(module: str, *arguments: str) -> Any:
    """Run a process to its end and return what it said in its last line."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _say(value: object) -> None:
    print(json.dumps(value), flush=True)
