from __future__ import annotations

from typing import Any

import pytest

from fake_openai import Answer, FakeOpenAI
from fake_openai.counting import tokens
from fake_openai.inventing import plausible
from support.openai_client import Raw, ask, chat, events


async def told(**more: Any) -> Raw:
    async with FakeOpenAI() as fake:
        return await ask(fake, chat(stream=False, **more))


def content(raw: Raw) -> str:
    return str(raw.json()["choices"][0]["message"]["content"])


def used(raw: Raw) -> Any:
    return raw.json()["usage"]


def reasoning(raw: Raw) -> int:
    return int(used(raw)["completion_tokens_details"]["reasoning_tokens"])


async def test_more_effort_is_more_reasoning() -> None:
    counts = [
        reasoning(await told(model="gpt-5.2", reasoning_effort=effort))
        for effort in ("none", "low", "medium", "high", "xhigh")
    ]

    assert counts == sorted(set(counts))
    assert counts[0] == 0
    assert all(count % 64 == 0 for count in counts)


@pytest.mark.parametrize(("model", "thinks"), [("o3", True), ("gpt-5.1", False), ("gpt-4o", False)])
async def test_models_reason_as_much_as_they_do_by_themselves(model: str, thinks: bool) -> None:
    assert (reasoning(await told(model=model)) > 0) == thinks


async def test_reasoning_counts_and_may_use_up_the_limit() -> None:
    raw = await told(model="gpt-5", max_completion_tokens=20)

    assert (content(raw), raw.json()["choices"][0]["finish_reason"]) == ("", "length")
    assert (reasoning(raw), used(raw)["completion_tokens"]) == (20, 20)


@pytest.mark.parametrize("effort", ["low", "medium", "high", "xhigh", "max"])
def test_reasoning_has_a_whole_number_of_blocks(effort: str) -> None:
    assert tokens.count(plausible.reasoning("seed", effort)) % 64 == 0


async def test_reasoning_is_shown_where_the_provider_shows_it() -> None:
    async with FakeOpenAI("deepseek") as fake:
        raw = await ask(fake, chat(model="deepseek-reasoner", stream=False))

    assert raw.json()["choices"][0]["message"]["reasoning_content"]


async def test_verbosity_is_the_length_of_the_answer() -> None:
    low, high = [
        used(await told(model="gpt-5.1", verbosity=verbosity))["completion_tokens"]
        for verbosity in ("low", "high")
    ]

    assert low * 2 < high


async def test_another_seed_gives_another_answer_and_the_same_the_same() -> None:
    first, second, third = [await told(seed=seed) for seed in (1, 2, 1)]

    assert content(first) == content(third) != content(second)
    assert first.json()["system_fingerprint"] == third.json()["system_fingerprint"]


@pytest.mark.parametrize(
    ("asked", "told_"),
    [
        ("auto", "default"),
        ("default", "default"),
        ("flex", "flex"),
        ("priority", "priority"),
        ("fast", "priority"),
    ],
)
async def test_the_service_tier_that_served_is_told(asked: str, told_: str) -> None:
    assert (await told(service_tier=asked)).json()["service_tier"] == told_


async def test_a_prediction_comes_true_by_itself() -> None:
    raw = await told(prediction={"type": "content", "content": "one two three"})

    details = used(raw)["completion_tokens_details"]
    assert content(raw) == "one two three"
    assert details["accepted_prediction_tokens"] == 3
    assert details["rejected_prediction_tokens"] == 0


async def test_what_of_a_prediction_does_not_come_true_is_counted_and_paid() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one three")
        prediction = {"type": "content", "content": [{"type": "text", "text": "one two three"}]}
        raw = await ask(fake, chat(stream=False, prediction=prediction))

    details = used(raw)["completion_tokens_details"]
    assert details["accepted_prediction_tokens"] == 2
    assert details["rejected_prediction_tokens"] == 1
    assert used(raw)["completion_tokens"] == 3


LONG = "word " * 1500


async def cached(fake: FakeOpenAI, text: str, **more: Any) -> int:
    raw = await ask(fake, chat(text, stream=False, **more))
    return int(used(raw)["prompt_tokens_details"]["cached_tokens"])


async def test_a_prompt_that_comes_again_was_cached() -> None:
    async with FakeOpenAI() as fake:
        assert await cached(fake, LONG) == 0
        assert await cached(fake, LONG) == 1408


async def test_a_prefix_is_cached_in_steps_of_128_tokens() -> None:
    async with FakeOpenAI() as fake:
        await cached(fake, LONG)
        assert await cached(fake, "word " * 1200 + "other " * 300) == 1152


