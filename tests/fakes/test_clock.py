from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import openai
import pytest
from aiohttp import web

from fake_openai import (
    Clock,
    CommentFlood,
    Cut,
    FakeOpenAI,
    FakeOpenAIThread,
    Latency,
    Limits,
    ManualClock,
    NoHeaders,
    RefuseConnection,
    Reset,
    Stall,
    Uniform,
    VirtualClock,
)
from fake_openai.clocks.leap import Leap
from support.waiting import until

HOUR = 3600.0
KEY = {"Authorization": "Bearer any"}
BODY = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}


async def _ask(fake: FakeOpenAI, session: aiohttp.ClientSession) -> bytes:
    url = fake.base_url + "/chat/completions"
    async with session.post(url, json=BODY, headers=KEY) as response:
        return await response.read()


def _session(seconds: float | None = None) -> aiohttp.ClientSession:
    """A client that gives up when nothing came for `seconds`."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_read=seconds))


async def test_an_hour_of_stall_passes_and_the_answer_goes_on() -> None:
    async with FakeOpenAI(clock=VirtualClock()) as fake, _session() as session:
        fake.fail(Stall(after=2, seconds=HOUR))
        began = asyncio.get_running_loop().time()

        stream = await _ask(fake, session)

        assert stream.endswith(b"data: [DONE]\n\n")
        assert asyncio.get_running_loop().time() - began == pytest.approx(HOUR)


async def test_a_client_gives_up_in_a_stall_after_the_time_it_allows() -> None:
    async with FakeOpenAI(clock=VirtualClock()) as fake, _session(30) as session:
        fake.fail(Stall(after=2, seconds=HOUR))
        began = asyncio.get_running_loop().time()

        with pytest.raises(aiohttp.SocketTimeoutError):
            await _ask(fake, session)

        assert asyncio.get_running_loop().time() - began == pytest.approx(30, abs=1)


async def test_a_client_bears_a_stall_that_is_shorter_than_the_time_it_allows() -> None:
    async with FakeOpenAI(clock=VirtualClock()) as fake, _session(30) as session:
        fake.fail(Stall(after=2, seconds=29))

        assert (await _ask(fake, session)).endswith(b"data: [DONE]\n\n")


async def test_an_endless_stall_ends_with_the_clients_patience() -> None:
    async with FakeOpenAI(clock=VirtualClock()) as fake, _session(HOUR) as session:
        fake.fail(Stall(after=2))

        with pytest.raises(aiohttp.SocketTimeoutError):
            await _ask(fake, session)

        assert await fake.quiet() == 0
        assert fake.requests[0].ended == "client left"


async def test_the_openai_client_waits_out_slow_answers_in_virtual_time() -> None:
    latency = Latency(first_token=120, between=2)
    async with FakeOpenAI(clock=VirtualClock(), latency=latency) as fake:
        fake.reply("One two three four.")
        async with openai.AsyncOpenAI(base_url=fake.base_url, api_key="any") as client:
            answer = await client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "Hi"}], stream=True
            )
            text = "".join([chunk.choices[0].delta.content or "" async for chunk in answer])

        assert text == "One two three four."


async def test_the_openai_client_times_out_and_tries_again_in_virtual_time() -> None:
    async with FakeOpenAI(clock=VirtualClock()) as fake:
        fake.reply("Late.")
        fake.fail(NoHeaders(seconds=HOUR), times=2)
        async with openai.AsyncOpenAI(
            base_url=fake.base_url, api_key="any", timeout=600, max_retries=2
        ) as client:
            answer = await client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "Hi"}]
            )

        assert answer.choices[0].message.content == "Late."
        assert [received.ended for received in fake.requests] == ["client left"] * 2 + ["whole"]


async def test_a_server_that_is_down_comes_back_in_virtual_time() -> None:
    async with FakeOpenAI(clock=VirtualClock()) as fake, _session() as session:
        fake.fail(RefuseConnection(seconds=HOUR))
        with pytest.raises(aiohttp.ClientError):
            await _ask(fake, session)
        with pytest.raises(aiohttp.ClientConnectorError):
            await _ask(fake, session)

        await asyncio.sleep(HOUR + 1)

        assert (await _ask(fake, session)).endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("fault", [Cut(after=2), Reset(after=2)])
async def test_what_takes_no_time_takes_no_virtual_time_either(fault: Any) -> None:
    clock = VirtualClock()
    async with FakeOpenAI(clock=clock) as fake, _session(0.001) as session:
        fake.fail(fault)

        with pytest.raises(aiohttp.ClientError) as raised:
            await _ask(fake, session)

        assert not isinstance(raised.value, TimeoutError)
        assert clock.now() == 0


async def test_virtual_waits_are_exact() -> None:
    clock = VirtualClock()
    latency = Latency(first_token=0.25, between=0.125)
    async with FakeOpenAI(clock=clock, latency=latency) as fake, _session() as session:
        fake.reply("a b c d")

        await _ask(fake, session)

        events = fake.requests[0].chunks_sent
        assert clock.now() == pytest.approx(0.25 + 0.125 * (events - 1), abs=1e-6)


async def test_the_order_of_timers_due_is_kept_whatever_is_set_first() -> None:
    happened: list[str] = []

    async def later(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        happened.append(name)

    with VirtualClock() as clock:
        await asyncio.gather(later("c", HOUR), later("a", 1), later("b", 60), later("d", 3601))

    assert happened == ["a", "b", "c", "d"]
    assert clock.now() == pytest.approx(3601)


async def test_time_never_goes_back_when_the_leaping_ends() -> None:
    loop = asyncio.get_running_loop()
    with VirtualClock():
        await asyncio.sleep(HOUR)
        inside = loop.time()

    assert loop.time() >= inside


async def test_time_runs_as_the_real_one_again_when_the_leaping_ended() -> None:
    with VirtualClock():
        await asyncio.sleep(HOUR)

    began = time.monotonic()
    await asyncio.sleep(0.02)

    assert time.monotonic() - began > 0.015


async def test_while_a_thread_works_for_the_loop_time_does_not_leap() -> None:
    with VirtualClock():
        async with asyncio.timeout(HOUR):
            await asyncio.to_thread(time.sleep, 0.02)


async def test_one_clock_may_serve_two_servers() -> None:
    clock = VirtualClock()
    latency = Latency(first_token=60)
    async with FakeOpenAI(clock=clock, latency=latency) as one:
        async with FakeOpenAI(clock=clock, latency=latency) as two, _session() as session:
            await asyncio.gather(_ask(one, session), _ask(two, session))

            assert clock.now() == pytest.approx(60)
        async with _session() as session:
            await _ask(one, session)

    assert clock.now() >= 120


def test_virtual_time_needs_no_plugin() -> None:
    async def stalled() -> float:
        async with FakeOpenAI(clock=VirtualClock()) as fake, _session() as session:
            fake.fail(Stall(after=2, seconds=HOUR))
            await _ask(fake, session)
            return fake.requests[0].ended_at or 0.0

    assert asyncio.run(stalled()) == pytest.approx(HOUR)


async def test_virtual_time_is_that_of_an_application_under_test_too(aiohttp_client: Any) -> None:
    async def handle(request: web.Request) -> web.Response:
        async with _session(30) as session:
            try:
                return web.Response(body=await _ask(fake, session))
            except aiohttp.SocketTimeoutError:
                return web.Response(status=504)

    app = web.Application()
    app.router.add_get("/", handle)
    async with FakeOpenAI(clock=VirtualClock()) as fake:
        fake.fail(Stall(after=2, seconds=HOUR), times=1)
        client = await aiohttp_client(app)

        slow, quick = await client.get("/"), await client.get("/")

        assert (slow.status, quick.status) == (504, 200)


@pytest.mark.slow
async def test_a_hundred_streams_at_once_keep_their_times() -> None:
    latency = Latency(first_token=Uniform(1, 60), between=Uniform(0.5, 2))
    async with FakeOpenAI(clock=VirtualClock(), latency=latency) as fake, _session(61) as session:
        fake.reply("one two three four five six")

        streams = await asyncio.gather(*(_ask(fake, session) for _ in range(100)))

        assert all(stream.endswith(b"data: [DONE]\n\n") for stream in streams)
        took = [(received.ended_at or 0) - received.time for received in fake.requests]
        assert 3 < min(took) < max(took) < 60 + 2 * 10


def test_a_virtual_clock_needs_a_running_loop() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        VirtualClock().start()


def test_a_loop_whose_time_cannot_be_replaced_is_refused_by_name() -> None:
    class Loop(asyncio.BaseEventLoop):
        pass

    loop = Loop()
    with contextlib.closing(loop):
        with pytest.raises(RuntimeError, match=r"needs asyncio's own event loop, got .*Loop"):
            Leap.of(loop)


async def test_bytes_that_the_kernel_still_carries_are_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A kernel that is busy delivers late: not at the first look, but with what came after it."""
    loop: Any = asyncio.get_running_loop()
    real = loop._selector.select
    hidden = False

    def late(timeout: float | None) -> Any:
        nonlocal hidden
        ready = real(timeout)
        hidden = not hidden and bool(ready)
        return [] if hidden else ready

    monkeypatch.setattr(loop._selector, "select", late)
    here, there = socket.socketpair()
    here.setblocking(False)
    there.setblocking(False)
    with here, there, VirtualClock() as clock:
        for _ in range(100):
            await loop.sock_sendall(here, b"x")
            async with asyncio.timeout(HOUR):
                assert await loop.sock_recv(there, 1) == b"x"

        assert clock.now() == 0


