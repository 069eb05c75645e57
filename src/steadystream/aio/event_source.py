"""A client for any server of events, that connects again where that is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import aiohttp
from yarl import URL

from steadystream.errors import SteadyStreamError
from steadystream.policy.backoff import Backoff
from steadystream.protocol.message_event import MessageEvent, ReadyState
from steadystream.protocol.reading import MAX_EVENT_BYTES

from .client import READ_BUFFER_BYTES
from .event_source_settings import asking_of, check, reconnection_of, seconds_of
from .given import check_arguments, check_session, checked_callback
from .listening import Limits, Listening
from .opening import dice_of


class EventSource:
    """Reads the events of a stream, and connects again when the stream ends.

        async with EventSource("https://stream.wikimedia.org/v2/stream/recentchange") as source:
            async for event in source:
                print(event.type, event.data)

    Entering it connects. It reads on after the connection broke or ended, from the last event id
    on, until the server answers 204 or with an error, or `close` is called. One task reads at a
    time; cancelling the wait for an event loses nothing.

    A request that is no GET may be one that is paid for. It is sent again only while nothing of it
    was received; later only after a break, and only to a server that gave ids and a `retry`. A body
    that ends cleanly, or after `[DONE]`, is its end.

    The first eight arguments are those of aiohttp-sse-client, the others can be given by name only.

    Args:
        url: http or https.
        option: `{"method": "POST"}` for another method than GET.
        reconnection_time: the wait before connecting again, unless the server sets another with
            `retry`; a `timedelta` or seconds. While nothing comes, `backoff` is added.
        max_connect_retry: connections in a row that may fail after the first; None = no limit.
        session: used instead of one of its own; it is not closed with the source.
        on_open: called when a connection is there; a plain function, as the two that follow.
        on_message: called with each event, before it is handed out.
        on_error: called when a connection has ended, before the next, or for good.
        method: instead of `option`.
        reconnect: True = after every end, whatever the method; False = never once it was accepted;
            None = as described above.
        last_event_id: where to begin.
        idle: longest silence, seconds; then the connection counts as broken. None = no limit.
        comments_count: whether comments, and parts of an event, end a silence. They are how servers
            say that they are there.
        total: limit for all of it, seconds; None = no limit.
        backoff: what is added to the wait.
        max_retry_after: longest `Retry-After` obeyed, seconds; None = no limit.
        max_event_bytes: largest event accepted.
        seed: makes the jitter of waits repeatable.
        **kwargs: whatever else aiohttp's `request` takes: `headers`, `json`, `params`, `auth`, ...
            Headers that hold a key stay behind where a redirect leads to another origin.

    Raises:
        InvalidRequest: a setting cannot work.

    Source: WHATWG HTML, section 9.2 "Server-sent events".
    """

    def __init__(  # noqa: PLR0917  # the order of aiohttp-sse-client
        self,
        url: str | URL,
        option: Mapping[str, Any] | None = None,
        reconnection_time: timedelta | float = 5.0,
        max_connect_retry: int | None = 5,
        session: aiohttp.ClientSession | None = None,
        on_open: Callable[[], object] | None = None,
        on_message: Callable[[MessageEvent], object] | None = None,
        on_error: Callable[[], object] | None = None,
        *,
        method: str | None = None,
        reconnect: bool | None = None,
        last_event_id: str | None = None,
        idle: float | None = 300.0,
        comments_count: bool = True,
        total: float | None = None,
        backoff: Backoff | None = None,
        max_retry_after: float | None = 300.0,
        max_event_bytes: int = MAX_EVENT_BYTES,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        check_session(session)
        check_arguments(kwargs, session)
        check(idle=idle, total=total, max_retry_after=max_retry_after, bytes_=max_event_bytes)
        ask = asking_of(url, option, method, kwargs, max_event_bytes)
        core = reconnection_of(
            ask,
            reconnect=reconnect,
            seconds=seconds_of(reconnection_time),
            retries=max_connect_retry,
            backoff=backoff,
            max_retry_after=max_retry_after,
            last_event_id=last_event_id,
        )
        self._listening = Listening(
            ask=ask,
            core=core,
            limits=Limits(idle=idle, comments_count=comments_count, total=total),
            dice=dice_of(seed),
            on_open=checked_callback("on_open", on_open),
            on_error=checked_callback("on_error", on_error),
        )
        self._on_message = checked_callback("on_message", on_message, " of an event")
        self._session = session
        self._owns_session = session is None
        self._delivered_id = core.last_event_id
        self._entered = False
        self._reading = False

    @property
    def url(self) -> URL:
        """Where the stream is."""
        return self._listening.ask.url

    @property
    def ready_state(self) -> ReadyState:
        """0 = connecting, 1 = open, 2 = closed."""
        return self._listening.state

    @property
    def state(self) -> str:
        """The same as a word: `connecting`, `open` or `closed`."""
        return self._listening.state.name.lower()

    @property
    def last_event_id(self) -> str:
        """The id to go on from; what was received and not yet handed out is left out."""
        listening = self._listening
        return self._delivered_id if listening.events else listening.core.last_event_id

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __aiter__(self) -> Self:
        return self

    async def connect(self) -> None:
        """Connect; `async with` does it.

        Raises:
            StreamFault: no connection came about, or what came is no event stream.
        """
        listening = self._listening
        listening.begin()
        self._entered = True
        try:
            while not listening.connected and not listening.closed:
                await listening.step(self._own_session())
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the connection at once; whoever is waiting for an event just then gets none."""
        self._listening.core.last_event_id = self.last_event_id  # what is dropped now was not read
        self._listening.close()
        if self._owns_session and self._session is not None:
            await self._session.close()

    async def __anext__(self) -> MessageEvent:
        listening = self._listening
        if not self._entered:
            msg = "expected `async with` around the event source, got an iteration without it"
            raise SteadyStreamError(msg)
        if self._reading:
            msg = "expected one reader of the event source at a time, got a second one"
            raise SteadyStreamError(msg)
        self._reading = True
        try:
            while not listening.events:
                if listening.closed:
                    raise StopAsyncIteration
                await listening.step(self._own_session())
        finally:
            self._reading = False
        event = listening.events.popleft()
        self._delivered_id = event.last_event_id
        if self._on_message is not None:
            self._on_message(event)
        return event

    def _own_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(read_bufsize=READ_BUFFER_BYTES)
        return self._session
