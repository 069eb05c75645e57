"""The client for callers without an event loop. The server lives in a thread of its own."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import pytest

from fake_openai import Cut, FakeOpenAIThread, NoHeaders, Reset, Stall, Status
from steadystream import (
    Answer,
    Backoff,
    InvalidRequest,
    Rejected,
    Retries,
    SteadyClient,
    SteadyStreamError,
    StreamFault,
    SyncAnswer,
    SyncSteadyClient,
    Verdict,
)
from steadystream.aio.loop_thread import LoopThread
from steadystream.errors import Disconnected
from steadystream.events import Finished, Message
from support.waiting import until

KEY = "sk-a-key-nobody-may-see"
MESSAGES = [{"role": "user", "content": "Tell me."}]
ASKED: dict[str, Any] = {"model": "m", "messages": MESSAGES}
TEXT = "One two three four five 🌊 six seven eight nine ten."
QUICK = Retries(attempts=3, backoff=Backoff(base=0.001, cap=0.001))


@pytest.fixture
def fake() -> Iterator[FakeOpenAIThread]:
    with FakeOpenAIThread("vllm") as server:
        server.reply(TEXT)
        yield server


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "steadystream"]


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    assert threads() == []
    yield
    gc.collect()
    assert threads() == []


def client(fake: FakeOpenAIThread, dialect: str = "vllm", **settings: Any) -> SyncSteadyClient:
    given: dict[str, Any] = {"api_key": KEY, "dialect": dialect, "retries": QUICK}
    return SteadyClient(fake.base_url, **given | settings).sync()


def test_the_text_arrives_whole_over_two_cuts(fake: FakeOpenAIThread) -> None:
    fake.fail(Cut(after=4), Reset(after=3))

    with client(fake) as steady, steady.stream(**ASKED) as answer:
        text = "".join(answer.text())

    assert text == TEXT
    assert answer.verdict is Verdict.COMPLETE
    assert (answer.attempt_count, len(answer.seams)) == (3, 2)
    assert answer.transcript.text == TEXT
    assert answer.usage.completion_tokens > 0
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_its_events_are_those_of_the_answer(fake: FakeOpenAIThread) -> None:
    with client(fake) as steady, steady.stream(**ASKED) as answer:
        events = list(answer)

    assert "".join(event.text for event in events if isinstance(event, Message)) == TEXT
    assert isinstance(events[-1], Finished)


def test_the_whole_answer_comes_at_once(fake: FakeOpenAIThread) -> None:
    fake.fail(Cut(after=4))

    with client(fake) as steady:
        response = steady.complete(**ASKED, temperature=0.5)

    assert response["choices"][0]["message"]["content"] == TEXT


def test_reading_may_stop_and_go_on(fake: FakeOpenAIThread) -> None:
    with client(fake) as steady, steady.stream(**ASKED) as answer:
        first = next(iter(answer.text()))
        rest = "".join(answer.text())

        assert first + rest == TEXT
        assert answer.finish()["choices"][0]["message"]["content"] == TEXT


def test_a_fault_carries_what_was_received(fake: FakeOpenAIThread) -> None:
    fake.fail(Cut(after=5), times=None)
    seen: list[str] = []

    with client(fake, "openai") as steady, steady.stream(**ASKED) as answer:
        with pytest.raises(StreamFault) as raised:
            list(map(seen.append, answer.text()))
        with pytest.raises(StreamFault):
            answer.finish()

    assert raised.value.partial is answer.transcript
    text = "".join(seen)
    assert TEXT.startswith(text)
    assert text == answer.transcript.text != ""
    assert answer.verdict is Verdict.TRUNCATED


def test_a_refusal_is_raised(fake: FakeOpenAIThread) -> None:
    fake.fail(Status(401))

    with client(fake) as steady, pytest.raises(Rejected, match="401"):
        steady.complete(**ASKED)


def test_leaving_early_closes_the_connection(fake: FakeOpenAIThread) -> None:
    fake.fail(Stall(after=4))

    with client(fake) as steady:
        with steady.stream(**ASKED) as answer:
            next(iter(answer.text()))
        assert fake.quiet() == 0
        assert answer.verdict is Verdict.TRUNCATED
        assert steady.complete(**ASKED)["choices"][0]["message"]["content"] == TEXT


def test_many_threads_share_one_client(fake: FakeOpenAIThread) -> None:
    fake.fail(Cut(after=4), Reset(after=3), times=4)

    with client(fake, retries=Retries(attempts=9, backoff=Backoff(base=0.001))) as steady:

        def text(_: int) -> str:
            with steady.stream(**ASKED) as answer:
                return "".join(answer.text())

        with ThreadPoolExecutor(8) as pool:
            texts = list(pool.map(text, range(24)))
        assert len(threads()) == 1

    assert set(texts) == {TEXT}
    assert fake.quiet() == 0


async def test_it_works_where_a_loop_is_running(fake: FakeOpenAIThread) -> None:
    with client(fake) as steady, steady.stream(**ASKED) as answer:
        assert "".join(answer.text()) == TEXT


def close_answer(_: SyncSteadyClient, answer: SyncAnswer) -> None:
    answer.close()


def close_client(steady: SyncSteadyClient, _: SyncAnswer) -> None:
    steady.close()


@pytest.mark.parametrize("close", [close_answer, close_client])
@pytest.mark.parametrize("fault", [Stall(after=4), NoHeaders()], ids=["open", "asked"])
def test_what_is_closed_by_another_thread_ends_for_its_reader(
    fake: FakeOpenAIThread, close: Callable[..., None], fault: Any
) -> None:
    fake.fail(fault, times=None)
    raised: list[BaseException] = []

    with client(fake) as steady, steady.stream(**ASKED) as answer:

        def read() -> None:
            try:
                answer.finish()
            except BaseException as error:  # noqa: BLE001  # whatever comes is looked at
                raised.append(error)

        reader = threading.Thread(target=read)
        reader.start()
        until(lambda: bool(fake.requests))
        close(steady, answer)
        reader.join(5)

        assert not reader.is_alive()
    assert [type(error) for error in raised] == [Disconnected]
    assert fake.quiet() == 0


def test_a_client_that_was_closed_says_so(fake: FakeOpenAIThread) -> None:
    steady = client(fake)
    steady.complete(**ASKED)
    steady.close()
    steady.close()

    with pytest.raises(InvalidRequest, match="expected an open client"):
        steady.complete(**ASKED)


def test_a_client_that_was_never_used_starts_no_thread(fake: FakeOpenAIThread) -> None:
    with client(fake):
        assert threads() == []


def test_a_client_that_nobody_holds_is_closed(fake: FakeOpenAIThread) -> None:
    client(fake).complete(**ASKED)
    gc.collect()

    until(lambda: not threads())
    assert fake.quiet() == 0


def test_a_client_stays_open_while_its_answer_is_held(fake: FakeOpenAIThread) -> None:
    with client(fake).stream(**ASKED) as answer:
        gc.collect()
        assert "".join(answer.text()) == TEXT
    del answer


def test_a_client_stays_open_while_its_responses_are_held() -> None:
    with FakeOpenAIThread() as server:
        server.reply(TEXT)
        responses = SteadyClient(server.base_url, api_key=KEY).sync().responses
        gc.collect()
        answer = responses.stream(model="gpt-4.1", input="Tell me.")
        del responses
        gc.collect()
        with answer:
            assert "".join(answer.text()) == TEXT


def test_a_request_that_cannot_work_is_told_to_the_caller(fake: FakeOpenAIThread) -> None:
    with client(fake) as steady, pytest.raises(InvalidRequest, match="at least one message"):
        steady.stream(model="m", messages=[])


def test_iterating_without_entering_is_told(fake: FakeOpenAIThread) -> None:
    with client(fake) as steady:
        answer = steady.stream(**ASKED)
        with pytest.raises(SteadyStreamError, match="expected `with` around the answer"):
            list(answer)

    assert fake.requests == []


def test_a_session_of_the_callers_making_is_used_and_closed(fake: FakeOpenAIThread) -> None:
    made: list[aiohttp.ClientSession] = []

    def session() -> aiohttp.ClientSession:
        made.append(aiohttp.ClientSession(headers={"X-From": "me"}))
        return made[0]

    steady = SteadyClient(fake.base_url, api_key=KEY, dialect="vllm").sync(session=session)
    with steady:
        steady.complete(**ASKED)

    assert fake.requests[0].headers["x-from"] == "me"
    assert made[0].closed


async def test_a_session_of_another_loop_is_refused(fake: FakeOpenAIThread) -> None:
    async with aiohttp.ClientSession() as session:
        steady = SteadyClient(fake.base_url, api_key=None, session=session)
        with pytest.raises(InvalidRequest, match="expected a client without a session"):
            steady.sync()


def test_a_session_that_is_no_function_is_refused(fake: FakeOpenAIThread) -> None:
    with pytest.raises(InvalidRequest, match="session must be a function that makes a session"):
        SteadyClient(fake.base_url, api_key=None).sync(session=7)  # type: ignore[arg-type]


def test_all_that_an_answer_tells_it_tells(fake: FakeOpenAIThread) -> None:
    with client(fake) as steady, steady.stream(**ASKED) as answer:
        answer.finish()
        names = [name for name in dir(answer._answer) if not name.startswith("_")]
        told = [name for name in names if hasattr(answer, name)]

        assert set(names) - set(told) <= {"batches"}
        with pytest.raises(AttributeError, match="no attribute 'batches'"):
            answer.batches  # noqa: B018  # type: ignore[attr-defined]
        with pytest.raises(AttributeError, match="no attribute 'txet'"):
            answer.txet  # noqa: B018  # type: ignore[attr-defined]
    assert hasattr(Answer, "batches")


def test_what_work_raises_is_raised_also_when_it_is_a_timeout() -> None:
    async def late() -> None:
        raise TimeoutError("late")

    async def nothing() -> None:
        pass

    loop = LoopThread(nothing)
    with pytest.raises(TimeoutError, match="late"):
        loop.run(late)
    loop.close()


def test_an_interrupt_waits_until_the_work_has_closed_what_it_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0.01)
            seen.append("closed")

    async def nothing() -> None:
        seen.append("last")

    loop = LoopThread(nothing)

    def interrupted(call: Any) -> None:
        until(lambda: call._task is not None)
        raise KeyboardInterrupt

    monkeypatch.setattr("steadystream.aio.loop_thread._Call._wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        loop.run(work)
    assert seen == ["closed"]
    loop.close()
    assert seen == ["closed", "last"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # 3.12: threads and fork
def test_a_client_from_before_a_fork_says_so(fake: FakeOpenAIThread) -> None:
    with client(fake) as steady:
        steady.complete(**ASKED)
        child = os.fork()
        if child == 0:
            try:
                steady.complete(**ASKED)
            except InvalidRequest as error:
                os._exit(7 if "from before a fork" in str(error) else 8)
            finally:
                os._exit(9)
        _, status = os.waitpid(child, 0)

        assert os.waitstatus_to_exitcode(status) == 7
        assert steady.complete(**ASKED)["choices"]
