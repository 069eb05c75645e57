"""The same seed and the same requests give the same bytes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import Answer, FakeOpenAI, Latency, Reply, Status, ToolCall, Writes
from fake_openai.dialects import DIALECTS
from support.openai_client import ask, chat

ANSWERS = st.none() | st.builds(
    Answer,
    st.text(max_size=30),
    reasoning=st.text(max_size=10),
    tool_calls=st.lists(st.builds(ToolCall, st.just("f"), st.just({"a": "ø"})), max_size=2),
)
REQUESTS = st.lists(
    st.builds(
        lambda question, n, streamed: chat(question, n=n, stream=streamed),
        st.sampled_from(["a", "b", "ø"]),
        st.integers(1, 2),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


async def served(
    dialect: str, seed: int, answer: Answer | None, requests: list[dict[str, Any]]
) -> list[Any]:
    latency, writes = Latency(between=1e-9, jitter=1.0), Writes("random")
    async with FakeOpenAI(dialect, seed) as fake:
        fake.plan = lambda _: Reply(answer, latency=latency, writes=writes)
        told = []
        for body in requests:
            raw = await ask(fake, body)
            headers = {name: value for name, value in raw.headers.items() if name != "date"}
            told.append((headers, raw.chunks or raw.body))
        return told


@pytest.mark.slow
@given(st.sampled_from(sorted(DIALECTS)), st.integers(), ANSWERS, REQUESTS)
@settings(max_examples=40)
async def test_the_same_seed_and_requests_give_the_same_bytes_in_the_same_writes(
    dialect: str, seed: int, answer: Answer | None, requests: list[dict[str, Any]]
) -> None:
    first = await served(dialect, seed, answer, requests)

    assert first == await served(dialect, seed, answer, requests)


async def test_another_seed_gives_other_ids_padding_and_writes() -> None:
    one = await served("openai", 1, Answer("x y"), [chat()])
    two = await served("openai", 2, Answer("x y"), [chat()])

    assert one[0][0]["x-request-id"] != two[0][0]["x-request-id"]
    assert b"".join(one[0][1]) != b"".join(two[0][1])
    assert [len(write) for write in one[0][1]] != [len(write) for write in two[0][1]]


async def test_requests_that_are_refused_have_ids_of_their_own_and_the_same_in_every_run() -> None:
    wrong = [chat(n=0), chat(n=0), chat(n=-1), b"{", b"{"]
    runs = []
    for _ in range(2):
        async with FakeOpenAI() as fake:
            refused = [await ask(fake, body) for body in wrong]
            refused += [await ask(fake, chat(), "/v1/nope"), await ask(fake, chat(), "/v1/nope")]
        runs.append([raw.headers["x-request-id"] for raw in refused])

    assert len(set(runs[0])) == len(runs[0])
    assert runs[0] == runs[1]


async def test_what_came_between_does_not_matter() -> None:
    async with FakeOpenAI() as one, FakeOpenAI() as two:
        await ask(two, chat("something else"))
        bodies = [(await ask(fake, chat())).body for fake in (one, two)]

    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("text", ["one two", '"id":"chatcmpl-", "created":1790000001'])
async def test_a_stream_sent_again_is_as_one_written_anew(dialect: str, text: str) -> None:
    async with FakeOpenAI(dialect) as again, FakeOpenAI(dialect) as anew:
        again.reply(text)
        anew.reply(text)
        anew.fail(Status(500))  # so that the second attempt is the first to be written
        bodies = [[(await ask(fake, chat())).body for _ in range(2)] for fake in (again, anew)]

    assert bodies[0][1] == bodies[1][1]
    assert bodies[0][0] != bodies[0][1]


async def test_another_attempt_has_another_id_and_a_later_time() -> None:
    async with FakeOpenAI() as fake:
        first, second = [(await ask(fake, chat())).events[0] for _ in range(2)]

    assert first["id"] != second["id"]
    assert (first["created"], second["created"]) == (1_790_000_001, 1_790_000_002)
