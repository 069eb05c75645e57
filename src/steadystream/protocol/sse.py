"""Server-sent events: the bytes of one stream in, events out, and back.

Source: WHATWG HTML, sections 9.2.5 "Parsing an event stream" and 9.2.6 "Interpreting an event
stream".
"""

from __future__ import annotations

import re
from typing import TypeAlias

import msgspec

from steadystream.errors import EventTooLarge

_MARK = b"\xef\xbb\xbf"
_DATA = b"data: "
_LF = 10
_CR = 13
_LINE_END = re.compile(rb"\r\n?|\n")
# Two line ends, every pair written out: CRLF is never taken for two, and the search stays fast.
_BLANK_LINE = re.compile(rb"\n\n|\n\r\n?|\r\r\n?|\r\n\n|\r\n\r\n?")
# Longer than any sensible wait, and far from the 4,300 digits at which `int` refuses.
_MAX_RETRY_DIGITS = 18

_Fields: TypeAlias = tuple[str, str | None, str | None, int | None]


class ServerSentEvent(msgspec.Struct, frozen=True, gc=False):
    """One block of the stream, up to and including its blank line.

    Attributes:
        type: the `event` field; "message" when there was none.
        data: the `data` lines, joined with LF; None when there were none and so nothing was
            dispatched (only with `keep_silent`, and from `leftover`).
        id: the last event id that held when the block ended.
        raw: the block as it stood on the wire, comments and blank line included.
    """

    type: str
    data: str | None
    id: str
    raw: bytes


