"""Delivery of a stream whose bytes are prepared: hardly anything but its writes is left to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from fake_openai.clocks.clock import Clock
from fake_openai.keeping.journal import Received

from .prepared import Retold
from .sent_response import END
from .wire import drained, give_way, transport_of, write_each


@dataclass(frozen=True, slots=True)
class Retelling:
    """One prepared stream on its way.

    Attributes:
        request: the request that is answered.
        received: where bytes and events are counted.
        clock: the time by which it waits.
        end: called when all was made, before the last bytes are sent.
        writes_a_turn: returns how many writes are made in the next turn of the loop.
        together: whether those of a turn are one write, and head and end of the body with them.
    """

    request: web.BaseRequest
    received: Received
    clock: Clock
    end: Callable[[], None]
    writes_a_turn: Callable[[], int]
    together: bool

    async def run(self, head: bytes, stream: Retold) -> None:
        """Send `head`, the writes of `stream`, and the end of the body.

        Raises:
            ConnectionResetError: the client is gone.
        """
        transport, received = transport_of(self.request), self.received
        sizes, events = stream.prepared.sizes, stream.prepared.events
        start = end = 0
        while end < len(stream):
            start, end = end, min(end + self.writes_a_turn(), len(stream))
            # Counted before: a client in another thread may look as soon as it has the bytes.
            size = sum(sizes[start:end])
            received.bytes_sent += size
            received.chunks_sent += sum(events[start:end])
            received.tape.follow(self.clock.now(), stream, end - start, size)
            last = end == len(stream)
            if last:
                self.end()
            if self.together and start == 0 and last:
                write_each(transport, (stream.whole(head, END),))
                break
            writes = stream.writes(start, end)
            if start == 0:
                writes.insert(0, head)
            if last:
                writes.append(END)
            write_each(transport, [b"".join(writes)] if self.together else writes)
            if not last:
                await give_way(self.request, transport, self.clock)
        await drained(self.request, transport, self.clock)
