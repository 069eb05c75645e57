from __future__ import annotations

import math
from typing import Any

import openai
import pytest

from fake_openai import Answer, FakeOpenAI
from support.openai_client import Raw, ask, chat, events


async def told(answer: Answer | str, dialect: str = "openai", **more: Any) -> Raw:
    async with FakeOpenAI(dialect) as fake:
        fake.reply(answer)
        return await ask(fake, chat(logprobs=True, **more))


def chunks(raw: Raw) -> list[Any]:
    return [e["choices"][0] for e in events(raw.body)[:-1] if e["choices"]]


async def test_each_chunk_has_the_probabilities_of_its_tokens() -> None:
    raw = await told(Answer(chunks=["Hello world", "!"]))

    first, *spoken, last = chunks(raw)
    assert first["logprobs"] == {"content": [], "refusal": None}
    assert [[t["token"] for t in c["logprobs"]["content"]] for c in spoken] == [
        ["Hello", " world"],
        ["!"],
    ]
    assert last["logprobs"] is None


async def test_a_token_is_told_with_its_bytes() -> None:
    raw = await told("Ø")

    entry = chunks(raw)[1]["logprobs"]["content"][0]
    assert list(entry) == ["token", "logprob", "bytes", "top_logprobs"]
    assert (entry["token"], entry["bytes"], entry["top_logprobs"]) == ("Ø", [195, 152], [])


@pytest.mark.parametrize("top", [1, 5, 20])
async def test_as_many_alternatives_are_told_as_were_asked_for(top: int) -> None:
    raw = await told("one two three", top_logprobs=top)

    for chunk in chunks(raw)[1:-1]:
        for entry in chunk["logprobs"]["content"]:
            likely = [one["logprob"] for one in entry["top_logprobs"]]
            assert len(likely) == top
            assert likely == sorted(likely, reverse=True)
            assert sum(math.exp(one) for one in likely) <= 1.0001
            assert len({one["token"] for one in entry["top_logprobs"]}) == top


async def test_whole_and_streamed_answers_have_the_same_probabilities() -> None:
    raw = await told("one two three", top_logprobs=2)
    whole = await told("one two three", top_logprobs=2, stream=False)

    streamed = [e for c in chunks(raw)[1:-1] for e in c["logprobs"]["content"]]
    assert whole.json()["choices"][0]["logprobs"] == {"content": streamed, "refusal": None}


async def test_a_refusal_has_probabilities_of_its_own() -> None:
    raw = await told(Answer(refusal="No way"))

    spoken = chunks(raw)[1:-1]
    assert [c["logprobs"]["content"] for c in spoken] == [None, None]
    assert [e["token"] for c in spoken for e in c["logprobs"]["refusal"]] == ["No", " way"]


async def test_the_choices_differ_in_their_probabilities() -> None:
    raw = await told("same", n=2, stream=False)

    first, second = (choice["logprobs"]["content"] for choice in raw.json()["choices"])
    assert first[0]["token"] == second[0]["token"]
    assert first[0]["logprob"] != second[0]["logprob"]


async def test_where_the_last_token_ends_the_stream_its_probability_is_there() -> None:
    raw = await told("one two", "vllm")

    tokens = [e["token"] for c in chunks(raw) for e in (c["logprobs"] or {}).get("content") or ()]
    assert tokens == ["one", " two"]


async def test_models_that_tell_no_probabilities_do_when_they_do_not_reason() -> None:
    raw = await told("hi", model="gpt-5.2", reasoning_effort="none")

    assert chunks(raw)[1]["logprobs"]["content"][0]["token"] == "hi"


async def test_nobody_asked_and_nothing_is_told() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat())

    assert {chunk["logprobs"] for chunk in chunks(raw)} == {None}


async def test_the_sdk_reads_them() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("Hello world")
        client = openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-test")
        async with client:
            answer = await client.chat.completions.create(
                model="gpt-4o",
                messages=[{"role": "user", "content": "hi"}],
                logprobs=True,
                top_logprobs=3,
            )

    told = answer.choices[0].logprobs
    assert told is not None
    assert told.content is not None
    assert [entry.token for entry in told.content] == ["Hello", " world"]
    assert [len(entry.top_logprobs) for entry in told.content] == [3, 3]