class SSEDecoder:
    """Bytes of one event stream in, events out. Does no I/O.

    Chunks may be cut anywhere: inside a character, between CR and LF. An event is returned as soon
    as its blank line is there; where that ends in CR, an LF that follows in the next chunk belongs
    to the `raw` of the next block. Invalid UTF-8 becomes U+FFFD. The block that is still open when
    the body ends is dropped, as the standard says; `leftover` shows it.

    Attributes:
        max_event_bytes: how long a block may be, in bytes.
        keep_silent: whether blocks that dispatch nothing (comments, a lone `retry`) are returned
            too, with data None. Then the `raw` of all events and of `leftover` add up to the body.
        keep_mark: whether a byte order mark is part of the first `raw`. Who hands events on in
            another order must not keep it: elsewhere than in front it is part of a name.
        last_event_id: what a browser would send as `Last-Event-ID`.

    Source: WHATWG HTML, sections 9.2.5 and 9.2.6.
    """

    def __init__(
        self,
        *,
        max_event_bytes: int = 32 * 2**20,
        keep_silent: bool = False,
        keep_mark: bool = True,
    ) -> None:
        if max_event_bytes < 1:
            raise ValueError(f"max_event_bytes must be positive, got {max_event_bytes}")
        self.max_event_bytes = max_event_bytes
        self.keep_silent = keep_silent
        self.keep_mark = keep_mark
        self.last_event_id = ""
        self._retry: int | None = None
        self._mark: bytes | None = b""  # what may become a byte order mark; None once decided
        self._parts: list[bytes] = []  # the open block; joined once, so that the cost is linear
        self._held = 0  # bytes in _parts
        self._skip = 0  # length of the byte order mark at the head of the open block
        self._line_start = True
        self._after_cr = False
        self._fresh = False  # nothing at all is pending: the next byte starts a block

    @property
    def retry(self) -> int | None:
        """Milliseconds to wait before reconnecting, as the server set them last.

        Unlike an id it holds from the end of its line on, blank line or none. Numbers of more than
        18 digits are ignored.
        """
        held = b"".join(self._parts)[self._skip :]
        lines = held[: max(held.rfind(b"\n"), held.rfind(b"\r")) + 1]
        retry = _fields(lines)[3]
        return self._retry if retry is None else retry

    @property
    def at_block_start(self) -> bool:
        """Whether nothing is pending, so that the next byte begins a block."""
        return self._fresh

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the events that `chunk` completes, in order.

        Raises:
            EventTooLarge: the open block passed `max_event_bytes`. The events before it are in
                `.events`; the decoder is of no further use.
        """
        events: list[ServerSentEvent] = []
        if not self._fresh or _CR in chunk or len(chunk) > self.max_event_bytes:
            chunk = self._feed_any(chunk, events)
        # From here on: a block starts at `pos`, lines end in LF, no block can be too large.
        pos = 0
        size = len(chunk)
        while pos < size:
            end = chunk.find(_LF, pos) + 2
            raw = chunk[pos:end]
            if raw[:6] == _DATA and raw[-2:] == b"\n\n":
                # One line of data, as nearly every event of a chat stream is.
                data = _text(raw[6:-2])
                events.append(ServerSentEvent("message", data, self.last_event_id, raw))
            else:
                end = _block_end(chunk, pos, line_start=True)
                if end < 0:
                    self._hold(chunk[pos:], events)
                    self._fresh = False
                    break
                self._emit(chunk[pos:end], events)
            pos = end
        return events

    def leftover(self) -> ServerSentEvent | None:
        """Return the block that is still open, read as if its blank line had come.

        The standard drops it. It is for lenient callers: some servers end on `data: [DONE]` and
        one line end, or none.
        """
        raw = b"".join(self._parts) + (self._mark or b"")
        if not raw:
            return None
        type_, data, id_, _ = _fields(raw[self._skip :])
        return ServerSentEvent(type_, data, self.last_event_id if id_ is None else id_, raw)

    def _feed_any(self, chunk: bytes, events: list[ServerSentEvent]) -> bytes:
        """Take `chunk` whatever is pending; return the rest that `feed` can take the short way."""
        if self._parts and _LF not in chunk and _CR not in chunk:
            self._hold(chunk, events)  # the middle of a long line
            return b""
        if self._mark is not None:
            chunk = self._strip_mark(chunk)
        if not chunk:
            return chunk
        # The LF of a CRLF that was cut in two; at the head of a block it says nothing to `_fields`.
        pos = int(self._after_cr and chunk[0] == _LF)
        self._after_cr = False
        short = _CR not in chunk and len(chunk) <= self.max_event_bytes
        start = 0
        while True:
            if short and start == pos and not self._parts:
                self._fresh = True
                return chunk[start:]
            end = _block_end(chunk, pos, line_start=self._line_start)
            if end < 0:
                break
            self._hold(chunk[start:end], events)
            self._emit(self._take(), events)
            start = pos = end
        self._hold(chunk[start:], events)
        self._fresh = not self._parts and not self._after_cr
        return b""

    def _strip_mark(self, chunk: bytes) -> bytes:
        """Set a byte order mark at the start of the body aside; it may count as part of `raw`."""
        chunk = (self._mark or b"") + chunk
        if len(chunk) < len(_MARK) and _MARK.startswith(chunk):
            self._mark = chunk
            return b""
        self._mark = None
        if not chunk.startswith(_MARK):
            return chunk
        if self.keep_mark:
            self._parts = [_MARK]
            self._held = self._skip = len(_MARK)
        return chunk[len(_MARK) :]

    def _hold(self, part: bytes, events: list[ServerSentEvent]) -> None:
        if not part:
            return
        self._parts.append(part)
        self._held += len(part)
        self._line_start = part[-1] == _LF or part[-1] == _CR
        self._after_cr = part[-1] == _CR
        if self._held > self.max_event_bytes:
            raise EventTooLarge(self._held, self.max_event_bytes, events)

    def _take(self) -> bytes:
        raw = b"".join(self._parts)
        self._parts = []
        self._held = 0
        self._line_start = True
        return raw

    def _emit(self, raw: bytes, events: list[ServerSentEvent]) -> None:
        """Interpret one whole block."""
        block = raw[self._skip :]
        type_, data, id_, retry = _one_line_of_data(block) or _fields(block)
        self._skip = 0
        if id_ is not None:
            self.last_event_id = id_
        if retry is not None:
            self._retry = retry
        if data is not None or self.keep_silent:
            events.append(ServerSentEvent(type_, data, self.last_event_id, raw))


def _block_end(chunk: bytes, pos: int, *, line_start: bool) -> int:
    """Return the index after the next blank line in `chunk`, or -1."""
    if _CR in chunk:
        found = _LINE_END.match(chunk, pos) if line_start else None
        found = found or _BLANK_LINE.search(chunk, pos)
        return found.end() if found else -1
    if line_start and chunk[pos : pos + 1] == b"\n":
        return pos + 1
    found_at = chunk.find(b"\n\n", pos)
    return found_at + 2 if found_at >= 0 else -1


def _one_line_of_data(block: bytes) -> _Fields | None:
    """Return what `_fields` would, without its copies, for the block that is the usual one."""
    end = len(block) - (4 if block[-4:] == b"\r\n\r\n" else 2)
    if block[:6] != _DATA or block[end:] not in (b"\n\n", b"\r\n\r\n"):
        return None
    if block.find(_LF) < end or -1 < block.find(_CR) < end:
        return None
    return "message", _text(block[6:end]), None, None


def _fields(block: bytes) -> _Fields:
    """Return type, data, id and retry of a block; None for what it does not set."""
    type_ = b""
    data: list[bytes] = []
    id_ = retry = None
    for line in block.splitlines():  # on bytes: CR, LF and CRLF only
        if line[:6] == _DATA:
            data.append(line[6:])
            continue
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            data.append(value)
        elif name == b"event":
            type_ = value
        elif name == b"id" and b"\0" not in value:
            id_ = value
        elif name == b"retry" and value.isdigit() and len(value) <= _MAX_RETRY_DIGITS:
            retry = int(value)
    return (
        _text(type_) or "message",
        _text(b"\n".join(data)) if data else None,
        None if id_ is None else _text(id_),
        retry,
    )


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode(errors="replace")


def encode(
    event: ServerSentEvent | None = None,
    *,
    data: str | None = None,
    type: str | None = None,
    id: str | None = None,
    retry: int | None = None,
) -> bytes:
    """Return the bytes of one event, its blank line included.

    What is None is left out; a `type` of "message" is, too, for it is what the decoder assumes.

    Args:
        event: an event to encode, instead of the other arguments. Its `raw` is not looked at.
        data: the data; LF in it is expressed by several lines.
        type: the event type.
        id: the event id; "" resets the one the reader has.
        retry: reconnection time in milliseconds.

    Raises:
        ValueError: the format cannot express it: CR anywhere, LF in type or id, NUL in id, an empty
            type, a negative retry, lone surrogates, or nothing at all.
    """
    if event is not None:
        data, type, id = event.data, event.type, event.id or None
    lines = []
    if type is not None and type != "message":
        lines.append("event: " + _one_line("type", type, allow_empty=False))
    if id is not None:
        if "\0" in id:
            raise ValueError(f"expected an id without NUL, got {id!r}")
        lines.append("id: " + _one_line("id", id))
    if retry is not None:
        if retry < 0:
            raise ValueError(f"retry must be a number of milliseconds from 0, got {retry}")
        lines.append(f"retry: {retry}")
    if data is not None:
        if "\r" in data:
            raise ValueError("expected data without CR, which an event stream reads as a line end")
        lines.extend("data: " + line for line in data.split("\n"))
    if not lines:
        raise ValueError("expected data, type, id or retry, got none of them")
    return ("\n".join(lines) + "\n\n").encode()


def _one_line(name: str, value: str, *, allow_empty: bool = True) -> str:
    if "\r" in value or "\n" in value or not (value or allow_empty):
        raise ValueError(f"expected {name} to be one line, got {value!r}")
    return value
