"""One HTTP exchange as an attempt: a request out, events in; the same for every shell."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec

from steadystream.errors import NotAnEventStream, Rejected, StreamFault, UpstreamError
from steadystream.events import Batch, Opened
from steadystream.policy.backoff import is_transient, retry_after
from steadystream.protocol.chat import parse_error
from steadystream.protocol.reading import MAX_EVENT_BYTES, Reader, without
from steadystream.request import Request
from steadystream.stages.stage import stage

from .body import take_buffered, undivided
from .faults import fault_of
from .inflate import unpacked

MAX_ERROR_BYTES = 64 * 2**10
DRAIN_SECONDS = 0.1
"""How long the end of a body may take to arrive after `[DONE]`, so that its connection can be used
again."""

_REQUEST_IDS = ("x-request-id", "apim-request-id", "x-ds-trace-id", "x-generation-id")


def headers_of(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the headers with names in lower case; of repeated ones the last."""
    return {name.lower(): value for name, value in response.headers.items()}


def secret_of(headers: Mapping[str, str]) -> str:
    """Return the key in request headers (names in lower case); "" where there is none."""
    bearer = headers.get("authorization", "").rpartition(" ")[2]
    return bearer or headers.get("api-key", "") or headers.get("x-api-key", "")


def request_id_of(headers: dict[str, str]) -> str | None:
    """Return the id that the server gave the request."""
    return next((headers[name] for name in _REQUEST_IDS if name in headers), None)


def opened(request: Request, response: aiohttp.ClientResponse) -> Opened:
    """Return the event that says that an attempt was accepted."""
    headers = headers_of(response)
    return Opened(request.attempt, response.status, headers, request_id_of(headers))


def is_event_stream(response: aiohttp.ClientResponse) -> bool:
    """Say whether the body is an event stream; one without a type is taken for one."""
    kind = response.headers.get("content-type", "text/event-stream")
    return kind.partition(";")[0].strip().lower() == "text/event-stream"


class HandedOver(Exception):
    """No error: carries a response that belongs to the consumer, unread, past the stages."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(frozen=True)
class Exchange:
    """The innermost part of the pipeline: sends a request and yields what is streamed back.

    Attributes:
        send: sends a request and returns the response once its headers are here.
        refusal: returns what it means that a response is no event stream; None when it is one.
        target: host and port, for messages.
        max_event_bytes: largest event accepted.
        ends_bare: whether this server ends whole answers without saying so.
        secret: the key that is sent; it is taken out of every text that comes back in a fault.
    """

    send: Callable[[Request], Awaitable[aiohttp.ClientResponse]]
    refusal: Callable[[Request, aiohttp.ClientResponse, str], Awaitable[StreamFault | None]]
    target: str
    max_event_bytes: int = MAX_EVENT_BYTES
    ends_bare: bool = False
    secret: str = field(default="", repr=False)

    @stage
    async def __call__(self, request: Request) -> AsyncGenerator[Batch, None]:
        """Yield what one attempt brings.

        Raises:
            StreamFault: it ended before its answer. What came before was yielded.
        """
        reader = Reader(
            max_event_bytes=self.max_event_bytes, ends_bare=self.ends_bare, secret=self.secret
        )
        response = await self._accepted(request)
        try:
            yield [opened(request, response)]
            failure: Exception | None = None
            content, feed = undivided(response), unpacked(response, reader)
            while failure is None and reader.fault is None and not reader.done:
                try:
                    data = await content.readany()
                except Exception as error:  # noqa: BLE001  # raised below, after what came before it
                    failure = fault_of(error, target=self.target, received=reader.received)
                    data = take_buffered(content)
                ended = not data and failure is None
                batch = reader.finish() if ended else feed(data)
                if batch:
                    yield batch
                if ended:
                    break
            fault = reader.fault or (None if reader.done else failure)
            if fault is not None:
                raise fault
            await _drain(content)
        finally:
            # Closes the connection, unless the body was read to its end: then it was given back.
            response.close()

    async def _accepted(self, request: Request) -> aiohttp.ClientResponse:
        """Return a response whose body is an event stream; what `refusal` raises passes."""
        response = await self.send(request)
        try:
            refused = await self.refusal(request, response, self.secret)
        except HandedOver:
            raise
        except BaseException:
            response.close()
            raise
        if refused is not None:
            response.close()
            raise refused
        return response


async def _drain(content: aiohttp.StreamReader) -> None:
    """Read on to the end of the body; a connection that was read to its end can be used again."""
    if content.is_eof():
        return
    with contextlib.suppress(TimeoutError, aiohttp.ClientError, ConnectionError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while await content.readany():
                pass


async def refusal(_: Request, response: aiohttp.ClientResponse, secret: str) -> StreamFault | None:
    """Return what it means that a response is no event stream; None when it is one."""
    if response.status == 200 and is_event_stream(response):  # noqa: PLR2004
        return None
    return refusal_of(response, await read_error(response), secret)


def refusal_of(response: aiohttp.ClientResponse, body: bytes, secret: str) -> StreamFault:
    """Return the fault that a response with this body stands for.

    Args:
        response: for its status and headers.
        body: what was read of it.
        secret: the key that was sent; it is taken out of every text that the server sends back.
    """
    text = without(secret, body.decode(errors="replace"))
    if response.status < 300:  # noqa: PLR2004
        return _not_a_stream(response, text)
    return _rejected(response, text)


def _rejected(response: aiohttp.ClientResponse, text: str) -> Rejected:
    headers = headers_of(response)
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


def _not_a_stream(response: aiohttp.ClientResponse, text: str) -> StreamFault:
    """Return the fault of a response that says all is well and brings something else."""
    document = _json(text)
    if isinstance(document, dict) and document.get("error") is not None:
        info = parse_error(document)
        return UpstreamError(info.message, info.code, info.type)
    fault = NotAnEventStream(response.headers.get("content-type", ""), text[:200])
    fault.transient = not text.strip()  # padding and nothing else: the upstream behind it died
    return fault


async def read_error(response: aiohttp.ClientResponse) -> bytes:
    """Return the beginning of the body, as much of it as arrives."""
    parts = bytearray()
    with contextlib.suppress(aiohttp.ClientError, ConnectionError):
        while len(parts) < MAX_ERROR_BYTES and (data := await response.content.readany()):
            parts += data
    return bytes(parts[:MAX_ERROR_BYTES])


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
