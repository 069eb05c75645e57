"""One HTTP exchange as an attempt: a request out, events in; the same for every shell."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import msgspec

from steadystream.errors import NotAnEventStream, Rejected, StreamFault, UpstreamError
from steadystream.events import Batch, Opened
from steadystream.policy.backoff import is_transient, retry_after
from steadystream.protocol.chat import parse_error
from steadystream.protocol.dialect import Dialect
from steadystream.protocol.reading import MAX_EVENT_BYTES, Reader, Secrets, without
from steadystream.protocol.upstream import Upstream
from steadystream.request import Request
from steadystream.stages.patience import Patience, patience_of
from steadystream.stages.stage import stage
from steadystream.stages.watch import watch_of

from .body import interrupt, take_buffered, undivided
from .faults import fault_of
from .inflate import unpacked
from .source import target_of

MAX_ERROR_BYTES = 64 * 2**10
ERROR_SECONDS = 1.0
DRAIN_SECONDS = 0.1
"""How long the end of a body may take to arrive after `[DONE]`, so that its connection can be used
again."""

_REQUEST_IDS = ("x-request-id", "apim-request-id", "x-ds-trace-id", "x-generation-id")


def headers_of(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the headers with names in lower case; of repeated ones the last."""
    return {name.lower(): value for name, value in response.headers.items()}


_KEY_PARAMETERS = frozenset({"key", "api_key", "api-key", "apikey", "token", "access_token"})
_OPENS = re.compile(r"(?:^|-)(?:auth|authorization|key|token|secret|password)$")
_LEAST_SECRET = 4
"""A shorter word would be taken out of what was no key."""


def opens(header: str) -> bool:
    """Say whether a header may hold what opens a server, by the last word of its name."""
    name = header.lower()
    return name != "idempotency-key" and _OPENS.search(name) is not None


def secrets_of(request: Request | Upstream) -> tuple[str, ...]:
    """Return the keys that a request carries, in its headers or in its URL."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    found = [value.rpartition(" ")[2] for name, value in headers.items() if _OPENS.search(name)]
    found += [_password(headers.get("authorization", "")), urlsplit(request.url).password or ""]
    query = urlsplit(request.url).query
    if query:
        found += [value for name, value in parse_qsl(query) if name.lower() in _KEY_PARAMETERS]
    return tuple(secret for secret in found if len(secret) >= _LEAST_SECRET)


class SecretsOf:
    """The keys that a request carries, looked for once something is told without them.

    Those of the upstreams that may be asked besides are looked for in what each of them says: one
    that is put behind another may tell what it was told.
    """

    __slots__ = ("_places",)

    def __init__(self, request: Request, others: Sequence[Upstream] = ()) -> None:
        self._places: tuple[Request | Upstream, ...] = (request, *others)

    def __iter__(self) -> Iterator[str]:
        for place in self._places:
            yield from secrets_of(place)


def _password(authorization: str) -> str:
    """Return the password of basic authorization."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded).decode().partition(":")[2]
    except ValueError:
        return ""


def request_id_of(headers: dict[str, str]) -> str | None:
    """Return the id that the server gave the request."""
    for name in _REQUEST_IDS:
        if name in headers:
            return headers[name]
    return None


def opened(request: Request, response: aiohttp.ClientResponse) -> Opened:
    """Return the event that says that an attempt was accepted."""
    headers = headers_of(response)
    return Opened(request.attempt, response.status, headers, request_id_of(headers))


def is_event_stream(response: aiohttp.ClientResponse) -> bool:
    """Say whether an answer is streamed; a body without a type is taken for a stream."""
    if not 200 <= response.status < 300 or response.status == 204:  # noqa: PLR2004
        return False
    kind = response.headers.get("content-type", "text/event-stream")
    return kind.partition(";")[0].strip().lower() == "text/event-stream"


