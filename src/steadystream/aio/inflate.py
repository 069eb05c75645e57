"""Streams that come compressed although `identity` was asked for."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import aiohttp

from steadystream.errors import Malformed
from steadystream.events import Batch
from steadystream.protocol.reading import Reader

_STEP_BYTES = 2**20
"""A small body can hold a large one: it is unpacked in steps, so that limits see it grow."""


def unpacked(response: aiohttp.ClientResponse, reader: Reader) -> Callable[[bytes], Batch]:
    """Return what feeds the body of `response` to `reader`, unpacked where it is packed.

    Transports of SDKs switch aiohttp's own unpacking off (`auto_decompress=False`), and a
    middleware cannot see that. The first byte tells: no event stream begins with that of gzip or
    zlib.
    """
    encoding = response.headers.get("Content-Encoding", "").lower()
    return _Inflater(reader).feed if encoding in {"gzip", "deflate"} else reader.feed


class _Inflater:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._packed: bool | None = None
        self._state = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, by its header

    def feed(self, data: bytes) -> Batch:
        """Return the events that `data` completes; what is not packed as it says is a fault."""
        if self._packed is None:
            self._packed = data[:1] in {b"\x1f", b"\x78"}
        if not self._packed:
            return self._reader.feed(data)
        batch: Batch = []
        while data and self._reader.fault is None and not self._reader.done:
            try:
                piece = self._state.decompress(data, _STEP_BYTES)
            except zlib.error as error:
                self._reader.fault = Malformed("a gzip or deflate body", str(error))
                break
            batch += self._reader.feed(piece)
            data = self._state.unconsumed_tail
        return batch
