"""What reading a body as one relies on in aiohttp, on the oldest and the newest supported."""

from __future__ import annotations

import asyncio
import gzip

import aiohttp
import pytest

from steadystream.aio.body import interrupt, take_buffered, undivided
from steadystream.errors import Stalled
from support.wire import END, OK, Act, http_chunk, response, wire

PIECE = http_chunk(b"x" * 300)


async def test_all_that_is_there_is_read_at_once_and_in_order() -> None:
    script = [OK + http_chunk(b"one"), 0.02, http_chunk(b"two") + http_chunk(b"three") + END]
    async with (
        wire(script) as server,
        aiohttp.ClientSession() as session,
        session.get(server.url) as got,
    ):
        content = undivided(got)
        assert await content.readany() == b"one"
        await asyncio.sleep(0.05)

        assert await content.readany() == b"twothree"
        assert await content.readany() == b""


async def test_borders_of_chunks_are_not_kept() -> None:
    script = [OK, 0.02, PIECE * 50, Act.HOLD]
    async with (
        wire(script) as server,
        aiohttp.ClientSession() as session,
        session.get(server.url) as got,
    ):
        content = undivided(got)
        await asyncio.sleep(0.05)

        assert not content._http_chunk_splits
        assert len(await content.readany()) == 50 * 300


async def test_a_body_larger_than_the_buffer_still_waits_for_its_reader() -> None:
    script = [OK, *[PIECE * 100] * 100, END]
    async with (
        wire(script) as server,
        aiohttp.ClientSession(read_bufsize=2**12) as session,
        session.get(server.url) as got,
    ):
        content = undivided(got)
        await asyncio.sleep(0.1)
        unread = content._size

        size = 0
        while data := await content.readany():
            size += len(data)

    assert unread < 2**20
    assert size == 100 * 100 * 300


async def test_bytes_before_an_error_still_wait_behind_it() -> None:
    script = [OK, 0.02, http_chunk(b"one") + http_chunk(b"two"), Act.CLOSE]
    async with (
        wire(script) as server,
        aiohttp.ClientSession() as session,
        session.get(server.url) as got,
    ):
        content = undivided(got)
        await asyncio.sleep(0.05)
        with pytest.raises(aiohttp.ClientPayloadError):
            await content.readany()

        assert take_buffered(content) == b"onetwo"


async def test_a_response_without_a_body_stays_as_it_is() -> None:
    async with (
        wire([response("200 OK", b"")]) as server,
        aiohttp.ClientSession() as session,
        session.get(server.url) as got,
    ):
        assert undivided(got) is got.content
        assert await got.content.readany() == b""


async def test_a_packed_body_that_grows_past_the_buffer_is_read_whole() -> None:
    body = b"".join(b"%06d " % number for number in range(200_000))
    packed = gzip.compress(body)
    whole = response("200 OK", packed, "Content-Encoding: gzip")
    async with (
        wire([whole]) as server,
        aiohttp.ClientSession(read_bufsize=2**12) as session,
        session.get(server.url) as got,
    ):
        content = undivided(got)
        parts = []
        while data := await content.readany():
            parts.append(data)

    assert b"".join(parts) == body


@pytest.mark.parametrize("total", [None, 300], ids=["no limit", "a session's limit"])
async def test_a_read_that_waits_fails_with_what_interrupts_it(total: float | None) -> None:
    async with (
        wire([OK, http_chunk(b"one"), Act.HOLD]) as server,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total)) as session,
        session.get(server.url) as got,
    ):
        content = undivided(got)
        assert await content.readany() == b"one"
        reading = asyncio.create_task(content.readany())
        await asyncio.sleep(0)

        assert interrupt(content, Stalled(1, 1))
        with pytest.raises(Stalled):
            await reading


async def test_a_read_whose_bytes_have_come_is_not_interrupted() -> None:
    async with (
        wire([OK, http_chunk(b"one"), Act.HOLD]) as server,
        aiohttp.ClientSession() as session,
        session.get(server.url) as got,
    ):
        content = undivided(got)
        assert await content.readany() == b"one"
        assert not interrupt(content, Stalled(1, 1))
        reading = asyncio.create_task(content.readany())
        await asyncio.sleep(0)
        content.feed_data(b"two", 3)

        assert not interrupt(content, Stalled(1, 1))
        assert await reading == b"two"