class HandedOver(Exception):
    """No error: carries a response that belongs to the consumer, unread, past the stages."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        super().__init__(response.status)
        self.response = response


_ANY = Dialect(name="any")


@dataclass(slots=True)
class Exchange:
    """The innermost part of the pipeline: sends a request and yields what is streamed back.

    Attributes:
        send: sends a request and returns the response once its headers are here.
        refusal: returns what it means that a response is no event stream; None when it is one.
        target: host and port, for messages.
        max_event_bytes: largest event accepted.
        dialect: how this server ends answers.
        secrets: the keys that are sent; they are taken out of all that comes back in a fault.
        reader: reads the body.
    """

    send: Callable[[Request], Awaitable[aiohttp.ClientResponse]]
    refusal: Callable[[Request, aiohttp.ClientResponse, Secrets], Awaitable[StreamFault | None]]
    target: str
    max_event_bytes: int = MAX_EVENT_BYTES
    dialect: Dialect = _ANY
    secrets: Secrets = field(default=(), repr=False)
    reader: type[Reader] = Reader

    @stage
    async def __call__(self, request: Request) -> AsyncGenerator[Batch, None]:
        """Yield what one attempt brings.

        Raises:
            StreamFault: it ended before its answer. What came before was yielded.
        """
        via, dialect, target = request.via, self.dialect, self.target
        if via is not None:
            dialect, target = via.dialect, target_of(via.url)
        reader = self.reader(
            max_event_bytes=self.max_event_bytes,
            ends_bare=dialect.ends_bare,
            always_finishes=dialect.always_finishes,
            secrets=self.secrets,
        )
        patience, watch, begun = patience_of(request), watch_of(request), False
        patience.check()
        watch.sent()
        response = await self._accepted_in_time(request, patience)
        try:
            head = opened(request, response)
            watch.opened(head)
            yield [head]
            failure: Exception | None = None
            flow = patience.flow
            content, feed = undivided(response), unpacked(response, reader)
            _guard(content, patience)
            while failure is None and reader.fault is None and not reader.done:
                try:
                    data = await content.readany()
                except Exception as error:  # noqa: BLE001  # raised below, after what came before it
                    failure = fault_of(error, target=target, received=reader.received)
                    data = take_buffered(content)
                ended = not data and failure is None
                batch = reader.finish() if ended else feed(data)
                if batch:
                    carries = batch[-1].carries or patience.weigh(batch)
                    if carries and not begun:
                        begun = True
                        watch.first_token()
                    if flow is not None:
                        patience.arrived(batch)
                    yield batch
                    if reader.done:  # however long the consumer took, all of it is here
                        break
                    patience.taken(reader.received, carries=carries)
                if ended:
                    break
            fault = reader.fault or (None if reader.done else failure)
            if fault is not None:
                raise fault
            patience.end()
            await _drain(content)
        finally:
            patience.end()
            watch.ended(reader.received)
            _close(response)

    async def _accepted_in_time(
        self, request: Request, patience: Patience
    ) -> aiohttp.ClientResponse:
        """Return an accepted response, unless patience ends before it is here."""
        limit = patience.limit()
        try:
            async with limit:
                if request.patience is None:  # who sends may end the wait
                    request = request.but(patience=patience)
                return await self._accepted(request)
        except TimeoutError:
            if limit.expired():
                raise patience.fault() from None
            raise
        finally:
            patience.accepted()

    async def _accepted(self, request: Request) -> aiohttp.ClientResponse:
        """Return a response whose body is an event stream; what `refusal` raises passes."""
        response = await self.send(request)
        try:
            refused = await self.refusal(request, response, self.secrets)
        except HandedOver:
            raise
        except BaseException:
            response.close()
            raise
        if refused is not None:
            response.close()
            raise refused
        return response


def _guard(content: aiohttp.StreamReader, patience: Patience) -> None:
    """Let patience end the waits for a body; of one that is here already, nobody waits for more."""
    if not content.is_eof():
        patience.begin(partial(interrupt, content))


def _close(response: aiohttp.ClientResponse) -> None:
    """Close the connection, unless the body came to its end: then it was given back."""
    if not response.closed:
        response.close()


async def _drain(content: aiohttp.StreamReader) -> None:
    """Read on to the end of the body; a connection that was read to its end can be used again."""
    if content.is_eof():
        return
    # aiohttp raises a bare RuntimeError where the session is closed under who reads.
    with contextlib.suppress(TimeoutError, aiohttp.ClientError, ConnectionError, RuntimeError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while await content.readany():
                pass


async def refusal(
    _: Request, response: aiohttp.ClientResponse, secrets: Secrets
) -> StreamFault | None:
    """Return what it means that a response is no event stream; None when it is one."""
    if is_event_stream(response):
        return None
    return refusal_of(response, await read_error(response), secrets)


def refusal_of(response: aiohttp.ClientResponse, body: bytes, secrets: Secrets) -> StreamFault:
    """Return the fault that a response with this body stands for.

    Args:
        response: for its status and headers.
        body: what was read of it.
        secrets: the keys that were sent; they are taken out of all that the server sends back.
    """
    text = without(secrets, body.decode(errors="replace"))
    headers = {name: without(secrets, value) for name, value in headers_of(response).items()}
    if response.status < 300:  # noqa: PLR2004
        return _not_a_stream(response.status, headers, text)
    return _rejected(response, headers, text)


def _rejected(response: aiohttp.ClientResponse, headers: dict[str, str], text: str) -> Rejected:
    info = parse_error(text)
    message = info.message or response.reason or "no reason given"
    if response.status < 400:  # noqa: PLR2004
        message = f"a redirect to {headers.get('location', 'nowhere')}"
    return Rejected(
        response.status,
        message,
        headers=headers,
        request_id=request_id_of(headers),
        error=_json(text),
        body=text,
        retry_after=retry_after(headers, datetime.now(UTC)),
        transient=is_transient(response.status, headers, info.code),
    )


def _not_a_stream(status: int, headers: dict[str, str], text: str) -> StreamFault:
    """Return the fault of a response that says all is well and brings something else."""
    document = _json(text)
    if isinstance(document, dict) and _is_error(document):
        info = parse_error(document)
        return UpstreamError(info.message, info.code, info.type)
    fault = NotAnEventStream(headers.get("content-type", ""), text[:200], text)
    # Padding and nothing else: the upstream behind it died.
    fault.transient = status == 200 and not text.strip()  # noqa: PLR2004
    return fault


def _is_error(document: dict[str, Any]) -> bool:
    """Say whether JSON is an error: in a member, or all of it (Mistral, SGLang)."""
    return document.get("error") is not None or document.get("object") == "error"


async def read_error(response: aiohttp.ClientResponse, limit: int = MAX_ERROR_BYTES) -> bytes:
    """Return the beginning of the body, as much of it as arrives in a short time.

    The status is known; a body that does not end must not keep it back.
    """
    parts = bytearray()
    with contextlib.suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
        async with asyncio.timeout(ERROR_SECONDS):
            while len(parts) < limit and (data := await response.content.readany()):
                parts += data
    return bytes(parts[:limit])


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
