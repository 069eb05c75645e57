"""One connection of an event source: asked for, checked, read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp.client_middlewares import ClientMiddlewareType
from multidict import CIMultiDict
from yarl import URL

from steadystream.errors import (
    EventTooLarge,
    Malformed,
    Rejected,
    SteadyStreamError,
    StreamFault,
)
from steadystream.protocol.reading import Secrets, without
from steadystream.protocol.sse import ServerSentEvent, SSEDecoder
from steadystream.request import Request

from .body import take_buffered, undivided
from .exchange import read_error, refusal_of, secrets_of
from .faults import closed_session, fault_of
from .left_behind import LeftBehind

MAX_REDIRECTS = 20
"""Followed in a row, as browsers do. Source: WHATWG Fetch, "HTTP-redirect fetch"."""
CONNECT_SECONDS = 10.0
_NO_MORE = 204
# aiohttp sends them in no header, since 3.14.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_LAST_EVENT_ID = "Last-Event-ID"


class EventStream:
    """The events of one response.

    Attributes:
        origin: scheme, host and port that the events came from, after redirects.
        decoder: what the body is read with.
        ended: whether nothing more comes.
        fault: what ended it; None for a clean end.
    """

    def __init__(self, response: aiohttp.ClientResponse, decoder: SSEDecoder, target: str) -> None:
        self.origin = str(response.url.origin())
        self.decoder = decoder
        self.ended = False
        self.fault: StreamFault | None = None
        self._response = response
        self._content = undivided(response)
        self._target = target
        self._received = 0

    async def read(self) -> tuple[list[ServerSentEvent], int]:
        """Return the events that the next read brings, and how many bytes it took.

        May be cancelled at any time: nothing is lost.
        """
        failure: Exception | None = None
        try:
            data = await self._content.readany()
        except Exception as error:  # noqa: BLE001  # kept until what came before it is taken
            data, failure = take_buffered(self._content), error
        try:
            events = self.decoder.feed(data)
        except EventTooLarge as fault:
            events = list(fault.events)
            fault.received = self._received + len(events)
            failure = fault
        self._received += len(events)
        if failure is not None:
            fault_found = fault_of(failure, target=self._target, received=self._received)
            if not isinstance(fault_found, StreamFault):
                raise failure
            self.end(fault_found)
        elif not data:
            self.end(None)
        return events, len(data)

    def end(self, fault: StreamFault | None) -> None:
        """Close the connection, unless it was read to its end: then it was given back."""
        self.ended = True
        self.fault = fault
        self._response.close()

    @property
    def received(self) -> int:
        """Events that came over this connection."""
        return self._received


@dataclass(frozen=True)
class Asking:
    """How an event source asks for its stream.

    Attributes:
        method: of HTTP.
        url: where the stream is; each connection begins there, whatever was redirected before.
        arguments: what else goes to aiohttp's `request`.
        max_event_bytes: largest event accepted.
    """

    method: str
    url: URL
    arguments: dict[str, Any] = field(repr=False)
    max_event_bytes: int

    @property
    def target(self) -> str:
        """Host and port, for messages."""
        port = "" if self.url.is_default_port() else f":{self.url.port}"
        return f"{self.url.host}{port}"

    async def __call__(
        self, session: aiohttp.ClientSession, last_event_id: str
    ) -> EventStream | None:
        """Return the stream; None when the server says that there is none any more (204).

        Raises:
            StreamFault: there is none now, or what came is no event stream.
        """
        if session.closed:
            raise closed_session()
        headers = self._headers(last_event_id)
        response = await self._response(session, headers)
        try:
            refusal = await self._refusal(response, self._secrets(session, headers))
        except BaseException:
            response.close()
            raise
        if refusal is not None or response.status == _NO_MORE:
            response.close()
            if refusal is None:
                return None
            raise refusal
        decoder = SSEDecoder(max_event_bytes=self.max_event_bytes)
        decoder.last_event_id = last_event_id
        return EventStream(response, decoder, self.target)

    async def _response(
        self, session: aiohttp.ClientSession, headers: CIMultiDict[str]
    ) -> aiohttp.ClientResponse:
        limits = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
        arguments = {"timeout": limits, "max_redirects": MAX_REDIRECTS + 1, **self.arguments}
        arguments |= {"headers": headers, "raise_for_status": False}
        arguments["middlewares"] = self._middlewares(session)
        try:
            return await session.request(self.method, self.url, **arguments)
        except (aiohttp.TooManyRedirects, aiohttp.RedirectClientError) as error:
            raise self._astray(error, self._secrets(session, headers)) from None
        except Exception as error:
            fault = fault_of(error, target=self.target, connect=CONNECT_SECONDS)
            if isinstance(fault, SteadyStreamError):
                raise fault from error
            raise

    def _middlewares(self, session: aiohttp.ClientSession) -> tuple[ClientMiddlewareType, ...]:
        """Return what each request passes, the redirected ones too: ours before all others."""
        given = self.arguments.get("middlewares")
        if given is None:  # what is given with a request counts instead of the session's
            given = session._middlewares  # noqa: SLF001  # told nowhere else
        return LeftBehind(self.url.origin(), session.cookie_jar), *given

    def _headers(self, last_event_id: str) -> CIMultiDict[str]:
        headers = CIMultiDict[str](self.arguments.get("headers") or ())
        headers.setdefault("Accept", "text/event-stream")
        headers.setdefault("Cache-Control", "no-cache")
        headers.setdefault("Accept-Encoding", "identity")  # compressed, events come in blocks
        headers.popall(_LAST_EVENT_ID, None)
        if _CONTROL.search(last_event_id):
            fault = Malformed("an id that a header can hold", last_event_id)
            fault.transient = False
            raise fault
        if last_event_id:
            headers[_LAST_EVENT_ID] = last_event_id
        return headers

    def _secrets(self, session: aiohttp.ClientSession, headers: CIMultiDict[str]) -> Secrets:
        """Return the keys that were sent; they are taken out of what the server says."""
        url = self.url
        if params := self.arguments.get("params"):
            url = url.update_query(params)
        sent = {**session.headers, **headers}
        found = secrets_of(Request(str(url), {}, sent))
        auth = self.arguments.get("auth") or session.auth
        password = getattr(auth, "password", "")
        return (*found, password) if password else found

    @staticmethod
    async def _refusal(response: aiohttp.ClientResponse, secrets: Secrets) -> StreamFault | None:
        if response.status == _NO_MORE or _is_stream(response):
            return None
        if 200 < response.status < 300:  # noqa: PLR2004
            message = without(secrets, response.reason or "no reason given")
            return Rejected(response.status, f"only 200 brings events: {message}")
        fault = refusal_of(response, await read_error(response), secrets)
        if response.status < 300:  # noqa: PLR2004
            fault.transient = False
        return fault

    @staticmethod
    def _astray(error: Exception, secrets: Secrets) -> Malformed:
        if isinstance(error, aiohttp.TooManyRedirects):
            fault = Malformed(f"at most {len(error.history) - 1} redirects", "one more")
        else:
            shown = without(secrets, str(error))
            fault = Malformed("a redirect to an http or https URL", shown)
        fault.transient = False
        return fault


def _is_stream(response: aiohttp.ClientResponse) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return response.status == 200 and kind == "text/event-stream"  # noqa: PLR2004


def last_event_id_of(headers: Any) -> str:
    """Return the `Last-Event-ID` among the headers that a caller gives."""
    return CIMultiDict[str](headers or ()).get(_LAST_EVENT_ID, "")
