"""Readers of server-sent events; what JSON in them means is read here."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp

from fake_openai import FakeOpenAIThread

from .outcome import BODY, KEY, TIMEOUT, Ask, Client, Outcome

_HEADERS = {"Authorization": f"Bearer {KEY}"}
_STREAMED: dict[str, Any] = {**BODY, "stream": True}


def _take(data: str, outcome: Outcome) -> bool:
    """Add an event; return whether it was the last."""
    if data == "[DONE]":
        return True
    told = json.loads(data)
    if told.get("error"):
        outcome.finish_reason = "error"
    for choice in told.get("choices", ()):
        outcome.text += choice["delta"].get("content") or ""
        outcome.finish_reason = choice["finish_reason"] or outcome.finish_reason
    return False


@asynccontextmanager
async def _httpx_sse(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    import httpx  # noqa: PLC0415 (not in every environment)
    import httpx_sse  # noqa: PLC0415

    async with httpx.AsyncClient(base_url=fake.base_url, timeout=TIMEOUT) as client:

        async def ask(outcome: Outcome) -> None:
            async with httpx_sse.aconnect_sse(
                client, "POST", "/chat/completions", json=_STREAMED, headers=_HEADERS
            ) as source:
                source.response.raise_for_status()
                async for event in source.aiter_sse():
                    if event.event == "message" and _take(event.data, outcome):
                        break

        yield ask


@asynccontextmanager
async def _aiohttp_sse_client(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    from aiohttp_sse_client.client import EventSource  # noqa: PLC0415

    timeout = aiohttp.ClientTimeout(total=None, sock_read=TIMEOUT)

    async def ask(outcome: Outcome) -> None:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            EventSource(
                f"{fake.base_url}/chat/completions",
                option={"method": "POST"},
                session=session,
                json=_STREAMED,
                headers=_HEADERS,
                reconnection_time=timedelta(0),
                max_connect_retry=2,
            ) as source,
        ):
            async for event in source:
                if event.type in (None, "message") and _take(event.data, outcome):
                    break

    yield ask


def _clients() -> dict[str, Client]:
    ours = (json.JSONDecodeError,)  # of the reading above
    network = (aiohttp.ClientError, ConnectionError, TimeoutError)
    clients = {
        "aiohttp-sse-client": Client(
            _aiohttp_sse_client,
            (*network, *ours),
            ("aiohttp-sse-client", "aiohttp"),
            knows_answers=False,
        )
    }
    try:
        import httpx  # noqa: PLC0415
        import httpx_sse  # noqa: PLC0415
    except ModuleNotFoundError:
        return clients
    errors = (httpx.HTTPError, httpx_sse.SSEError, *ours)
    clients["httpx-sse"] = Client(_httpx_sse, errors, ("httpx-sse", "httpx"), knows_answers=False)
    return clients


CLIENTS = _clients()
