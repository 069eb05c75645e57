"""The body of one attempt at a response: bytes in, events out."""

from __future__ import annotations

from typing import Any

from steadystream.errors import EventTooLarge, Malformed, StreamFault, Truncated, UpstreamError
from steadystream.events import Batch, Comment, Done, Message
from steadystream.protocol.error_bodies import parse_error
from steadystream.protocol.reading import Reader, looks_like_an_error, without
from steadystream.protocol.sse import ServerSentEvent

from .events import ResponseEvent, decode
from .kinds import FAILED


class ResponseReader(Reader):
    """Reads the events of one attempt at a response and notices what is wrong with them.

    An attempt has ended well when the response is completed or incomplete; what follows is passed
    on. Does no I/O.

    Takes what `Reader` takes, and tells what it tells.
    """

    __slots__ = ("_counts", "_last", "_number")

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._number: int | None = None
        self._last = ""
        self._counts = False  # the last event has the number after the one before

    def feed(self, data: bytes) -> Batch:
        """Return the events that `data` completes, up to the first that ends the attempt."""
        batch: Batch = []
        try:
            self._read(self._decoder.feed(data), batch)
        except EventTooLarge as fault:
            self._read(fault.events, batch)
            fault.received = self.received
            self.fault = self.fault or fault
        return batch

    def finish(self) -> Batch:
        """Note that the body ended cleanly, and return what its last, unclosed lines hold."""
        batch = super().finish()
        if isinstance(self.fault, Truncated):
            self.fault = _truncated(self.received)
        return batch

    def _read(
        self, events: list[ServerSentEvent] | tuple[ServerSentEvent, ...], batch: Batch
    ) -> None:
        for event in events:
            data = event.data
            if data is None:
                batch.append(Comment(event.raw))
                continue
            if data[:6] == "[DONE]":
                if not self._ends_bare:  # nothing but its last event says that a response is whole
                    self.fault = _truncated(self.received)
                    return
                batch.append(Done(event.raw))
                self.done = True
                return
            try:
                said = decode(data)
            except Malformed as fault:
                # The key goes before the excerpt is cut, or half of it would stay.
                got = without(self._secrets, data)[: len(fault.got)]
                self.fault = Malformed(fault.expected, got, self.received)
                return
            self.fault = self._failed(event, said)
            if self.fault is not None:
                return
            if self._comes_again(data, said.sequence_number):
                continue
            self.received += 1
            batch.append(message(event.raw, said))
            if said.ends:
                self._ends_bare = True  # so ends what is whole

    def _comes_again(self, data: str, number: int | None) -> bool:
        """Say whether an event is the one before, sent twice: its number is the same, and all else.

        A model may say the same twice, but a server that counts does not count it as one.
        """
        if number is None:
            return False
        before = self._number
        if self._counts and number == before and data == self._last:
            return True
        self._counts = before is not None and number == before + 1
        self._number, self._last = number, data
        return False

    def _failed(self, event: ServerSentEvent, said: ResponseEvent) -> StreamFault | None:
        """Return the error that an event reports, if it reports one."""
        told: Any
        if said.type in FAILED:
            told = (said.response or {}).get("error") or f"the response {said.type[9:]}"
        elif "error" in {said.type, event.type} or _is_untyped_error(event, said):
            told = event.data
        else:
            return None
        info = parse_error(told)
        kind = None if info.type == "error" else info.type
        return UpstreamError(
            without(self._secrets, info.message),
            without(self._secrets, info.code),
            without(self._secrets, kind),
            received=self.received,
            raw=event.raw,
        )


def _is_untyped_error(event: ServerSentEvent, said: ResponseEvent) -> bool:
    return not said.type and (bool(said.error) or looks_like_an_error(event, None))


def _truncated(received: int) -> Truncated:
    return Truncated(received, "the end of the response")


def message(raw: bytes, said: ResponseEvent) -> Message:
    """Return what travels through the pipeline for an event."""
    if said.is_text and said.piece:
        return Message(raw, True, said.piece, None, said)
    return Message(raw, said.carries, None, None, said)
