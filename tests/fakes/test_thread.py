# ruff: noqa: S310 (our own server, our own interpreter)

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fake_openai import Cut, FakeOpenAIThread, Latency, Received, Reply, Stall, Status, Writes
from support.openai_client import chat, text


def post(fake: FakeOpenAIThread, body: dict[str, Any]) -> bytes:
    request = urllib.request.Request(
        fake.base_url + "/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Authorization": "Bearer k", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.read()  # type: ignore[no-any-return]  # urllib says Any


def test_synchronous_code_gets_answers() -> None:
    with FakeOpenAIThread() as fake:
        fake.reply("hello")

        assert text(post(fake, chat())) == "hello"
        assert fake.answer_to(chat()).text == "hello"


def test_synchronous_code_gets_faults_and_the_journal() -> None:
    with FakeOpenAIThread() as fake:
        fake.fail(Status(503))
        with pytest.raises(urllib.error.HTTPError, match="503") as failed:
            post(fake, chat())
        failed.value.close()
        post(fake, chat())

        assert [(r.status, r.attempt, r.ended) for r in fake.requests] == [
            (503, 1, "fault"),
            (200, 2, "whole"),
        ]


def test_many_threads_may_ask_and_script_at_once() -> None:
    with FakeOpenAIThread() as fake:

        def one(number: int) -> str:
            fake.reply(f"answer {number}", contains=f"<{number}>")
            fake.fail(Cut(after=100), contains=f"<{number}>")
            return text(post(fake, chat(f"<{number}>")))

        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(one, range(40)))

    assert told == [f"answer {number}" for number in range(40)]


def test_connections_can_be_refused_for_a_block_of_code() -> None:
    with FakeOpenAIThread() as fake:
        with fake.refusing(), pytest.raises(urllib.error.URLError, match="refused"):
            post(fake, chat())

        assert post(fake, chat())


def test_settings_may_be_changed_while_it_runs() -> None:
    with FakeOpenAIThread(latency=Latency(first_token=3600)) as fake:
        fake.latency = Latency()
        fake.writes = Writes(newline="\r\n")

        assert b"[DONE]\r\n\r\n" in post(fake, chat())
        assert (fake.latency, fake.writes) == (Latency(), Writes(newline="\r\n"))


def test_no_connection_and_no_thread_is_left() -> None:
    with FakeOpenAIThread() as fake:
        post(fake, chat())
        assert fake.quiet() == fake.open_connections == 0

    assert "fake-openai" not in [thread.name for thread in threading.enumerate()]


def test_closing_ends_a_stall() -> None:
    with ThreadPoolExecutor(1) as pool:
        with FakeOpenAIThread() as fake:
            fake.fail(Stall(after=1))
            asking = pool.submit(post, fake, chat())
            while not (fake.requests and fake.requests[0].chunks_sent):
                pass

        assert asking.exception(timeout=10) is not None
    assert fake.requests[0].ended == "server closed"


def test_a_plan_that_breaks_fails_the_test() -> None:
    def plan(_: Received) -> Reply:
        raise LookupError("no such thing")

    def use() -> None:
        with FakeOpenAIThread() as fake:
            fake.plan = plan
            with pytest.raises(urllib.error.HTTPError) as failed:
                post(fake, chat())
            failed.value.close()

    with pytest.raises(LookupError, match="no such thing"):
        use()


def test_an_error_in_the_block_is_not_hidden_by_a_broken_plan() -> None:
    def plan(_: Received) -> Reply:
        raise LookupError("no such thing")

    def use() -> None:
        with FakeOpenAIThread() as fake:
            fake.plan = plan
            post(fake, chat())

    with pytest.raises(urllib.error.HTTPError, match="500") as failed:
        use()
    failed.value.close()


def test_a_port_that_is_taken_is_an_error_and_leaves_no_thread() -> None:
    with FakeOpenAIThread() as fake:
        with pytest.raises(OSError, match="in use"):
            FakeOpenAIThread(port=fake.port).start()

        names = [thread.name for thread in threading.enumerate()]
        assert names.count("fake-openai") == 1


def test_a_fake_that_runs_cannot_be_started_again_and_leaves_no_thread() -> None:
    with FakeOpenAIThread() as fake:
        with pytest.raises(RuntimeError, match="running already"):
            fake.start()

        names = [thread.name for thread in threading.enumerate()]
        assert names.count("fake-openai") == 1


def test_a_fake_that_does_not_run_says_so() -> None:
    with pytest.raises(RuntimeError, match="the fake is not running"):
        FakeOpenAIThread().quiet()
