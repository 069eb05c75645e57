"""The server of the client rows: writes prepared bytes and does nothing else.

Run as a process of its own: `python -m benchmarks.upstream`. What it does is in the path:

- `/flood/N/...`: N pieces of text as fast as the client takes them, many events a write.
- `/each/N/...`: the same, one write an event, some events of each stream in turn.
- `/paced/MS/GROUP/...`: a piece of text each MS milliseconds while it is the turn of GROUP.
- `/turn/GROUP`: lets it be the turn of GROUP, and of no other.
- `/idle/...`: one piece of text, then nothing until the client leaves.
"""

import asyncio
import heapq
import itertools
import random
import re
from collections.abc import Iterable, Iterator

from .child import serve
from .frames import EMPTY, HEAD, LAST_CHUNK, PACED, answer_frames, role_frame

WRITE_BYTES = 2**16
WRITES_A_TURN = 32  # as many as the fake makes with many streams: a burst costs less an event
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Pacer:
    """Writes to the connections of one group at a time, each at its own phase, from one timer."""

    def __init__(self) -> None:
        self._groups: dict[str, list[tuple[asyncio.Transport, float]]] = {}
        self._dice = random.Random(1)
        self._words = itertools.cycle(PACED)
        self._task: asyncio.Task[None] | None = None

    def add(self, group: str, transport: asyncio.Transport, seconds: float) -> None:
        self._groups.setdefault(group, []).append((transport, seconds))

    def turn(self, group: str) -> None:
        """Let it be the turn of `group`, and of no other."""
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._run(self._groups.get(group, [])))

    async def _run(self, group: list[tuple[asyncio.Transport, float]]) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        due = [
            (began + self._dice.random() * seconds, number, seconds, transport)
            for number, (transport, seconds) in enumerate(group)
        ]
        heapq.heapify(due)
        while due:
            now = clock()
            while due and due[0][0] <= now:
                when, number, seconds, transport = due[0]
                if transport.is_closing():
                    heapq.heappop(due)
                    continue
                transport.write(next(self._words))
                # What is late is left out, not caught up on: bursts are cheaper to read.
                when += seconds * (1 + (now - when) // seconds)
                heapq.heapreplace(due, (when, number, seconds, transport))
            # Not `sleep(0.001)`: asyncio rounds up to a millisecond, and ten events at a time are
            # cheaper to read than ten streams that know nothing of each other.
            await asyncio.sleep(0)


class Rounds:
    """Writes some parts to each connection in turn, as long as there are any."""

    def __init__(self) -> None:
        self._streams: dict[asyncio.Transport, Iterator[bytes]] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, transport: asyncio.Transport, parts: Iterable[bytes]) -> None:
        self._streams[transport] = iter(parts)
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._streams:
            for transport, parts in list(self._streams.items()):
                part = None
                for part in itertools.islice(parts, WRITES_A_TURN):
                    transport.write(part)
                if part in {None, LAST_CHUNK} or transport.is_closing():
                    del self._streams[transport]
            await asyncio.sleep(0)
        self._task = None


class Upstream(asyncio.Protocol):
    """One connection."""

    def __init__(self, pacer: Pacer, rounds: Rounds) -> None:
        self._pacer = pacer
        self._rounds = rounds
        self._received = b""
        self._flow = asyncio.Event()
        self._flow.set()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's names
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._flow.clear()

    def resume_writing(self) -> None:
        self._flow.set()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, rest = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or len(rest) < (int(length[1]) if length else 0):
            return
        self._received = b""
        self._answer(head.split(b" ", 2)[1].decode().split("/")[1:])

    def _answer(self, path: list[str]) -> None:
        mode = path[0]
        if mode == "flood":
            self._task = asyncio.create_task(self._write(blocks(int(path[1]))))
        elif mode == "each":
            self._rounds.add(self._transport, (HEAD, *answer_frames(int(path[1]))))
        elif mode == "turn":
            self._pacer.turn(path[1])
            self._transport.write(EMPTY)
        else:
            self._transport.write(HEAD + role_frame() + PACED[0])
            if mode == "paced":
                self._pacer.add(path[2], self._transport, int(path[1]) / 1000)

    async def _write(self, parts: tuple[bytes, ...]) -> None:
        write = self._transport.write
        flow = self._flow
        for part in parts:
            if not flow.is_set():
                await flow.wait()
            write(part)


def blocks(pieces: int) -> tuple[bytes, ...]:
    """Return the whole response in large parts, so that the client never waits for the server."""
    whole = HEAD + b"".join(answer_frames(pieces))
    return tuple(whole[at : at + WRITE_BYTES] for at in range(0, len(whole), WRITE_BYTES))


async def main() -> None:
    loop = asyncio.get_running_loop()
    pacer, rounds = Pacer(), Rounds()
    server = await loop.create_server(lambda: Upstream(pacer, rounds), "127.0.0.1", 0, backlog=4096)
    await serve(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")


if __name__ == "__main__":
    asyncio.run(main())
