from __future__ import annotations

import asyncio
import pickle
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from yarl import URL

from steadystream import (
    Backoff,
    EventSource,
    GaveUp,
    InvalidRequest,
    MessageEvent,
    ReadyState,
    Rejected,
    SteadyStreamError,
    StreamFault,
)
from steadystream.errors import (
    ConnectFailed,
    DeadlineExceeded,
    Disconnected,
    EventTooLarge,
    Malformed,
    NotAnEventStream,
    SpliceMismatch,
    Stalled,
)
from support.wire import END, OK, Act, Step, http_chunk, response, wire

KEY = "sk-a-key-nobody-may-see"
NO_MORE = [response("204 No Content", b"")]
QUICK = Backoff(base=0.001, cap=0.001)


def stream(*parts: str, end: bool = True) -> list[Step]:
    """One accepted connection that sends the parts, and ends cleanly or is cut."""
    chunks: list[Step] = [http_chunk(part.encode()) for part in parts]
    return [OK, *chunks, *([END] if end else [Act.CLOSE])]


def source(url: str, **settings: Any) -> EventSource:
    return EventSource(url, **{"reconnection_time": 0, "backoff": QUICK, "seed": 1} | settings)


async def read(served: Any, **settings: Any) -> list[MessageEvent]:
    async with source(served.url, **settings) as events:
        return [event async for event in events]


def told_ids(served: Any) -> list[str | None]:
    """What each request said as `Last-Event-ID`."""
    found = [re.search(rb"(?i)\r\nlast-event-id: ?([^\r]*)", head) for head, _ in served.requests]
    return [match[1].decode() if match else None for match in found]


async def test_an_event_has_type_data_id_and_origin() -> None:
    async with wire(stream("event: tick\nid: 7\ndata: one\ndata: two\n\n"), NO_MORE) as served:
        events = await read(served)

    origin = served.url.removesuffix("/v1")
    assert events == [MessageEvent("tick", "tick", "one\ntwo", origin, "7")]


async def test_an_event_without_type_is_a_message() -> None:
    async with wire(stream("data: one\n\n"), NO_MORE) as served:
        (event,) = await read(served)

    assert (event.type, event.last_event_id) == ("message", "")


async def test_the_request_asks_for_events_uncached_and_uncompressed() -> None:
    async with wire(NO_MORE) as served:
        await read(served)

    head = served.requests[0][0].lower()
    assert head.startswith(b"get /v1 http/1.1\r\n")
    assert b"\r\naccept: text/event-stream\r\n" in head
    assert b"\r\ncache-control: no-cache\r\n" in head
    assert b"\r\naccept-encoding: identity\r\n" in head
    assert b"last-event-id" not in head


async def test_headers_of_the_caller_count_more() -> None:
    async with wire(NO_MORE) as served:
        await read(served, headers={"accept": "application/x"})

    assert served.requests[0][0].lower().count(b"\r\naccept: ") == 1
    assert b"application/x" in served.requests[0][0]


async def test_it_reads_on_after_an_end_and_after_a_cut_from_the_last_id_on() -> None:
    scripts = [
        stream("id: 1\ndata: a\n\n"),
        stream("id: 2\ndata: b\n\n", "data: torn", end=False),
        stream("data: c\n\nid: 3\n\n"),
        NO_MORE,
    ]
    async with wire(*scripts) as served:
        events = await read(served)

    assert [(e.data, e.last_event_id) for e in events] == [("a", "1"), ("b", "2"), ("c", "2")]
    assert told_ids(served) == [None, "1", "2", "3"]


async def test_events_that_came_before_a_reset_are_delivered() -> None:
    reset: list[Step] = [OK, http_chunk(b"id: 1\ndata: a\n\n"), 0.05, Act.RESET]
    async with wire(reset, NO_MORE) as served:
        events = await read(served)

    assert [e.data for e in events] == ["a"]


