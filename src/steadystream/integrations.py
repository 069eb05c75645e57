"""Under other people's clients, unmodified."""

from __future__ import annotations

import importlib
from typing import Any

import aiohttp

from .aio.middleware import SteadyStream
from .errors import InvalidRequest


def openai_http_client(steady: SteadyStream | None = None) -> Any:
    """Return an `http_client` for `AsyncOpenAI` whose streamed answers arrive whole.

        client = AsyncOpenAI(http_client=openai_http_client(), max_retries=0)

    With `max_retries=0` the SDK leaves trying again to the middleware; otherwise both try. The
    client closes its connections with `await client.close()`.

    Args:
        steady: the middleware with its settings; None = the defaults.

    Returns:
        An `httpx.AsyncClient`, or an `httpx2.AsyncClient` where the installed openai wants one.

    Raises:
        InvalidRequest: openai or httpx-aiohttp is not installed.
    """
    openai = _extra("openai")
    middleware = steady or SteadyStream()

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(middleware,),
        )

    base = openai.DefaultAsyncHttpxClient
    uses_httpx2 = any(cls.__module__.partition(".")[0] == "httpx2" for cls in base.__mro__)
    transport = _extra("httpx_aiohttp.httpx2" if uses_httpx2 else "httpx_aiohttp").AiohttpTransport
    return base(transport=transport(client=session))


def _extra(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        msg = f"expected {name} to be installed: pip install 'steadystream[openai]' ({error})"
        raise InvalidRequest(msg) from error