@pytest.mark.parametrize(
    "more", [{"model": "other"}, {"prompt_cache_key": "k"}], ids=["model", "key"]
)
async def test_other_models_and_keys_have_caches_of_their_own(more: dict[str, Any]) -> None:
    async with FakeOpenAI() as fake:
        await cached(fake, LONG)
        assert await cached(fake, LONG, **more) == 0


async def test_short_prompts_are_not_cached() -> None:
    async with FakeOpenAI() as fake:
        await cached(fake, "word " * 900)
        assert await cached(fake, "word " * 900) == 0


async def test_deepseek_tells_hits_and_misses() -> None:
    async with FakeOpenAI("deepseek") as fake:
        await ask(fake, chat(LONG, stream=False))
        usage = used(await ask(fake, chat(LONG, stream=False)))

    assert usage["prompt_cache_hit_tokens"] == 1408
    assert (
        usage["prompt_cache_hit_tokens"] + usage["prompt_cache_miss_tokens"]
        == (usage["prompt_tokens"])
    )


def part(kind: str, **inner: Any) -> dict[str, Any]:
    return {"type": kind, kind: inner}


@pytest.mark.parametrize(
    ("parts", "count"),
    [
        ([part("image_url", url="https://x/y.png", detail="low")], 85),
        ([part("image_url", url="https://x/y.png")], 765),
        ([part("file", file_id="file-1")], 1),
        ([part("file", filename="a.txt", file_data="A" * 400)], 76),
        ([{"type": "text", "text": "one two"}, {"type": "text", "text": " three"}], 3),
    ],
)
async def test_parts_of_a_message_are_counted(parts: list[Any], count: int) -> None:
    raw = await told(messages=[{"role": "user", "content": parts}])

    assert used(raw)["prompt_tokens"] == 3 + count


async def test_sound_is_counted_apart() -> None:
    sound = part("input_audio", data="A" * 64_000, format="wav")
    raw = await told(messages=[{"role": "user", "content": [sound]}])

    assert used(raw)["prompt_tokens_details"]["audio_tokens"] == 16
    assert used(raw)["prompt_tokens"] == 19


async def test_tools_are_part_of_the_prompt() -> None:
    tool = {"type": "function", "function": {"name": "f", "description": "word " * 50}}

    assert used(await told(tools=[tool]))["prompt_tokens"] > 50


async def test_each_choice_has_an_answer_of_its_own() -> None:
    choices = (await told(n=3)).json()["choices"]

    assert len({choice["message"]["content"] for choice in choices}) == 3
    assert [choice["index"] for choice in choices] == [0, 1, 2]


async def test_what_the_scripts_say_is_left_as_it_is() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(Answer("scripted"))
        raw = await ask(fake, chat(model="gpt-5", stream=False, reasoning_effort="high"))

    assert (content(raw), reasoning(raw)) == ("scripted", 0)


TOOL = {
    "type": "function",
    "function": {
        "name": "f",
        "parameters": {"type": "object", "properties": {"a": {"type": "string"}}},
    },
}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "object"}}}
BODIES = [
    chat("Tell me.", logprobs=True, top_logprobs=4),
    chat("Tell me.", tools=[TOOL], tool_choice="required"),
    chat("Tell me.", response_format=SCHEMA),
    chat(
        "Tell me.", model="gpt-5", reasoning_effort="high", stream_options={"include_usage": True}
    ),
    chat("Tell me.", seed=7, n=3),
    chat(LONG, stream=False),
    chat(LONG, stream=False),
]


async def test_the_same_requests_get_the_same_bytes_whatever_they_ask_for() -> None:
    async with FakeOpenAI(seed=3) as one, FakeOpenAI(seed=3) as other:
        first = [(await ask(one, body)).body for body in BODIES]
        second = [(await ask(other, body)).body for body in BODIES]

    assert first == second


@pytest.mark.parametrize(
    "more",
    [
        {"stop": "e"},
        {"service_tier": "flex"},
        {"max_tokens": 3},
        {"seed": 4},
        {"logprobs": True},
        {"stream_options": {"include_usage": True}},
        {"stream_options": {"include_obfuscation": False}},
    ],
)
async def test_what_changes_an_answer_changes_it_for_a_conversation_under_way(more: Any) -> None:
    async with FakeOpenAI() as fake:
        plain = await ask(fake, chat("Tell me."))
        changed = await ask(fake, chat("Tell me.", **more))
    async with FakeOpenAI() as fake:
        await ask(fake, chat("Tell me.", **more))
        again = await ask(fake, chat("Tell me.", **more))

    told = [events(raw.body)[:-1] for raw in (plain, changed, again)]
    for chunk in (chunk for row in told for chunk in row):
        del chunk["id"], chunk["created"]
        chunk.pop("obfuscation", None)
    assert told[1] == told[2]
    assert told[0] != told[1] or more == {"stream_options": {"include_obfuscation": False}}
