"""A server that knows nothing of the measuring: started, its CPU told by the system."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

READY_WITHIN = 60.0  # seconds; some of them load half a machine-learning stack

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH")


class Process:
    """A process that serves at `url`, with those it started itself.

    Attributes:
        url: where it listens.
    """

    def __init__(self, command: Sequence[str], port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._process = subprocess.Popen(
            command,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def wait(self) -> None:
        """Wait until it takes connections."""
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port)):
                return
            time.sleep(0.002)
        raise RuntimeError(f"{self._process.args!r} does not listen: {self._process.poll()}")

    def post(self, path: str, body: object) -> None:
        """Send it a request as JSON, and be content with a good status."""
        request = urllib.request.Request(  # noqa: S310 (our own address)
            self.url + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": "Bearer sk-bench"},
        )
        proxyless = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with proxyless.open(request, timeout=10) as response:
            response.read()

    def cpu(self) -> float:
        """Return the seconds of CPU used so far, in steps of a tick of the system."""
        return sum(_cpu(pid) for pid in _family(self._process.pid))

    def close(self) -> None:
        """End it and what it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@contextlib.contextmanager
def running(command: Sequence[str], port: int) -> Iterator[Process]:
    """Start a server and wait until it listens."""
    process = Process(command, port)
    try:
        process.wait()
        yield process
    finally:
        process.close()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def resident_of(pid: int) -> int:
    """Return the bytes of a process that are in RAM."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *(one for child in children.read_text().split() for one in _family(int(child)))]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
