"""The bodies of requests that a server keeps, within bounds of memory."""

from __future__ import annotations

import weakref
from collections import deque

from fake_openai.keeping.journal import Received

_ALL_BYTES = 128 * 1024 * 1024


class Bodies:
    """Bodies of all journals of a server: those of the oldest requests go first.

    Args:
        limit: bytes kept.
    """

    def __init__(self, limit: int = _ALL_BYTES) -> None:
        self._limit = limit
        self._used = 0
        self._kept: deque[tuple[weakref.ref[Received], int]] = deque()

    def add(self, received: Received) -> None:
        """Count the body of a request, and let go of others if need be."""
        size = len(received.raw_body)
        if size:
            self._kept.append((weakref.ref(received), size))
            self._used += size
        if self._used > self._limit:
            self._shrink()

    def _shrink(self) -> None:
        # Requests that no journal has any more take no memory; those under way need their bodies.
        there = [(one(), size) for one, size in self._kept]
        alive = [(received, size) for received, size in there if received is not None]
        self._used = sum(size for _, size in alive)
        self._kept.clear()
        for received, size in alive:
            if self._used > self._limit and received.ended:
                received.raw_body, received.body, received.body_kept = b"", None, False
                self._used -= size
            else:
                self._kept.append((weakref.ref(received), size))
