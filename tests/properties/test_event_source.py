"""However connections break, each event arrives once, in its order."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import chain, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steadystream import Backoff, EventSource, StreamFault
from support.wire import Act, http_chunk, response, wire

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BARE = HEAD + b"Connection: close\r\n\r\n"
QUICK = Backoff(base=0.001, cap=0.001)


@dataclass(frozen=True)
class Break:
    """How a connection goes.

    Attributes:
        at: bytes of the body before its end.
        how: what the end is; None = a clean one.
        step: bytes a write.
        chunked: whether the body is framed.
        status: refused with it instead.
    """

    at: int
    how: Act | None
    step: int
    chunked: bool
    status: int | None


@dataclass(frozen=True)
class Feed:
    """What a server has to tell, and how it tells it.

    Attributes:
        texts: data of its events; their ids are 1, 2, 3, ...
        newline: what ends its lines.
        breaks: of its connections, one after the other; later ones go well.
    """

    texts: tuple[str, ...]
    newline: str
    breaks: tuple[Break, ...]

    def body(self, last_event_id: int) -> bytes:
        """Return what follows an event."""
        return b"".join(
            self.block(number, text)
            for number, text in enumerate(self.texts, 1)
            if number > last_event_id
        )

    def block(self, number: int, text: str) -> bytes:
        lines = ["retry: 0", f"id: {number}", *(f"data: {line}" for line in text.split("\n"))]
        return (self.newline.join([*lines, "", ""])).encode()


def steps(feed: Feed, broken: Break | None, last_event_id: int) -> Iterator[bytes | Act]:
    """Say what is done with one connection."""
    if broken is None and last_event_id == len(feed.texts):
        yield response("204 No Content", b"")
        return
    if broken is not None and broken.status is not None:
        yield response(f"{broken.status} Odd", b"")
        return
    broken = broken or Break(2**30, None, 2**30, chunked=True, status=None)
    body = feed.body(last_event_id)[: broken.at]
    yield CHUNKED if broken.chunked else BARE
    for start in range(0, len(body), broken.step):
        part = body[start : start + broken.step]
        yield http_chunk(part) if broken.chunked else part
    if broken.how is None and broken.chunked:
        yield b"0\r\n\r\n"
    else:
        yield broken.how or Act.CLOSE


@asynccontextmanager
async def serving(feed: Feed) -> AsyncIterator[str]:
    """Serve it: what a connection brings depends on the `Last-Event-ID` that asked for it."""
    breaks = chain(feed.breaks, repeat(None))

    async with wire([]) as served:

        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
            head = await reader.readuntil(b"\r\n\r\n")
            found = re.search(rb"(?i)last-event-id: (\d+)", head)
            served._scripts = [list(steps(feed, next(breaks), int(found[1]) if found else 0))]
            again = asyncio.StreamReader()
            again.feed_data(head)
            return bool(await type(served)._one(served, again, writer))

        served._one = one
        yield served.url
        assert await served.idle() == 0, "a connection stayed open"


TEXTS = st.text(st.sampled_from("ab :é日🌊\n\u2028\x85"), max_size=6)
BREAKS = st.builds(
    Break,
    at=st.integers(0, 200),
    how=st.sampled_from([None, None, Act.CLOSE, Act.RESET]),
    step=st.sampled_from([1, 2, 7, 1000]),
    chunked=st.booleans(),
    status=st.sampled_from([None, None, None, 429, 503]),
)
FEEDS = st.builds(
    Feed,
    texts=st.lists(TEXTS, max_size=6).map(tuple),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    breaks=st.lists(BREAKS, max_size=6).map(tuple),
)


@pytest.mark.slow
@settings(max_examples=80)
@given(feed=FEEDS)
async def test_each_event_arrives_once_and_in_order(feed: Feed) -> None:
    async with serving(feed) as url:
        async with EventSource(url, reconnection_time=0, max_connect_retry=9, backoff=QUICK) as got:
            events = [(event.last_event_id, event.data) async for event in got]

    assert events == [(str(number), text) for number, text in enumerate(feed.texts, 1)]


@pytest.mark.slow
@settings(max_examples=80)
@given(feed=FEEDS, offers=st.booleans())
async def test_what_a_post_brings_is_a_beginning_without_gap_or_repetition(
    feed: Feed, offers: bool
) -> None:
    got: list[str] = []
    async with serving(feed) as url:
        reconnect = None if offers else False
        source = EventSource(
            url, method="POST", reconnection_time=0, backoff=QUICK, reconnect=reconnect
        )
        with suppress(StreamFault):
            async with source:
                async for event in source:
                    got.append(event.data)  # noqa: PERF401  # kept where a fault ends it

    assert tuple(got) == feed.texts[: len(got)]
