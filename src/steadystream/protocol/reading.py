"""The body of one attempt: bytes in, events out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeAlias, TypeVar

from msgspec.structs import replace

from steadystream.errors import EventTooLarge, Malformed, StreamFault, Truncated, UpstreamError
from steadystream.events import Batch, Comment, Done, Message

from . import chat
from .error_bodies import parse_error
from .plain import chunk_of, text_of
from .sse import ServerSentEvent, SSEDecoder

BROKEN_FINISHES = frozenset({"error", "abort", "aborted", "insufficient_system_resource"})
"""Finish reasons that name a failure of the server, not an end of the answer.

Source: OpenRouter "Errors and debugging" (error), vLLM `FinishReason` (abort, error), DeepSeek API
reference (insufficient_system_resource).
"""

MAX_EVENT_BYTES = 32 * 2**20

_LF = 10

MAX_PAUSE = 64
"""Looking in vain for plain text costs as much as an event; in a stream of another kind (reasoning,
tool calls, a dialect with more in each chunk) it is done for one event in so many."""


Secrets: TypeAlias = Iterable[str]
_Said = TypeVar("_Said")


def without(secrets: Secrets, said: _Said) -> _Said:
    """Return what a server said, with the keys that were sent to it taken out."""
    if not isinstance(said, str):
        return said
    text: str = said
    for secret in secrets:
        for written in (secret, secret.replace("/", "\\/")):  # JSON may escape it
            text = text.replace(written, "[key]")
    return text  # type: ignore[return-value]  # a text, as it came


class Reader:
    """Reads the events of one attempt and notices what is wrong with them. Does no I/O.

    Args:
        max_event_bytes: largest event accepted.
        ends_bare: whether this server ends whole answers without saying so.
        always_finishes: whether it says of each whole answer why it ended.
        secrets: the keys that were sent; faults are told without them.

    Attributes:
        received: events with data so far.
        done: whether `[DONE]` came; nothing after it belongs to the answer.
        fault: what ended the attempt, once something did. What came before it was returned.
    """

    __slots__ = (
        "_awaits_finish",
        "_decoder",
        "_ends_bare",
        "_expects_text",
        "_identified",
        "_last",
        "_max_event_bytes",
        "_misses",
        "_pause",
        "_secrets",
        "done",
        "fault",
        "received",
    )

    def __init__(
        self,
        *,
        max_event_bytes: int = MAX_EVENT_BYTES,
        ends_bare: bool = False,
        always_finishes: bool = False,
        secrets: Secrets = (),
    ) -> None:
        self._decoder = SSEDecoder(
            max_event_bytes=max_event_bytes, keep_silent=True, keep_mark=False
        )
        self._max_event_bytes = max_event_bytes
        self._ends_bare = ends_bare
        self._awaits_finish = always_finishes
        self._identified = False  # a chunk was read in full: id, model and the rest are known
        self._expects_text = False  # so read that a lone event of plain text may come next
        self._pause = 0  # events to be read in full before the short way is tried again
        self._misses = 0
        self._last: str | None = None  # event that ends a choice and adds to it
        self._secrets = secrets
        self.received = 0
        self.done = False
        self.fault: StreamFault | None = None

    def feed(self, data: bytes) -> Batch:
        """Return the events that `data` completes, up to the first that ends the attempt."""
        # One event of plain text, as a model's pace makes it.
        if (
            self._expects_text
            and data.find(_LF) == len(data) - 2
            and data[:6] == b"data: "
            and data[-1] == _LF
            and b"\r" not in data
            and len(data) <= self._max_event_bytes
        ):
            text = text_of(data[6:-2])
            if text is not None:
                self._misses = 0
                self.received += 1
                return [Message(data, True, text, chunk_of)]
        batch: Batch = []
        try:
            if b"\r" not in data and len(data) <= self._max_event_bytes:
                self._read_blocks(data, batch)
            else:
                self._read(self._decoder.feed(data), batch)
        except EventTooLarge as fault:
            self._read(fault.events, batch)
            fault.received = self.received
            self.fault = self.fault or fault
        self._expects_text = self._identified and not self._pause and self._decoder.at_block_start
        return batch

    def finish(self) -> Batch:
        """Note that the body ended cleanly, and return what its last, unclosed lines hold.

        The standard drops an event without a blank line behind it. Some gateways end so after a
        whole answer, so an unclosed `[DONE]` or an unclosed but whole chunk is taken, and closed:
        what is forwarded after it must not run into it.
        """
        batch: Batch = []
        last = self._decoder.leftover()
        if last is not None and last.data is not None and not self.done:
            missing = b"\n" if last.raw.endswith(b"\n") else b"\n\n"
            self._read([replace(last, raw=last.raw + missing)], batch)
            if isinstance(self.fault, Malformed):  # torn by the end: dropped, as the standard says
                self.fault = None
        if not self.done and self.fault is None and not self._ends_bare:
            self.fault = Truncated(self.received)
        return batch

    def _read_blocks(self, data: bytes, batch: Batch) -> None:
        """Read block by block: plain text the short way, other lone lines past the decoder.

        Lines in `data` end in LF, and no block in it is too large.
        """
        decoder = self._decoder
        fresh = decoder.at_block_start
        position, size = 0, len(data)
        while position < size:
            # One byte is found ten times faster than two, and the usual block is one line.
            end = data.find(_LF, position) + 2
            raw = data[position:end]
            alone = fresh and raw[:6] == b"data: " and raw[-2:] == b"\n\n"
            if alone and not self._pause and self._identified:
                text = text_of(raw[6:-2])
                if text is not None:
                    self._misses = 0
                    self.received += 1
                    batch.append(Message(raw, True, text, chunk_of))
                    position = end
                    continue
                self._misses += 1
                self._pause = min(MAX_PAUSE, 2**self._misses)
            self._pause = max(0, self._pause - 1)
            if alone:
                said = raw[6:-2].decode(errors="replace")
                self._read((ServerSentEvent("message", said, "", raw),), batch)
            else:
                end = data.find(b"\n\n", position) + 2
                if end < len(b"\n\n"):
                    end = size
                self._read(decoder.feed(data[position:end]), batch)
                fresh = decoder.at_block_start
            if self.fault is not None or self.done:
                return
            position = end

    def _read(
        self, events: list[ServerSentEvent] | tuple[ServerSentEvent, ...], batch: Batch
    ) -> None:
        decode = chat.decode
        for event in events:
            data = event.data
            if data is None:
                batch.append(Comment(event.raw))
                continue
            if data[:6] == "[DONE]":
                self._end(event.raw, batch)
                return
            try:
                chunk = decode(data)
            except Malformed as fault:
                # The key goes before the excerpt is cut, or half of it would stay.
                got = without(self._secrets, data)[: len(fault.got)]
                self.fault = Malformed(fault.expected, got, self.received)
                return
            if data == self._last:
                continue  # the end of an answer, told twice, would add its last words twice
            carries = chunk is not None and _is_text(chunk)
            if chunk is not None and chunk.choices:
                self._identified = True
            if not carries:
                self.fault = self._failure(event, chunk)
                if self.fault is not None:
                    return
                carries = chunk is not None and self._weigh(chunk, data)
            self.received += 1
            batch.append(Message(event.raw, carries, None, chunk))

    def _end(self, raw: bytes, batch: Batch) -> None:
        """Take the terminator for one, unless the server is known to say first why it ends."""
        if self._awaits_finish:
            self.fault = Truncated(self.received)
            return
        batch.append(Done(raw))
        self.done = True

    def _weigh(self, chunk: chat.Chunk, data: str) -> bool:
        """Note whether a chunk ends a choice; say whether it holds something of the answer."""
        if chunk.ends:
            self._awaits_finish = False
            if chunk.ends_and_adds:
                self._last = data
        return chunk.carries

    def _failure(self, event: ServerSentEvent, chunk: chat.Chunk | None) -> StreamFault | None:
        """Return the error that an event reports, if it reports one."""
        info = chunk.error_info if chunk is not None else None
        if info is None and (event.type == "error" or looks_like_an_error(event, chunk)):
            info = parse_error(event.data)
        elif info is not None and info.code is None and chunk is not None and not chunk.choices:
            info = parse_error(event.data)  # the code may stand beside the error
        if info is not None:
            return UpstreamError(
                without(self._secrets, info.message),
                without(self._secrets, info.code),
                without(self._secrets, info.type),
                received=self.received,
                raw=event.raw,
            )
        for choice in chunk.choices if chunk is not None else ():
            if choice.finish_reason in BROKEN_FINISHES:
                reason = f"finish_reason is {choice.finish_reason!r}"
                return UpstreamError(reason, received=self.received, raw=event.raw)
        return None


def looks_like_an_error(event: ServerSentEvent, chunk: chat.Chunk | None) -> bool:
    """Say whether JSON that is no chunk names an error in a shape of its own."""
    if chunk is not None and (chunk.choices or chunk.usage is not None):
        return False
    try:
        value = json.loads(event.data or "")
    except ValueError:
        return False
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("message"), str) or bool(value.get("errors") or value.get("detail"))


def _is_text(chunk: chat.Chunk) -> bool:
    """Say whether a chunk adds text to one choice and reports neither an end nor an error.

    Nearly all do; for them nothing else needs to be looked at.
    """
    choices = chunk.choices
    if len(choices) != 1 or chunk.error is not None:
        return False
    choice = choices[0]
    return bool(choice.delta.content) and choice.finish_reason is None and choice.error is None
