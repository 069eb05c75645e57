"""Finds out whether bytes are on their way between the sockets of one event loop.

Bytes may be in the kernel: written by one end of a connection, not yet readable at the other. A
loop that leaps then makes a client time out whose answer is there. Two things tell.

A byte that is sent to and fro through a loopback connection of our own: the kernel handles it
after whatever was sent before it.

Bytes of one end that are not acknowledged, while the other listens and has nothing to read: the
kernel has not sent them yet, or has to do so once more. They are waited for, in real time. So that
this is not taken for an acknowledgement that the kernel puts off, those that are due are sent
first. A receiver that does not listen wants to be slow, and is none of that.
"""

from __future__ import annotations

import contextlib
import fcntl
import selectors
import socket
import struct
import sys
import termios
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, cast

Ready: TypeAlias = list[tuple[selectors.SelectorKey, int]]
_Ends: TypeAlias = tuple[Any, Any]  # address here, address there

_ROUNDS = 2
_OWN = 1  # connection of a loop with itself, by which threads wake it
_PATIENCE = 1.0  # seconds of real time


class InFlight:
    """Bytes on their way.

    Args:
        selector: knows the sockets of the loop.
        poll: its `select`.
    """

    def __init__(
        self, selector: selectors.BaseSelector, poll: Callable[[float | None], Ready]
    ) -> None:
        self._selector = selector
        self._poll = poll
        self._probe = _Probe()
        self._heard: set[int] = set()
        self._ends: dict[int, _Ends | None] = {}
        self._fds: dict[_Ends, int] = {}

    def hear(self, ready: Ready) -> Ready:
        """Take down that these sockets had something; return them."""
        self._heard.update(key.fd for key, _ in ready)
        return ready

    def arrived(self) -> Ready:
        """Wait for what is on its way; return what is ready then, nothing if nothing was."""
        if len(self._selector.get_map()) <= _OWN:
            return []
        for fd in self._heard:
            _acknowledge(fd)
        for _ in range(_ROUNDS):
            self._probe.to_and_fro()
            ready = self._poll(0)
            if ready:
                return self.hear(ready)
        if self._heard and self._is_owed():
            return self.hear(self._poll(_PATIENCE))
        return []

    def close(self) -> None:
        """Close the connection of our own."""
        self._probe.close()

    def _is_owed(self) -> bool:
        self._heard = {fd for fd in self._heard if self._waits_for_bytes(fd)}
        return bool(self._heard)

    def _waits_for_bytes(self, fd: int) -> bool:
        ends = self._ends[fd] = _ends(fd)
        if ends is None:
            return False
        self._fds[ends] = fd
        try:
            listens = self._selector.get_key(fd).events & selectors.EVENT_READ
        except KeyError:
            return False
        other = self._other_end(ends)
        return bool(listens) and other is not None and _unacknowledged(other) > 0

    def _other_end(self, ends: _Ends) -> int | None:
        other = ends[::-1]
        if other not in self._fds:
            for fd in cast("Iterable[int]", self._selector.get_map()):
                if fd not in self._ends:
                    found = self._ends[fd] = _ends(fd)
                    if found is not None:
                        self._fds[found] = fd
        return self._fds.get(other)


class _Probe:
    """A loopback connection with itself."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self._here = socket.create_connection(listening.getsockname())
            self._there, _ = listening.accept()
        for end in (self._here, self._there):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def to_and_fro(self) -> None:
        """Return when a byte has gone both ways."""
        self._here.send(b".")
        self._there.recv(1)
        self._there.send(b".")
        self._here.recv(1)

    def close(self) -> None:
        self._here.close()
        self._there.close()


def _ends(fd: int) -> _Ends | None:
    try:
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM, fileno=fd)
    except OSError:  # closed meanwhile
        return None
    try:
        return connection.getsockname(), connection.getpeername()
    except OSError:  # no connection
        return None
    finally:
        connection.detach()


def _acknowledge(fd: int) -> None:
    """Let the kernel send an acknowledgement that it puts off; see tcp(7)."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # closed meanwhile
            connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM, fileno=fd)
            with contextlib.suppress(OSError):  # no connection with TCP
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            connection.detach()


def _unacknowledged(fd: int) -> int:
    try:
        return int(struct.unpack("i", fcntl.ioctl(fd, termios.TIOCOUTQ, b"\0\0\0\0"))[0])
    except OSError:  # no connection with TCP
        return 0
