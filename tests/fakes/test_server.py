from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from fake_openai import Answer, Cut, FakeOpenAI, Latency, Received, Reply, Stall, Status, ToolCall
from support.openai_client import (
    CHAT,
    ask,
    ask_on,
    chat,
    deltas,
    encoded,
    finish_reasons,
    text,
    usage,
)


async def sent(fake: FakeOpenAI, chunks: int) -> None:
    """Wait until the first request got that many chunks."""
    async with asyncio.timeout(10):
        while not (fake.requests and fake.requests[0].chunks_sent >= chunks):  # noqa: ASYNC110
            await asyncio.sleep(0.001)  # the journal is data, it tells nobody


async def test_without_any_script_a_request_gets_a_few_sentences() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat())

    assert (raw.status, raw.end, finish_reasons(raw.body)) == (200, "whole", ["stop"])
    assert raw.text.count(" ") > 10
    assert raw.events[-1] == "[DONE]"


async def test_answers_differ_with_the_question_and_the_seed() -> None:
    async with FakeOpenAI(seed=1) as one, FakeOpenAI(seed=2) as two:
        told = [(await ask(f, chat(q))).text for f in (one, two) for q in ("hi", "how")]

    assert len(set(told)) == 4


async def test_a_question_beyond_ascii_is_answered_beyond_ascii() -> None:
    async with FakeOpenAI() as fake:
        answered = (await ask(fake, chat("øl?"))).text

    assert not answered.isascii()


async def test_a_chunk_is_a_token() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("Hello there, world.")
        raw = await ask(fake, chat())

    said = [delta["content"] for delta in deltas(raw.body)[1:-1]]
    assert said == ["Hello", " there", ",", " world", "."]


async def test_chunks_that_were_given_are_the_chunks_of_the_stream() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(Answer(chunks=["He", "llo the", "re"]))
        raw = await ask(fake, chat())

    assert [delta["content"] for delta in deltas(raw.body)[1:-1]] == ["He", "llo the", "re"]


async def test_an_answer_that_is_not_streamed_is_the_same_answer() -> None:
    async with FakeOpenAI() as fake:
        streamed = await ask(fake, chat())
        whole = await ask(fake, chat(stream=False))

    message = whole.json()["choices"][0]["message"]
    assert message == {
        "role": "assistant",
        "content": streamed.text,
        "refusal": None,
        "annotations": [],
    }


async def test_scripted_answers_come_one_after_another() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one", "two")
        told = [(await ask(fake, chat())).text for _ in range(3)]

    assert told == ["one", "two", "two"]


async def test_scripts_are_chosen_by_model_and_question() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("other")
        fake.reply("cat", contains="cat")
        fake.reply("big cat", model="big", contains="cat")
        told = [
            (await ask(fake, chat("a cat", model="big"))).text,
            (await ask(fake, chat("a cat"))).text,
            (await ask(fake, chat("a dog", model="big"))).text,
        ]

    assert told == ["big cat", "cat", "other"]


async def test_a_conversation_keeps_its_answer_until_it_was_sent_whole() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one two three", "four five six")
        fake.fail(Cut(after=2), Status(500))
        told = [(await ask(fake, chat())).text for _ in range(4)]

    assert told == ["one", "", "one two three", "four five six"]


async def test_a_new_script_holds_for_conversations_under_way() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("old")
        fake.fail(Cut(after=1))
        await ask(fake, chat())
        fake.reply("new")

        assert (await ask(fake, chat())).text == "new"


async def test_a_plan_decides_by_attempt_whatever_the_order_of_requests() -> None:
    def plan(received: Received) -> Reply:
        return Reply(f"{received.question}!", Status(503) if received.attempt == 1 else ())

    async with FakeOpenAI() as fake:
        fake.plan = plan
        first = await asyncio.gather(*(ask(fake, chat(f"q{n}")) for n in range(20)))
        again = await asyncio.gather(*(ask(fake, chat(f"q{n}")) for n in range(20)))

    assert {raw.status for raw in first} == {503}
    assert [raw.text for raw in again] == [f"q{n}!" for n in range(20)]


async def test_a_plan_without_an_answer_leaves_it_to_the_scripts() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("scripted")
        fake.plan = lambda _: Reply(faults=Cut(after=2))

        assert (await ask(fake, chat())).text == "scripted"


async def test_a_plan_that_breaks_fails_the_test() -> None:
    def plan(_: Received) -> Reply:
        raise LookupError("no such thing")

    async def use() -> None:
        async with FakeOpenAI() as fake:
            fake.plan = plan
            raw = await ask(fake, chat())
            assert raw.body == b"the fake broke: LookupError('no such thing')"

    with pytest.raises(LookupError, match="no such thing"):
        await use()


