"""What chats tell beside the answer where they are asked: judgements, and usage so far."""

from __future__ import annotations

from typing import Any

import pytest

from fake_openai import FakeOpenAI
from support.openai_client import Raw, ask, chat

JUDGED = {"model": "omni-moderation-latest"}
RUNNING = {"include_usage": True, "continuous_usage_stats": True}


async def asked(fake: FakeOpenAI, question: str = "Hi", **more: Any) -> Raw:
    raw = await ask(fake, chat(question, **more))
    assert raw.status == 200, raw.body
    return raw


def chunks_of(raw: Raw) -> list[dict[str, Any]]:
    return [event for event in raw.events if isinstance(event, dict)]


async def test_input_and_output_are_judged_where_that_is_asked_for() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("I will kill you.")
        told = (await asked(fake, stream=False, moderation=JUDGED)).json()["moderation"]

    flags = {one: told[one]["results"][0]["categories"]["violence"] for one in told}
    assert flags == {"input": False, "output": True}
    assert [told["output"]["type"], told["output"]["model"]] == [
        "moderation_results",
        "omni-moderation-latest",
    ]


async def test_each_choice_is_judged() -> None:
    async with FakeOpenAI() as fake:
        told = (await asked(fake, stream=False, n=3, moderation=JUDGED)).json()["moderation"]

    assert [len(told[one]["results"]) for one in ("input", "output")] == [1, 3]


async def test_a_stream_ends_with_a_chunk_that_judges() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("yes")
        options = {"include_usage": True}
        raw = await asked(fake, moderation=JUDGED, stream_options=options)

    *_, before, last = chunks_of(raw)
    assert before["usage"]["completion_tokens"] == 1
    assert (last["choices"], last["usage"]) == ([], None)
    assert [*last][6:9] == ["choices", "moderation", "usage"]
    assert raw.body.endswith(b"data: [DONE]\n\n")


async def test_nobody_is_judged_unasked() -> None:
    async with FakeOpenAI() as fake:
        plain = await asked(fake)
        whole = await asked(fake, "Hello", stream=False)

    assert b'"moderation"' not in plain.body + whole.body


async def test_the_same_request_with_another_judge_is_told_so() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("yes")
        told = [
            chunks_of(await asked(fake, moderation={"model": model}))[-1]["moderation"]
            for model in ("omni-moderation-latest", "omni-moderation-2024-09-26")
        ]

    assert [one["input"]["model"] for one in told] == [
        "omni-moderation-latest",
        "omni-moderation-2024-09-26",
    ]


@pytest.mark.parametrize("dialect", ["vllm", "sglang"])
async def test_each_chunk_tells_the_usage_so_far(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply("one two three")
        raw = await asked(fake, stream_options=RUNNING)

    counts = [chunk["usage"]["completion_tokens"] for chunk in chunks_of(raw)]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert counts[-1] == 3
    assert raw.text == "one two three"
    assert all(
        one["usage"]["total_tokens"]
        == one["usage"]["prompt_tokens"] + one["usage"]["completion_tokens"]
        for one in chunks_of(raw)
    )


async def test_choices_have_a_usage_so_far_of_their_own() -> None:
    async with FakeOpenAI("vllm") as fake:
        raw = await asked(fake, n=2, stream_options=RUNNING)

    seen: dict[int, list[int]] = {0: [], 1: []}
    for chunk in chunks_of(raw)[:-1]:
        seen[chunk["choices"][0]["index"]].append(chunk["usage"]["completion_tokens"])
    assert seen[0] == sorted(seen[0])
    assert seen[0][-1] + seen[1][-1] == chunks_of(raw)[-1]["usage"]["completion_tokens"]


@pytest.mark.parametrize(
    ("dialect", "options", "told"),
    [
        ("vllm", {"continuous_usage_stats": True}, False),
        ("vllm", {"include_usage": True}, False),
        ("sglang", {"continuous_usage_stats": True}, True),
        ("deepseek", RUNNING, False),
    ],
)
async def test_the_usage_so_far_is_told_only_where_the_server_would(
    dialect: str, options: dict[str, bool], told: bool
) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply("one two three")
        raw = await ask(fake, chat("Hi", stream_options=options))

    chunks = [one for one in chunks_of(raw) if one["choices"]]
    assert bool(chunks[1].get("usage")) is told


async def test_the_api_of_openai_does_not_know_the_usage_so_far() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat("Hi", stream_options=RUNNING))

    assert raw.status == 400
    assert raw.json()["error"]["param"] == "stream_options.continuous_usage_stats"
