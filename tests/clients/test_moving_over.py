"""Code written for aiohttp-sse-client's `EventSource` reads the same from ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp_sse_client import client as theirs

import steadystream as ours
from support.wire import END, OK, Act, Step, http_chunk, wire

either = pytest.mark.parametrize("sse_client", [theirs, ours], ids=["theirs", "ours"])
FIRST = (
    b": hello\n\nid: 1\nevent: tick\ndata: one\ndata: two\n\n"
    b'id: 2\r\ndata: {"a": "\xc3\xa9"}\r\n\r\ndata:three\n\n'
)
SECOND = b"id: 4\ndata: four\n\n"


def feed() -> tuple[list[Step], ...]:
    """Two connections; the second stays open."""
    return [OK, http_chunk(FIRST), END], [OK, http_chunk(SECOND), Act.HOLD]


async def read(sse_client: Any, url: str, number: int, **more: Any) -> list[Any]:
    async with aiohttp.ClientSession() as session:
        async with sse_client.EventSource(
            url, session=session, reconnection_time=timedelta(0), **more
        ) as source:
            events = []
            async for event in source:
                events.append(event)
                if len(events) == number:
                    break
    return events


@either
async def test_a_feed_over_two_connections_reads_the_same(sse_client: Any) -> None:
    async with wire(*feed()) as served:
        events = await read(sse_client, served.url, 4)
        origin = served.url.removesuffix("/v1")

    assert [(e.data, e.last_event_id, e.origin) for e in events] == [
        ("one\ntwo", "1", origin),
        ('{"a": "é"}', "2", origin),
        ("three", "2", origin),
        ("four", "4", origin),
    ]
    assert (events[0].type, events[0].message) == ("tick", "tick")
    assert b"last-event-id: 2\r\n" in served.requests[1][0].lower()


@either
async def test_a_post_is_asked_for_in_the_same_words(sse_client: Any) -> None:
    async with wire([OK, http_chunk(b"data: a\n\n"), Act.HOLD]) as served:
        await read(
            sse_client,
            served.url,
            1,
            option={"method": "POST"},
            json={"model": "m"},
            headers={"Authorization": "Bearer sk-made-up"},
        )

    head, body = served.requests[0]
    assert head.startswith(b"POST /v1 ")
    assert b"Authorization: Bearer sk-made-up\r\n" in head
    assert body == b'{"model": "m"}'


@either
async def test_callbacks_and_states_are_the_same(sse_client: Any) -> None:
    seen: list[tuple[str, int]] = []
    source: Any = None

    def note(name: str) -> Callable[..., None]:
        return lambda *_: seen.append((name, source.ready_state if source else 0))

    async with wire(*feed()) as served, aiohttp.ClientSession() as session:
        source = sse_client.EventSource(
            served.url,
            session=session,
            reconnection_time=timedelta(0),
            on_open=note("open"),
            on_message=note("message"),
            on_error=note("error"),
        )
        assert str(source.url) == served.url
        async with source, asyncio.timeout(5):
            for _ in range(4):
                await anext(source)
        assert source.ready_state == 2

    messages = [("message", 1)]
    assert seen == [("open", 1), *messages * 3, ("error", 0), ("open", 1), *messages]


def test_every_name_of_their_event_is_one_of_ours() -> None:
    names = [field.name for field in theirs.MessageEvent.__attrs_attrs__]

    assert list(ours.MessageEvent.__struct_fields__) == names