@contextlib.asynccontextmanager
async def _connected() -> AsyncIterator[tuple[Any, Any, Any, Any]]:
    """Return reader and writer of a client and of its server, which have exchanged a byte."""
    met: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(lambda *ends: met.set_result(ends), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"a")
        other_reader, other_writer = await met
        other_writer.write(await other_reader.read(1))
        await reader.read(1)
        yield reader, writer, other_reader, other_writer
        for end in (writer, other_writer):
            end.close()
            await end.wait_closed()


async def test_what_the_kernel_has_to_send_once_more_is_waited_for_in_real_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with VirtualClock() as clock:
        async with _connected() as (reader, _, _, other_writer):
            monkeypatch.setattr("fake_openai.clocks.in_flight._unacknowledged", lambda _fd: 1)
            late = other_writer.get_extra_info("socket").fileno()
            timer = threading.Timer(0.02, os.write, (late, b"b"))
            timer.start()
            async with asyncio.timeout(HOUR):
                assert await reader.read(1) == b"b"
            timer.join()

            assert clock.now() == 0


async def test_a_client_that_does_not_read_costs_no_real_time() -> None:
    with VirtualClock():
        async with _connected() as (reader, _, _, other_writer):
            leap: Any = Leap.of(asyncio.get_running_loop())
            looked: list[float] = []
            poll = leap._in_flight._poll
            leap._in_flight._poll = lambda timeout: looked.append(timeout) or poll(timeout)
            other_writer.write(bytes(20_000_000))
            for _ in range(50):
                await asyncio.sleep(1)
            read = len(await reader.readexactly(20_000_000))

    assert read == 20_000_000
    assert [timeout for timeout in looked if timeout] == []