async def test_attempts_are_counted_by_conversation() -> None:
    async with FakeOpenAI() as fake:
        for body in (chat(), chat(), chat("how"), chat(partial="He"), chat(model="n")):
            await ask(fake, body)

    assert [received.attempt for received in fake.requests] == [1, 2, 1, 3, 1]


async def test_the_true_answer_is_known_before_and_after_a_request() -> None:
    async with FakeOpenAI() as fake:
        before = fake.answer_to(chat()).text
        raw = await ask(fake, chat())

        assert before == raw.text == fake.answer_to(chat()).text


async def test_asking_for_the_true_answer_uses_none_up() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one", "two")

        assert [fake.answer_to(chat()).text for _ in range(2)] == ["one", "one"]
        assert (await ask(fake, chat())).text == "one"


async def test_the_journal_says_what_was_asked_and_what_became_of_it() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Cut(after=2))
        body = chat("why", user="u")
        raw = await ask(fake, body, headers={"X-Trace": "7"})
        await ask(fake, body)
        first, second = fake.requests

    assert (first.method, first.path, first.body, first.raw_body) == (
        "POST",
        CHAT,
        body,
        json.dumps(body).encode(),
    )
    assert (first.headers["x-trace"], first.question, first.model) == ("7", "why", "m")
    assert (first.status, first.fault, first.ended) == (200, Cut(after=2), "fault")
    assert (first.chunks_sent, first.bytes_sent) == (2, len(raw.body))
    assert (second.attempt, second.fault, second.ended) == (2, None, "whole")


async def test_the_journal_holds_no_secret() -> None:
    async with FakeOpenAI("azure") as fake:
        secrets = {"Authorization": "Bearer sk-secret", "api-key": "secret", "Cookie": "a=secret"}
        await ask(fake, chat(), headers=secrets)

    assert "secret" not in repr(fake.requests)


async def test_the_journal_keeps_the_latest_requests() -> None:
    async with FakeOpenAI(journal_size=2) as fake:
        for number in range(4):
            await ask(fake, chat(f"q{number}"))

    assert [received.question for received in fake.requests] == ["q2", "q3"]


async def test_a_reset_forgets_everything() -> None:
    async with FakeOpenAI() as fake:
        unscripted = fake.answer_to(chat()).text
        fake.reply("scripted")
        fake.fail(Status(500), times=None)
        await ask(fake, chat())
        fake.reset()

        assert fake.requests == []
        assert (await ask(fake, chat())).text == unscripted
        assert fake.requests[0].attempt == 1


async def test_a_client_that_leaves_is_noted_with_what_it_got() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Stall(after=3))
        reader, writer = await asyncio.open_connection(fake.host, fake.port)
        asking = asyncio.create_task(ask_on(reader, writer, chat()))
        await sent(fake, 3)
        asking.cancel()
        writer.close()

        assert await fake.quiet() == 0
        assert (fake.requests[0].ended, fake.requests[0].chunks_sent) == ("client left", 3)


async def test_a_client_that_leaves_at_done_got_the_answer_whole() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one", "two")
        for said in (b'"one"', b'"two"'):
            reader, writer = await asyncio.open_connection(fake.host, fake.port)
            writer.write(encoded(chat()))
            stream = await reader.readuntil(b"[DONE]\n\n")
            writer.close()
            assert said in stream

    assert [received.ended for received in fake.requests] == ["whole", "whole"]


async def test_closing_the_server_ends_a_stall_at_once() -> None:
    fake = await FakeOpenAI().start()
    fake.fail(Stall(after=1))
    asking = asyncio.create_task(ask(fake, chat()))
    await sent(fake, 1)

    async with asyncio.timeout(1):
        await fake.close()

    assert (await asking).end in ("cut", "reset")
    assert fake.requests[0].ended == "server closed"


async def test_a_fake_that_runs_cannot_be_started_again() -> None:
    async with FakeOpenAI() as fake:
        with pytest.raises(RuntimeError, match=f"running already, at {fake.url}"):
            await fake.start()

        assert (await ask(fake, chat())).status == 200


async def test_a_fake_may_be_started_again_once_it_is_closed() -> None:
    fake = FakeOpenAI()
    for _ in range(2):
        async with fake:
            assert (await ask(fake, chat())).status == 200


def test_the_address_is_not_told_before_the_port_is_known() -> None:
    with pytest.raises(RuntimeError, match="was not started"):
        _ = FakeOpenAI().base_url

    assert FakeOpenAI(port=8787).base_url == "http://127.0.0.1:8787/v1"


async def test_a_time_to_wait_that_is_no_number_is_refused() -> None:
    wrong: Any = "1"
    async with FakeOpenAI() as fake:
        with pytest.raises(TypeError, match="seconds must be a number, got '1'"):
            await fake.quiet(wrong)