async def test_an_id_in_any_script_goes_back_as_utf_8() -> None:
    async with wire(stream("id: …日\ndata: hello\n\n"), NO_MORE) as served:
        await read(served)

    assert told_ids(served) == [None, "…日"]


@pytest.mark.parametrize("control", ["\x01", "\x0b", "\x7f"])
async def test_an_id_that_no_header_can_hold_is_told(control: str) -> None:
    async with wire(stream(f"id: a{control}\ndata: a\n\n")) as served:
        async with source(served.url) as events:
            assert (await anext(events)).last_event_id == f"a{control}"
            with pytest.raises(Malformed, match="expected an id that a header can hold"):
                await anext(events)
            assert events.state == "closed"


async def test_an_empty_id_resets_it() -> None:
    async with wire(stream("id: 1\ndata: a\n\nid\ndata: b\n\n"), NO_MORE) as served:
        events = await read(served)

    assert [e.last_event_id for e in events] == ["1", ""]
    assert told_ids(served) == [None, None]


async def test_the_id_of_an_event_that_the_end_tore_is_not_told() -> None:
    async with wire(stream("id: 1\ndata: a\n\nid: 2\ndata: b\n"), NO_MORE) as served:
        events = await read(served)

    assert [e.data for e in events] == ["a"]
    assert told_ids(served) == [None, "1"]


@pytest.mark.parametrize("how", [{"last_event_id": "9"}, {"headers": {"last-event-id": "9"}}])
async def test_it_can_begin_at_an_id(how: dict[str, Any]) -> None:
    async with wire(stream("id: 10\ndata: a\n\n"), NO_MORE) as served:
        await read(served, **how)

    assert told_ids(served) == ["9", "10"]


async def test_the_id_to_go_on_from_is_that_of_the_event_handed_out() -> None:
    async with wire(stream("id: 1\ndata: a\n\nid: 2\ndata: b\n\n"), NO_MORE) as served:
        async with source(served.url) as events:
            assert events.last_event_id == ""
            await anext(events)
            assert events.last_event_id == "1"
            await anext(events)
            assert events.last_event_id == "2"


async def test_the_id_to_go_on_from_stays_when_events_that_came_are_not_read() -> None:
    async with wire(stream("id: 1\ndata: a\n\nid: 2\ndata: b\n\n"), NO_MORE) as served:
        async with source(served.url) as events:
            await anext(events)

    assert events.last_event_id == "1"


async def test_the_server_sets_the_reconnection_time() -> None:
    async with wire(stream("retry: 40\ndata: a\n\n"), NO_MORE) as served:
        async with source(served.url, reconnection_time=3600) as events:
            await anext(events)
            before = asyncio.get_running_loop().time()
            assert await anext(events, None) is None

    assert 0.04 <= asyncio.get_running_loop().time() - before < 3600


@pytest.mark.parametrize("retry", ["1000x", "-3000", "3.5", "", "²"])
async def test_a_reconnection_time_that_is_no_number_is_ignored(retry: str) -> None:
    async with wire(stream(f"retry: {retry}\ndata: a\n\n"), NO_MORE) as served:
        assert len(await read(served)) == 1


async def test_204_ends_it() -> None:
    async with wire(stream("data: a\n\n"), NO_MORE) as served:
        async with source(served.url) as events:
            assert [e.data async for e in events] == ["a"]
            assert events.ready_state is ReadyState.CLOSED
            assert await anext(events, None) is None

    assert len(served.requests) == 2


@pytest.mark.parametrize("status", ["205 Reset", "210 Odd", "299 Odd", "404 None", "410 Gone"])
async def test_another_status_than_200_is_final(status: str) -> None:
    refusal = response(status, b"", "Content-Type: text/event-stream")
    async with wire([refusal]) as served:
        with pytest.raises(Rejected, match=f"got status {status[:3]}") as raised:
            await read(served)

    assert raised.value.gave_up is GaveUp.NOT_TRANSIENT
    assert len(served.requests) == 1