_WAITS = (0.0, 1.0, 29.999, 30.001, HOUR)
_PATIENCE = 30.0


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    wait, size = (await reader.readline()).split()
    await asyncio.sleep(float(wait))
    writer.write(b"." * int(size))
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def _outcome(connect: Callable[[], Awaitable[Any]], wait: float, size: int) -> str:
    reader, writer = await connect()
    writer.write(b"%f %d\n" % (wait, size))
    got = 0
    try:
        async with asyncio.timeout(_PATIENCE):
            got += len(await reader.read(1))
        # What is on its way is there at once: not a microsecond may pass for it.
        async with asyncio.timeout(1e-6):
            got += len(await reader.read(-1))
    except TimeoutError:
        return "gave up" if got == 0 else f"waited in the body after {got} of {size}"
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    return "answered" if got == size else f"lost {size - got} of {size}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_no_byte_on_its_way_is_ever_overtaken_by_time(seed: int) -> None:
    rng = random.Random(seed)
    with VirtualClock():
        server = await asyncio.start_server(_serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            for _ in range(60):
                waits = rng.choices(_WAITS, k=rng.choice((1, 2, 8)))
                outcomes = await asyncio.gather(
                    *(
                        _outcome(
                            lambda: asyncio.open_connection("127.0.0.1", port),
                            wait,
                            rng.choice((1, 100, 100_000, 2_000_000)),
                        )
                        for wait in waits
                    )
                )

                due = ["answered" if wait < _PATIENCE else "gave up" for wait in waits]
                assert outcomes == due
            await asyncio.sleep(HOUR)  # the last of the server's tasks end


async def test_the_default_clock_tells_the_seconds_since_the_start() -> None:
    clock = Clock()
    assert clock.now() == 0
    async with FakeOpenAI(clock=clock):
        await asyncio.sleep(0.01)

        assert 0.01 <= clock.now() < 60


async def test_real_time_cannot_be_advanced() -> None:
    async with FakeOpenAI() as fake:
        with pytest.raises(RuntimeError, match=r"cannot advance real time.*clock=ManualClock"):
            await fake.advance(1)


def _post(fake: FakeOpenAIThread) -> list[str]:
    with openai.OpenAI(base_url=fake.base_url, api_key="any", max_retries=0) as client:
        stream = client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "Hi"}], stream=True
        )
        return [chunk.choices[0].delta.content or "" for chunk in stream]


def test_a_stall_in_a_thread_ends_when_time_is_advanced_by_hand() -> None:
    with FakeOpenAIThread(clock=ManualClock()) as fake, ThreadPoolExecutor(1) as pool:
        fake.reply("One two.")
        fake.fail(Stall(after=2, seconds=HOUR))
        asked = pool.submit(_post, fake)

        fake.advance(HOUR - 1, waits=1)
        assert not asked.done()
        assert fake.requests[0].ended == ""
        fake.advance(1)

        assert "".join(asked.result(10)) == "One two."


