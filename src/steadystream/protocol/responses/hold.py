"""Holds calls of a response back until they are whole, so that nobody sees half of one."""

from __future__ import annotations

from steadystream.events import Batch, Message

from .events import ResponseEvent


class ResponseHold:
    """Lets everything of one attempt pass but calls that are not whole. Does no I/O.

    From the beginning of a call on all messages are held, in order, until the server says that the
    call is done, or the response. A call that the provider answers itself (MCP) is shown as soon as
    its arguments are whole. Comments keep a connection alive and pass at once.

    Attributes:
        held: what waits.
    """

    __slots__ = ("_open", "_released", "held")

    def __init__(self) -> None:
        self.held: Batch = []
        self._released = 0
        self._open: dict[int, int] = {}  # index of the item, number of the event that began it

    def feed(self, batch: Batch) -> Batch:
        """Return what may be handed on now."""
        if not self.held:
            for event in batch:
                if type(event) is Message and event.plain_text is None and _opens(event.said):
                    break
            else:
                return batch
        passed: Batch = []
        for event in batch:
            if isinstance(event, Message):
                self._message(event, passed)
            else:
                passed.append(event)
        return passed

    def close(self) -> Batch:
        """Return what is held, at the end of an attempt that ended as it does when all is well."""
        self._open.clear()
        held, self.held = self.held, []
        return held

    def _message(self, event: Message, passed: Batch) -> None:
        said, number = event.said, self._released + len(self.held)
        if said is not None:
            self._note(said, number)
        if not self.held and not self._open:
            passed.append(event)
            return
        self.held.append(event)
        ready = min(self._open.values(), default=number + 1) - self._released
        passed += self.held[:ready]
        del self.held[:ready]
        self._released = 0 if not self.held else self._released + ready

    def _note(self, said: ResponseEvent, number: int) -> None:
        if said.ends:
            self._open.clear()
        elif said.output_index is not None:
            if said.opens_call:
                self._open.setdefault(said.output_index, number)
            elif said.type in _WHOLE:
                self._open.pop(said.output_index, None)


_WHOLE = frozenset({"response.output_item.done", "response.mcp_call_arguments.done"})


def _opens(said: ResponseEvent | None) -> bool:
    return said is not None and said.opens_call
