from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import Answer, FakeOpenAI, ToolCall
from fake_openai.telling import pieces
from support.openai_client import ask, chat, events, finish_reasons, text, usage


async def told(answer: Answer | str, **more: Any) -> Any:
    async with FakeOpenAI() as fake:
        fake.reply(answer)
        return await ask(fake, chat(**more))


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        ("two", "one "),
        (["three", "two"], "one "),
        (["four", "zwei"], "one two three"),
        ("one", ""),
        ("wo th", "one t"),
    ],
)
async def test_an_answer_ends_before_a_stop_text(stop: Any, said: str) -> None:
    raw = await told("one two three", stop=stop)

    assert text(raw.body) == said
    assert finish_reasons(raw.body) == ["stop"]


async def test_an_answer_that_is_not_streamed_ends_there_too() -> None:
    raw = await told("one two three", stop=["two"], stream=False)

    choice = raw.json()["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("one ", "stop")


async def test_a_stop_text_across_the_borders_of_chunks_is_found() -> None:
    raw = await told(Answer(chunks=["ab", "cd", "ef"]), stop="bcde")

    assert text(raw.body) == "a"


async def test_nothing_follows_a_stop_text() -> None:
    raw = await told(Answer("one two", tool_calls=[ToolCall("f")]), stop="two")

    assert "tool_calls" not in raw.body.decode()


async def test_a_limit_that_is_reached_before_the_stop_text_comes_first() -> None:
    raw = await told("one two three four", stop="four", max_tokens=3)

    assert (text(raw.body), finish_reasons(raw.body)) == ("one two three", ["length"])


async def test_only_the_tokens_that_were_sent_count() -> None:
    raw = await told("one two three", stop="two", stream_options={"include_usage": True})

    assert usage(raw.body)["completion_tokens"] == 2


@pytest.mark.parametrize(
    ("dialect", "member"), [("vllm", "stop_reason"), ("sglang", "matched_stop")]
)
async def test_some_servers_tell_which_stop_text_it_was(dialect: str, member: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply("one two three")
        raw = await ask(fake, chat(stop=["three", "two"]))
        whole = await ask(fake, chat(stop=["three", "two"], stream=False))

    ends = [c for e in events(raw.body)[:-1] for c in e["choices"] if c["finish_reason"]]
    assert ends[0][member] == "two"
    assert whole.json()["choices"][0][member] == "two"


@given(
    st.lists(st.text("abc", min_size=1, max_size=3), max_size=8),
    st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=4),
)
@settings(max_examples=100)
def test_what_is_left_is_the_text_before_the_first_stop_text_that_is_whole(
    chunks: list[str], stop: list[str]
) -> None:
    whole = "".join(chunks)
    ends = [(whole.find(one) + len(one), whole.find(one)) for one in stop if one in whole]

    choice = pieces.cut(Answer(chunks=chunks), stop=stop)

    assert choice.joined("content") == (whole[: min(ends)[1]] if ends else whole)
