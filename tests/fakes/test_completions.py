from __future__ import annotations

from typing import Any

import openai
import pytest

from fake_openai import Cut, FakeOpenAI
from support.openai_client import ask

PATH = "/v1/completions"
TEXT = "Once upon a time there was a small harbour town by the cold northern sea."


def body(prompt: Any = "Tell me a story.", **more: Any) -> dict[str, Any]:
    return {"model": "davinci-002", "prompt": prompt, "max_tokens": 100, **more}


def joined(events: list[Any], index: int = 0) -> str:
    choices = [one for e in events if isinstance(e, dict) for one in e["choices"]]
    return "".join(one["text"] for one in choices if one["index"] == index)


def ends(events: list[Any]) -> list[str]:
    choices = [one for e in events if isinstance(e, dict) for one in e["choices"]]
    return [one["finish_reason"] for one in choices if one["finish_reason"]]


async def test_a_stream_says_what_the_whole_answer_says() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(TEXT)
        streamed = await ask(fake, body(stream=True), PATH)
        whole = (await ask(fake, body(), PATH)).json()

    assert joined(streamed.events) == whole["choices"][0]["text"] == TEXT
    assert streamed.headers["content-type"] == "text/event-stream"
    assert streamed.events[-1] == "[DONE]"
    assert ends(streamed.events) == ["stop"]
    assert whole["model"] == "davinci:2023-07-21-v2"
    assert list(whole) == ["id", "object", "created", "model", "choices", "usage"]


async def test_the_sdk_reads_it_streamed_and_not() -> None:
    async with (
        FakeOpenAI() as fake,
        openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-a") as client,
    ):
        fake.reply(TEXT)
        whole = await client.completions.create(model="davinci-002", prompt="x", max_tokens=50)
        stream = await client.completions.create(
            model="davinci-002",
            prompt="x",
            max_tokens=50,
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]

    assert whole.choices[0].text == TEXT
    assert "".join(c.text for chunk in chunks for c in chunk.choices) == TEXT
    assert chunks[-1].usage == whole.usage


async def test_sixteen_tokens_are_said_if_nobody_says_how_many() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(TEXT * 3)
        told = (await ask(fake, body(max_tokens=None), PATH)).json()

    assert told["usage"]["completion_tokens"] == 16
    assert told["choices"][0]["finish_reason"] == "length"


@pytest.mark.parametrize("stream", [False, True])
async def test_each_prompt_has_its_choices_one_prompt_after_another(stream: bool) -> None:
    async with FakeOpenAI() as fake:
        asked = body(["One.", "Two."], n=2, echo=True, stream=stream)
        raw = await ask(fake, asked, PATH)

    if stream:
        texts = [joined(raw.events, index) for index in range(4)]
    else:
        texts = [choice["text"] for choice in raw.json()["choices"]]
    assert [text[:4] for text in texts] == ["One.", "One.", "Two.", "Two."]
    assert len(set(texts)) == 4


async def test_stop_ends_the_text_before_it() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(TEXT)
        told = (await ask(fake, body(stop=["harbour"]), PATH)).json()["choices"][0]

    assert told["text"] == TEXT.partition("harbour")[0]
    assert told["finish_reason"] == "stop"


@pytest.mark.parametrize("stream", [False, True])
async def test_log_probabilities_belong_to_the_tokens_of_the_text(stream: bool) -> None:
    async with FakeOpenAI() as fake:
        fake.reply(TEXT)
        raw = await ask(fake, body(logprobs=2, stream=stream), PATH)

    rows = (
        [c for e in raw.events if isinstance(e, dict) for c in e["choices"]]
        if stream
        else (raw.json()["choices"])
    )
    tokens = [token for row in rows for token in row["logprobs"]["tokens"]]
    offsets = [offset for row in rows for offset in row["logprobs"]["text_offset"]]
    assert "".join(tokens) == TEXT
    assert [TEXT[at : at + len(t)] for at, t in zip(offsets, tokens, strict=True)] == tokens
    assert all(len(top) == 2 for row in rows for top in row["logprobs"]["top_logprobs"])


async def test_a_prompt_with_the_beginning_of_its_answer_gets_the_rest() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(TEXT)
        fake.fail(Cut(after=5))
        cut = await ask(fake, body(stream=True), PATH)
        begun = joined(cut.events)
        rest = await ask(fake, body(f"Tell me a story.{begun}", stream=True), PATH)

    assert cut.end == "cut"
    assert begun
    assert begun + joined(rest.events) == TEXT


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"model": None}, "you must provide a model parameter"),
        ({"model": "gpt-4o"}, "This is a chat model"),
        ({"prompt": {}}, "prompt"),
        ({"max_tokens": "x"}, "max_tokens"),
        ({"logprobs": 6}, "Expected a value <= 5"),
        ({"n": 3, "best_of": 2}, "more choices than it will generate"),
        ({"best_of": 2, "stream": True}, "Cannot stream"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"foo": 1}, "foo"),
    ],
)
async def test_a_wrong_request_is_refused(change: dict[str, Any], part: str) -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, {**body(), **change}, PATH)

    assert raw.status in (400, 404)
    assert part in raw.json()["error"]["message"]


@pytest.mark.parametrize("dialect", ["vllm", "ollama", "deepseek", "sglang", "azure"])
async def test_other_providers_have_it_too(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply(TEXT)
        raw = await ask(fake, body(stream=True, model="m"), PATH)

    assert joined(raw.events) == TEXT
