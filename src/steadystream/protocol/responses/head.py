"""Holds back the beginning of an attempt at a response."""

from __future__ import annotations

from steadystream.events import Batch, Message
from steadystream.protocol.head import Head


class ResponseHead(Head):
    """Holds back an attempt until it brings something of the answer.

    A response in the background is shown at once: whoever knows its id can find it again, and so
    can we, from any event on.
    """

    def feed(self, batch: Batch) -> Batch:
        """Return what may be delivered now; events that tell what happened are never held."""
        if not self.is_open and any(_is_kept(event) for event in batch):
            self.is_open = True
            return [*self.close(), *batch]
        return super().feed(batch)


def _is_kept(event: object) -> bool:
    return isinstance(event, Message) and event.said is not None and event.said.in_background