async def test_a_status_that_says_not_now_is_tried_again() -> None:
    async with wire([response("503 Busy", b"")], stream("data: a\n\n"), NO_MORE) as served:
        assert [e.data for e in await read(served)] == ["a"]


async def test_a_wait_that_the_server_asks_for_is_kept() -> None:
    refusal = response("429 Slow", b"", "Retry-After: 0.05")
    async with wire([refusal], NO_MORE) as served:
        before = asyncio.get_running_loop().time()
        await read(served)

    assert asyncio.get_running_loop().time() - before >= 0.05


async def test_a_wait_beyond_the_limit_is_not_waited_for() -> None:
    refusal = response("429 Slow", b"", "Retry-After: 301")
    async with wire([refusal]) as served:
        with pytest.raises(Rejected) as raised:
            await read(served)

    assert raised.value.gave_up is GaveUp.RETRY_AFTER_TOO_LONG


KINDS = [
    "text/x-bogus",
    "text/html",
    "text/event-streams",
    "text/event-stream-x;",
    "application/json",
]


@pytest.mark.parametrize("kind", KINDS)
async def test_another_content_type_is_final(kind: str) -> None:
    async with wire([response("200 OK", b"data: a\n\n", f"Content-Type: {kind}")]) as served:
        with pytest.raises(NotAnEventStream, match="expected a body of type text/event-stream"):
            await read(served)

    assert len(served.requests) == 1


async def test_no_content_type_is_final() -> None:
    async with wire([response("200 OK", b"data: a\n\n")]) as served:
        with pytest.raises(NotAnEventStream, match="got no type"):
            await read(served)