async def test_open_connections_are_counted() -> None:
    async with FakeOpenAI() as fake:
        reader, writer = await asyncio.open_connection(fake.host, fake.port)
        await ask_on(reader, writer, chat())
        assert fake.open_connections == 1
        writer.close()

        assert await fake.quiet() == 0


async def test_a_connection_is_used_again() -> None:
    async with FakeOpenAI() as fake:
        reader, writer = await asyncio.open_connection(fake.host, fake.port)
        for body in (chat(), chat(stream=False), {}, chat()):
            raw = await ask_on(reader, writer, body)
            assert raw.end == "whole"
        writer.close()


async def test_the_server_refuses_connections_for_a_while() -> None:
    async with FakeOpenAI() as fake:
        port = fake.port
        async with fake.refusing():
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(fake.host, port)

        assert (fake.port, (await ask(fake, chat())).status) == (port, 200)


async def test_several_choices_are_interleaved_and_all_whole() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one two three")
        raw = await ask(fake, chat(n=2))

    order = [e["choices"][0]["index"] for e in raw.events[:-1]]
    assert [text(raw.body, index) for index in (0, 1)] == ["one two three"] * 2
    assert order[:4] == [0, 1, 0, 1]


async def test_several_choices_nobody_scripted_differ() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat(n=3))

    assert len({text(raw.body, index) for index in range(3)}) == 3


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_a_token_limit_ends_the_answer_with_length(name: str) -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one two three four")
        raw = await ask(fake, chat(stream_options={"include_usage": True}, **{name: 2}))

    assert (raw.text, finish_reasons(raw.body)) == ("one two", ["length"])
    assert usage(raw.body)["completion_tokens"] == 2


async def test_the_first_token_and_the_next_are_as_late_as_asked_for() -> None:
    # Times are compared with each other, not with a limit: a busy machine only adds to them.
    async with FakeOpenAI(latency=Latency(first_token=0.05, between=0.01)) as fake:
        fake.reply("one two three")
        clock = asyncio.get_running_loop().time
        start = clock()
        await ask(fake, chat())
        took = clock() - start

    assert took >= 0.05 + 0.01 * 5  # role, three tokens, finish, [DONE]


async def test_a_reply_may_bring_its_own_latency() -> None:
    async with FakeOpenAI(latency=Latency(first_token=3600)) as fake:
        fake.plan = lambda _: Reply("now", latency=Latency())

        assert (await ask(fake, chat())).text == "now"


@pytest.mark.slow
async def test_a_large_request_is_read_whole() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat("x" * 3_000_000))

    assert (raw.status, raw.end) == (200, "whole")


async def test_a_client_that_waits_for_100_continue_gets_it() -> None:
    async with FakeOpenAI() as fake:
        reader, writer = await asyncio.open_connection(fake.host, fake.port)
        body = json.dumps(chat()).encode()
        writer.write(
            f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n"
            f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        )
        async with asyncio.timeout(10):
            head = await reader.readuntil(b"\r\n\r\n")
        writer.write(body)
        answer = await reader.readuntil(b"\r\n\r\n")
        writer.close()

    assert head == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


async def test_what_is_no_http_is_refused_unlogged_and_the_server_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with FakeOpenAI() as fake:
        reader, writer = await asyncio.open_connection(fake.host, fake.port)
        writer.write(b"GET / HTTP/1.1\r\nAuthorization: Bearer secret\x00\r\n\r\n")
        refused = await reader.read()
        writer.close()

        assert refused.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert (await ask(fake, chat())).status == 200
        assert len(fake.requests) == 1
    assert "secret" not in caplog.text


async def test_an_http_1_0_client_gets_a_body_without_chunks() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("hello")
        reader, writer = await asyncio.open_connection(fake.host, fake.port)
        body = json.dumps(chat()).encode()
        writer.write(
            f"POST {CHAT} HTTP/1.0\r\nAuthorization: Bearer k\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        answer = await reader.read()
        writer.close()

    assert answer.endswith(b"data: [DONE]\n\n")
    assert b"chunked" not in answer


@pytest.mark.slow
async def test_two_hundred_streams_at_once_are_all_whole() -> None:
    async with FakeOpenAI() as fake, aiohttp.ClientSession() as session:

        async def one(number: int) -> tuple[str, str]:
            body = chat(f"q{number}")
            async with session.post(
                fake.base_url + "/chat/completions",
                json=body,
                headers={"Authorization": "Bearer k"},
            ) as response:
                return text(await response.read()), fake.answer_to(body).text

        pairs: list[Any] = await asyncio.gather(*(one(number) for number in range(200)))

    assert all(got == true for got, true in pairs)


async def test_tool_calls_that_were_given_ids_keep_them() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(Answer(tool_calls=[ToolCall("f", {"a": 1}, id="call_mine")]))
        raw = await ask(fake, chat(stream=False))

    assert raw.json()["choices"][0]["message"]["tool_calls"][0]["id"] == "call_mine"