def test_one_advance_carries_a_stream_through_all_its_waits() -> None:
    latency = Latency(first_token=10, between=1)
    with FakeOpenAIThread(clock=ManualClock(), latency=latency) as fake:
        with ThreadPoolExecutor(1) as pool:
            fake.reply("a b c d e f g h")
            asked = pool.submit(_post, fake)

            fake.advance(12.5, waits=1)
            sent = fake.requests[0].chunks_sent
            fake.advance(HOUR)

            assert sent == 3  # at 10, 11 and 12 s
            assert "".join(asked.result(10)) == "a b c d e f g h"


def test_two_streams_are_carried_in_the_order_of_their_times() -> None:
    seen: list[tuple[float, str]] = []
    clock = ManualClock()
    with FakeOpenAIThread(clock=clock) as fake:

        async def wait(name: str, every: float) -> None:
            for _ in range(3):
                await clock.sleep(every)
                seen.append((clock.now(), name))

        async def both() -> None:
            waits = asyncio.gather(wait("a", 2), wait("b", 3))
            await clock.advance(9, waits=2)
            await waits

        fake._run(both())

    assert seen == [(2, "a"), (3, "b"), (4, "a"), (6, "b"), (6, "a"), (9, "b")]


def test_time_that_nobody_advances_stands_still() -> None:
    clock = ManualClock()
    with FakeOpenAIThread(clock=clock, latency=Latency(first_token=0.001)) as fake:
        with pytest.raises(openai.APITimeoutError):
            with openai.OpenAI(
                base_url=fake.base_url, api_key="any", max_retries=0, timeout=0.1
            ) as client:
                client.chat.completions.create(
                    model="m", messages=[{"role": "user", "content": "Hi"}]
                )

        assert clock.now() == 0


def test_an_advance_that_waits_for_requests_says_when_none_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fake_openai.clocks.manual_clock._PATIENCE", 0.05)
    with FakeOpenAIThread(clock=ManualClock()) as fake:
        with pytest.raises(TimeoutError, match=r"expected 2 waits of the fake.*, got 0 after"):
            fake.advance(1, waits=2)


def test_a_server_that_is_down_comes_back_when_time_is_advanced() -> None:
    with FakeOpenAIThread(clock=ManualClock()) as fake:
        fake.fail(RefuseConnection(seconds=HOUR))
        with pytest.raises(openai.APIConnectionError):
            _post(fake)
        with pytest.raises(openai.APIConnectionError):
            _post(fake)

        fake.advance(HOUR)

        until(lambda: _answers(fake))


def _answers(fake: FakeOpenAIThread) -> bool:
    try:
        return bool(_post(fake))
    except openai.APIConnectionError:
        return False


async def test_time_is_moved_by_hand_in_the_loop_of_the_client_too() -> None:
    async with FakeOpenAI(clock=ManualClock(), latency=Latency(first_token=60)) as fake:
        async with _session() as session:
            asked = asyncio.create_task(_ask(fake, session))

            await fake.advance(59, waits=1)
            assert not asked.done()
            await fake.advance(1)

            async with asyncio.timeout(10):
                assert (await asked).endswith(b"data: [DONE]\n\n")


async def test_time_moved_by_hand_does_not_wait_for_a_client_that_reads_nothing() -> None:
    clock = ManualClock()
    async with FakeOpenAI(clock=clock) as fake:
        fake.fail(CommentFlood(200_000))
        async with _session() as session:
            url = fake.base_url + "/chat/completions"
            async with session.post(url, json=BODY, headers=KEY) as response:
                await clock.advance(HOUR)
                assert response.status == 200

    assert clock.now() == HOUR


def test_a_used_up_limit_is_there_again_when_time_is_advanced() -> None:
    with FakeOpenAIThread(clock=ManualClock(), limits=Limits(requests_per_minute=1)) as fake:
        _post(fake)
        with pytest.raises(openai.RateLimitError):
            _post(fake)

        fake.advance(60)

        _post(fake)


async def test_keep_alive_comments_come_as_time_is_advanced() -> None:
    clock = ManualClock()
    async with FakeOpenAI(clock=clock) as fake, _session() as session:
        fake.fail(Stall(after=1, seconds=60, comments=True, every=1))
        asked = asyncio.create_task(_ask(fake, session))

        await clock.advance(30.5, waits=1)
        sent = fake.requests[0].bytes_sent
        await clock.advance(0.5)

        assert fake.requests[0].bytes_sent > sent
        await clock.advance(HOUR)
        async with asyncio.timeout(10):
            await asked


def test_a_thread_takes_no_virtual_clock() -> None:
    with pytest.raises(ValueError, match=r"loop of its own: expected ManualClock\(\)"):
        FakeOpenAIThread(clock=VirtualClock())


def test_what_is_no_clock_is_refused() -> None:
    with pytest.raises(TypeError, match="clock must be a Clock or None, got 'virtual'"):
        FakeOpenAI(clock="virtual")  # type: ignore[arg-type]
