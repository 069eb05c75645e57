"""Holds back the beginning of an attempt, of which nobody need know if it fails."""

from __future__ import annotations

from steadystream.events import Batch, Comment, Message, WireEvent

_MOST_HELD = 1000


class Head:
    """Holds back an attempt until it brings something of the answer.

    Role chunks, comments and empty deltas wait for the first token, so that an attempt which fails
    before it leaves no trace: the next one starts afresh, and nobody sees two beginnings.

    Attributes:
        is_open: whether all passes from here on.
    """

    def __init__(self) -> None:
        self._held: Batch = []
        self.is_open = False

    def feed(self, batch: Batch) -> Batch:
        """Return what may be delivered now; events that tell what happened are never held."""
        if self.is_open:
            return batch
        for position, event in enumerate(batch):
            if isinstance(event, Message) and event.carries:
                self.is_open = True
                held, self._held = self._held, []
                return [*held, *batch[position:]]
            # Comments may be dropped where a server floods us with them.
            if len(self._held) < _MOST_HELD or not isinstance(event, Comment):
                self._held.append(event)
        told: Batch = [event for event in self._held if not isinstance(event, WireEvent)]
        if told:
            self._held = [event for event in self._held if isinstance(event, WireEvent)]
        return told

    def close(self) -> Batch:
        """Return what was held, for an attempt that ended without any token."""
        held, self._held = self._held, []
        return held
