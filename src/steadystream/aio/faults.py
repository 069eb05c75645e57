"""aiohttp's exceptions as our faults: the one place where they are translated."""

from __future__ import annotations

import ssl

import aiohttp

from steadystream.errors import (
    ConnectFailed,
    ConnectTimedOut,
    DeadlineExceeded,
    Disconnected,
    InvalidRequest,
    Malformed,
    SteadyStreamError,
)


def fault_of(
    error: Exception, *, target: str, received: int = 0, connect: float | None = None
) -> Exception:
    """Return what `error` means for the attempt; an error that is none of aiohttp's as it is.

    Args:
        error: what aiohttp raised.
        target: host and port that were asked.
        received: events received before.
        connect: the limit for connecting, seconds.
    """
    if isinstance(error, SteadyStreamError):
        return error
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return ConnectTimedOut(target, connect)
    if isinstance(error, aiohttp.ClientConnectorError):
        return _connect_failed(error, target)
    if isinstance(error, aiohttp.InvalidURL):
        return InvalidRequest(f"expected an http or https URL, got {error}")
    if isinstance(error, aiohttp.ClientResponseError):
        return Malformed("an HTTP response", error.message, received)
    if isinstance(error, (aiohttp.ClientError, ConnectionError)):
        return Disconnected(received, _told(error))
    if isinstance(error, TimeoutError):  # `ClientTimeout(total=...)` of the caller's session
        return DeadlineExceeded(None)
    if isinstance(error, RuntimeError) and str(error) == "Connection closed.":
        # What a body says whose framing was garbled, once its bytes are read.
        return Disconnected(received, "the framing of the body is garbled")
    return error


def closed_session() -> Disconnected:
    """Return the fault of a request over a session that its owner has closed."""
    fault = Disconnected(0, "the session was closed")
    fault.transient = False
    return fault


def _connect_failed(error: aiohttp.ClientConnectorError, target: str) -> ConnectFailed:
    detail = error.os_error.strerror or _told(error.os_error)
    fault = ConnectFailed(target, detail)
    # A wrong certificate or a server without TLS stays so; a handshake that was cut does not.
    cut = isinstance(error.os_error, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
    fault.transient = cut or not isinstance(error.os_error, ssl.SSLError)
    return fault


def _told(error: BaseException) -> str:
    return str(error) or type(error).__name__