@pytest.mark.parametrize("kind", ["text/event-stream;", "Text/Event-Stream; charset=latin-1"])
async def test_parameters_of_the_content_type_do_not_matter(kind: str) -> None:
    body = response("200 OK", "data: é\n\n".encode(), f"Content-Type: {kind}")
    async with wire([body], NO_MORE) as served:
        assert [e.data for e in await read(served)] == ["é"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_each_time_from_the_first_url(status: int) -> None:
    redirect = response(f"{status} Elsewhere", b"", "Location: /other")
    events, more = stream("id: 1\ndata: a\n\n"), stream("data: b\n\n")
    async with wire([redirect], events, [redirect], more, NO_MORE) as served:
        assert [e.data for e in await read(served)] == ["a", "b"]

    paths = [head.split(b" ")[1] for head, _ in served.requests]
    assert paths == [b"/v1", b"/other", b"/v1", b"/other", b"/v1"]
    assert told_ids(served)[2:4] == ["1", "1"]


@pytest.mark.parametrize(("status", "method"), [(302, b"GET"), (307, b"POST"), (308, b"POST")])
async def test_a_redirect_keeps_the_body_where_fetch_does(status: int, method: bytes) -> None:
    redirect = response(f"{status} Elsewhere", b"", "Location: /other")
    async with wire([redirect], stream("data: a\n\n")) as served:
        await read(served, method="POST", json={"a": 1})

    assert served.requests[1][0].startswith(method)
    assert served.requests[1][1] == (b'{"a": 1}' if method == b"POST" else b"")


async def test_the_origin_is_that_after_redirects_and_no_key_goes_there() -> None:
    async with wire(stream("data: a\n\n"), NO_MORE) as other:
        redirect = response("302 Elsewhere", b"", f"Location: {other.url}")
        async with wire([redirect]) as served:
            (event,) = await read(served, headers={"Authorization": f"Bearer {KEY}"})

    assert event.origin == other.url.removesuffix("/v1")
    assert KEY.encode() in served.requests[0][0]
    assert KEY.encode() not in other.requests[0][0]


OPENERS = {
    "Authorization": f"Bearer {KEY}",
    "X-Api-Key": KEY,
    "api-key": KEY,
    "x-goog-api-key": KEY,
    "X-Auth-Token": KEY,
    "Cookie": f"session={KEY}",
}


async def test_nothing_that_opens_one_origin_goes_to_another() -> None:
    async with wire(stream("data: a\n\n"), NO_MORE) as other:
        redirect = response("307 Elsewhere", b"", f"Location: {other.url}")
        async with wire([redirect]) as served:
            headers = {**OPENERS, "X-Anything": "x"}
            await read(served, headers=headers, cookies={"b": KEY}, method="POST", json={"a": 1})

    first, second = served.requests[0][0], other.requests[0][0]
    assert first.count(KEY.encode()) == len(OPENERS) + 1
    assert KEY.encode() not in second
    assert b"X-Anything: x\r\n" in second
    assert b"X-Api-Key" not in second


async def test_nothing_that_a_session_sends_everywhere_goes_to_another_origin() -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    async with wire(stream("data: a\n\n"), NO_MORE) as other:
        redirect = response("302 Elsewhere", b"", f"Location: {other.url}")
        async with (
            wire([redirect]) as served,
            aiohttp.ClientSession(headers=OPENERS, cookies={"c": KEY}, cookie_jar=jar) as session,
        ):
            await read(served, session=session)

    assert KEY.encode() in served.requests[0][0]
    assert KEY.encode() not in other.requests[0][0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of BasicAuth, which is still in use
async def test_the_auth_of_a_session_goes_to_no_other_origin() -> None:
    async with wire(stream("data: a\n\n"), NO_MORE) as other:
        redirect = response("302 Elsewhere", b"", f"Location: {other.url}")
        auth = aiohttp.BasicAuth("user", KEY)
        async with wire([redirect]) as served, aiohttp.ClientSession(auth=auth) as session:
            await read(served, session=session)

    assert b"Authorization: Basic" in served.requests[0][0]
    assert b"Authorization" not in other.requests[0][0]


async def test_a_user_that_a_redirect_names_is_told_where_it_leads() -> None:
    async with wire(stream("data: a\n\n"), NO_MORE) as other:
        named = other.url.replace("//", "//user:pw@")
        async with wire([response("302 Elsewhere", b"", f"Location: {named}")]) as served:
            await read(served, headers={"Authorization": f"Bearer {KEY}"})

    assert b"Authorization: Basic dXNlcjpwdw==" in other.requests[0][0]


async def test_a_cookie_of_the_other_origin_goes_there() -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    async with wire(stream("data: a\n\n"), NO_MORE) as other:
        jar.update_cookies({"its": "own"}, URL(other.url))
        redirect = response("302 Elsewhere", b"", f"Location: {other.url}")
        async with wire([redirect]) as served, aiohttp.ClientSession(cookie_jar=jar) as session:
            await read(served, session=session, headers={"Cookie": "mine=1"})

    assert b"\r\nCookie: its=own\r\n" in other.requests[0][0]


async def test_what_was_left_behind_is_not_sent_again_on_the_way_back() -> None:
    async with wire() as other:
        there = response("302 Elsewhere", b"", f"Location: {other.url}")
        async with wire([there], stream("data: a\n\n"), NO_MORE) as served:
            other.play([response("302 Elsewhere", b"", f"Location: {served.url}")])
            await read(served, headers=OPENERS)

    assert KEY.encode() not in served.requests[1][0]


async def test_what_opens_an_origin_goes_along_within_it() -> None:
    redirect = response("302 Elsewhere", b"", "Location: /other")
    async with wire([redirect], stream("data: a\n\n"), NO_MORE) as served:
        await read(served, headers=OPENERS)

    assert served.requests[1][0].count(KEY.encode()) == len(OPENERS)


async def test_the_middlewares_of_a_session_see_each_request() -> None:
    seen: list[str] = []

    async def middleware(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        seen.append(request.url.path)
        return await handler(request)

    redirect = response("302 Elsewhere", b"", "Location: /other")
    async with (
        wire([redirect], stream("data: a\n\n"), NO_MORE) as served,
        aiohttp.ClientSession(middlewares=(middleware,)) as session,
    ):
        await read(served, session=session)

    assert seen == ["/v1", "/other", "/v1"]


async def test_a_circle_of_redirects_is_left() -> None:
    async with wire([response("302 Elsewhere", b"", "Location: /v1")]) as served:
        with pytest.raises(Malformed, match="expected at most 20 redirects, got 'one more'"):
            await read(served)

    assert len(served.requests) == 21


@pytest.mark.parametrize("place", ["ftp://h/x", "http://"])
async def test_a_redirect_to_nowhere_is_final(place: str) -> None:
    async with wire([response("302 Elsewhere", b"", f"Location: {place}")]) as served:
        with pytest.raises(Malformed, match="expected a redirect to an http or https URL"):
            await read(served)

    assert len(served.requests) == 1


async def test_a_connection_that_fails_is_tried_as_often_as_allowed() -> None:
    async with wire(NO_MORE) as served:
        pass
    errors: list[str] = []

    with pytest.raises(ConnectFailed) as raised:
        await read(served, max_connect_retry=2, on_error=lambda: errors.append("error"))

    assert raised.value.gave_up is GaveUp.ATTEMPTS_SPENT
    assert len(errors) == 3


async def test_what_fails_after_a_connection_counts_anew() -> None:
    busy = [response("503 Busy", b"")]
    scripts = [busy, stream(": hello\n\n"), busy, stream("data: a\n\n"), busy, NO_MORE]
    async with wire(*scripts) as served:
        assert len(await read(served, max_connect_retry=1)) == 1


async def test_a_line_of_any_length_is_read() -> None:
    data = "x" * 3_000_000
    async with wire(stream(f"data: {data}\n\n"), NO_MORE) as served:
        (event,) = await read(served)

    assert event.data == data


async def test_an_event_beyond_the_limit_is_final_and_what_came_before_is_delivered() -> None:
    async with wire(stream("data: a\n\ndata: " + "x" * 200)) as served:
        async with source(served.url, max_event_bytes=100) as events:
            assert (await anext(events)).data == "a"
            with pytest.raises(EventTooLarge):
                await anext(events)

    assert len(served.requests) == 1
    assert await served.idle() == 0


async def test_silence_is_a_break() -> None:
    held: list[Step] = [OK, http_chunk(b"id: 1\ndata: a\n\n"), Act.HOLD]
    async with wire(held, NO_MORE) as served:
        assert [e.data for e in await read(served, idle=0.05)] == ["a"]
        assert await served.idle() == 0

    assert told_ids(served) == [None, "1"]


async def test_comments_end_a_silence() -> None:
    beats: list[Step] = [step for _ in range(6) for step in (0.04, http_chunk(b":\n"))]
    async with wire([OK, *beats, http_chunk(b"data: a\n\n"), END], NO_MORE) as served:
        assert [e.data for e in await read(served, idle=0.15)] == ["a"]

    assert len(served.requests) == 2


async def test_comments_do_not_end_a_silence_where_the_caller_says_so() -> None:
    beats: list[Step] = [step for _ in range(100) for step in (0.02, http_chunk(b":\n\n"))]
    async with wire([OK, *beats, Act.HOLD]) as served:
        async with source(
            served.url, method="POST", reconnect=False, idle=0.1, comments_count=False
        ) as events:
            with pytest.raises(Stalled, match=r"^no event for 0\.1 s after 0 events"):
                await anext(events)


async def test_headers_that_do_not_come_are_a_silence() -> None:
    async with wire([Act.HOLD]) as served:
        with pytest.raises(Stalled, match=r"^no event and no comment for 0\.05 s after 0 events"):
            await read(served, idle=0.05, max_connect_retry=1)

    assert len(served.requests) == 2


@pytest.mark.parametrize(
    "fault", [Stalled(1, 2, what="no event"), DeadlineExceeded(1, what="it had not ended")]
)
def test_what_did_not_come_is_told_by_a_copy_too(fault: StreamFault) -> None:
    assert str(pickle.loads(pickle.dumps(fault))) == str(fault)  # noqa: S301  # our own bytes


async def test_the_total_limit_holds_while_it_is_open() -> None:
    async with wire([OK, http_chunk(b"data: a\n\n"), Act.HOLD]) as served:
        async with source(served.url, total=0.1) as events:
            await anext(events)
            with pytest.raises(DeadlineExceeded, match=r"had not ended within 0\.1 s") as raised:
                await anext(events)
            assert events.state == "closed"

    assert raised.value.gave_up is GaveUp.NO_TIME_LEFT


async def test_the_total_limit_holds_while_it_waits() -> None:
    async with wire(stream("data: a\n\n")) as served:
        with pytest.raises(DeadlineExceeded):
            await read(served, total=5, reconnection_time=6)

    assert len(served.requests) == 1


async def test_callbacks_tell_what_the_states_are() -> None:
    seen: list[tuple[str, ReadyState]] = []
    async with wire(stream("data: a\n\n"), NO_MORE) as served:
        events = source(
            served.url,
            on_open=lambda: seen.append(("open", events.ready_state)),
            on_message=lambda event: seen.append((event.data, events.ready_state)),
            on_error=lambda: seen.append(("error", events.ready_state)),
        )
        assert events.ready_state == 0
        async with events:
            assert [e.data async for e in events] == ["a"]

    assert seen == [
        ("open", ReadyState.OPEN),
        ("a", ReadyState.OPEN),
        ("error", ReadyState.CONNECTING),
        ("error", ReadyState.CLOSED),
    ]


async def closed_while(served: Any, events: EventSource) -> MessageEvent | None:
    """Close the source while another task waits for an event, and return what that one gets."""
    waiting = asyncio.ensure_future(anext(events, None))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(1):
        await events.close()
        return await waiting


@pytest.mark.parametrize(
    "script",
    [
        [stream("data: a\n\n")[0], http_chunk(b"data: a\n\n"), Act.HOLD],
        stream("data: a\n\n"),
    ],
    ids=["reading", "waiting to connect again"],
)
async def test_close_ends_it_at_once(script: Iterable[Step]) -> None:
    async with wire(script, [Act.HOLD]) as served:
        events = source(served.url, reconnection_time=3600)
        async with events:
            await anext(events)
            assert await closed_while(served, events) is None
            assert events.state == "closed"
        assert await served.idle() == 0


async def test_close_ends_it_while_it_connects_again() -> None:
    async with wire(stream("data: a\n\n"), [Act.HOLD]) as served:
        async with source(served.url) as events:
            await anext(events)
            assert await closed_while(served, events) is None
        assert await served.idle() == 0

    assert len(served.requests) == 2


async def test_leaving_early_closes_the_connection() -> None:
    async with wire([OK, http_chunk(b"data: a\n\n" * 3), Act.HOLD]) as served:
        async with source(served.url) as events:
            await anext(events)
        assert await served.idle() == 0
        assert await anext(events, None) is None


async def test_a_wait_that_is_cancelled_loses_no_event() -> None:
    chunks: list[Step] = []
    for n in range(20):
        chunks += [0.013, http_chunk(f"data: {n}".encode()), 0.007, http_chunk(b"\n\n")]
    got: list[str] = []
    async with wire([OK, *chunks, END], NO_MORE) as served:
        async with source(served.url) as events:
            while events.state != "closed":
                try:
                    async with asyncio.timeout(0.005):
                        got.append((await anext(events)).data)
                except TimeoutError:
                    pass
                except StopAsyncIteration:
                    break

    assert got == [str(n) for n in range(20)]


async def test_cancelling_it_while_it_connects_leaves_nothing() -> None:
    async with wire([Act.HOLD]) as served:
        task = asyncio.ensure_future(read(served))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await served.idle() == 0


async def test_a_session_of_the_caller_stays_open_and_its_headers_are_sent() -> None:
    async with aiohttp.ClientSession(headers={"X-From": "me"}, raise_for_status=True) as session:
        async with wire(NO_MORE) as served:
            await read(served, session=session)
            await read(served, session=session)
        assert not session.closed

    assert b"X-From: me" in served.requests[1][0]


async def test_a_session_that_was_closed_is_told() -> None:
    async with wire(NO_MORE) as served:
        session = aiohttp.ClientSession()
        await session.close()
        with pytest.raises(Disconnected, match="the session was closed"):
            await read(served, session=session)


POST: dict[str, Any] = {"method": "POST", "json": {"model": "m"}}


async def test_a_post_that_ends_cleanly_is_not_sent_again() -> None:
    async with wire(stream("id: 1\nretry: 0\ndata: a\n\n")) as served:
        assert [e.data for e in await read(served, **POST)] == ["a"]

    assert len(served.requests) == 1


async def test_a_post_is_not_sent_again_after_done() -> None:
    cut = stream("id: 1\nretry: 0\ndata: a\n\ndata: [DONE]\n\n", end=False)
    async with wire(cut) as served:
        assert [e.data for e in await read(served, **POST)] == ["a", "[DONE]"]

    assert len(served.requests) == 1


@pytest.mark.parametrize("event", ["data: a\n\n", "id: 1\ndata: a\n\n", "retry: 0\ndata: a\n\n"])
async def test_a_post_is_not_sent_again_once_an_event_came(event: str) -> None:
    async with wire(stream(event, end=False)) as served:
        async with source(served.url, **POST) as events:
            assert (await anext(events)).data == "a"
            with pytest.raises(Disconnected) as raised:
                await anext(events)

    assert raised.value.gave_up is GaveUp.NOT_RESUMABLE
    assert len(served.requests) == 1


async def test_a_post_goes_on_where_the_server_offered_it() -> None:
    cut = stream("id: 1\nretry: 0\ndata: a\n\n", end=False)
    async with wire(cut, stream("id: 2\ndata: b\n\n")) as served:
        assert [e.data for e in await read(served, **POST)] == ["a", "b"]

    assert told_ids(served) == [None, "1"]
    assert [body for _, body in served.requests] == [b'{"model": "m"}'] * 2


async def test_a_post_that_begins_anew_instead_of_going_on_is_refused() -> None:
    cut = stream("id: 1\nretry: 0\ndata: a\n\nid: 2\ndata: b\n\n", end=False)
    async with wire(cut, stream("id: 1\ndata: a\n\nid: 2\ndata: b\n\n")) as served:
        async with source(served.url, **POST) as events:
            got = [(await anext(events)).data, (await anext(events)).data]
            with pytest.raises(SpliceMismatch, match="after the event with id '2'") as raised:
                await anext(events)

    assert got == ["a", "b"]
    assert raised.value.gave_up is GaveUp.CONTINUATION_REFUSED


async def test_a_post_of_which_nothing_came_is_tried_again_within_limits() -> None:
    async with wire(stream(": hello\n\n", end=False)) as served:
        with pytest.raises(Disconnected) as raised:
            await read(served, max_connect_retry=2, **POST)

    assert raised.value.gave_up is GaveUp.ATTEMPTS_SPENT
    assert len(served.requests) == 3


async def test_a_post_is_a_feed_where_the_caller_says_so() -> None:
    async with wire(stream("data: a\n\n"), stream("data: b\n\n"), NO_MORE) as served:
        assert [e.data for e in await read(served, reconnect=True, **POST)] == ["a", "b"]


async def test_a_body_that_is_used_up_is_not_sent_again() -> None:
    async def body() -> Any:
        yield b"x"

    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    async with wire([busy, Act.CLOSE]) as served:
        with pytest.raises(StreamFault) as raised:
            await read(served, method="POST", data=body(), max_connect_retry=0)

    assert raised.value.gave_up is GaveUp.NOT_RESUMABLE


async def test_a_get_of_one_answer_is_not_sent_again_where_the_caller_says_so() -> None:
    async with wire(stream("data: a\n\n")) as served:
        assert len(await read(served, reconnect=False)) == 1

    assert len(served.requests) == 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # aiohttp 3.14 wants no `auth`
async def test_keys_are_taken_out_of_what_the_server_says() -> None:
    echo = response("401 No", f'{{"error": {{"message": "bad key {KEY}"}}}}'.encode())
    async with wire([echo]) as served:
        for settings in (
            {"headers": {"Authorization": f"Bearer {KEY}"}},
            {"params": {"api_key": KEY}},
            {"auth": aiohttp.BasicAuth("me", KEY)},
        ):
            with pytest.raises(Rejected, match=r"bad key \[key\]") as raised:
                await read(served, **settings)
            assert KEY not in repr(vars(raised.value))


async def test_no_key_is_in_the_words_of_a_connection_that_fails() -> None:
    with pytest.raises(ConnectFailed) as raised:
        await read(
            type("Served", (), {"url": f"http://me:{KEY}@127.0.0.1:1/?key={KEY}"}),
            max_connect_retry=0,
        )

    assert "127.0.0.1:1" in str(raised.value)
    assert KEY not in str(raised.value) + repr(raised.value)


async def test_iterating_without_entering_is_told() -> None:
    with pytest.raises(SteadyStreamError, match="expected `async with` around the event source"):
        await anext(EventSource("http://h/"))


async def test_a_second_reader_is_told() -> None:
    async with wire([OK, Act.HOLD]) as served:
        async with source(served.url) as events:
            first = asyncio.ensure_future(anext(events, None))
            await asyncio.sleep(0.01)
            with pytest.raises(SteadyStreamError, match="one reader of the event source at a time"):
                await anext(events)
            await events.close()
            assert await first is None


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"url": "h/x"}, "url must be like https://host/events, got 'h/x'"),
        ({"url": f"h/x?key={KEY}"}, "got 'h/x'"),
        ({"url": f"ftp://me:{KEY}@h/"}, "got one with a user and a password"),
        ({"option": {"methods": "POST"}}, "option must be like"),
        ({"method": "PO ST"}, "method must be the name of an HTTP method, got 'PO ST'"),
        ({"reconnection_time": -1}, "reconnection_time must be zero or more seconds"),
        ({"reconnection_time": None}, "got None"),
        ({"max_connect_retry": -1}, "max_connect_retry must be an integer from 0 or None"),
        ({"idle": 0}, "idle must be a positive number of seconds"),
        ({"total": "1"}, "total must be"),
        ({"max_event_bytes": 0}, "max_event_bytes must be a positive number of bytes"),
        ({"backoff": 1}, "backoff must be a Backoff or None"),
        ({"reconnect": "yes"}, "reconnect must be True, False or None"),
        ({"last_event_id": "a\nb"}, "last_event_id must be a text on one line"),
        ({"reconnect": True, "data": iter([])}, "data must be bytes, text or plain fields"),
    ],
)
def test_a_setting_that_cannot_work_is_told(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequest, match=re.escape(said)) as raised:
        EventSource(**{"url": "http://h/"} | settings)

    assert KEY not in str(raised.value)


async def test_it_is_called_as_aiohttp_sse_client_is() -> None:
    async with wire(stream("data: a\n\n")) as served:
        async with EventSource(
            served.url,
            option={"method": "POST"},
            reconnection_time=timedelta(seconds=1),
            max_connect_retry=3,
            json={"a": 1},
        ) as events:
            got = [event.data async for event in events]
            assert str(events.url) == served.url

    assert got == ["a"]
