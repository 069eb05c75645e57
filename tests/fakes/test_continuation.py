from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import Answer, Cut, FakeOpenAI, dialects
from fake_openai.asking import conversation
from fake_openai.errors.errors import ApiError
from support.openai_client import CHAT, Raw, ask, chat, deltas, usage

TEXT = "One two, three.  Four føur 日本 five."
BOTH = {"continue_final_message": True, "add_generation_prompt": False}
WAYS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    # dialect: on the message, on the body, path
    "vllm": ({}, BOTH, CHAT),
    "sglang": ({}, BOTH, CHAT),
    "deepseek": ({"prefix": True}, {}, "/beta/chat/completions"),
    "mistral": ({"prefix": True}, {}, CHAT),
    "qwen": ({"partial": True}, {}, CHAT),
    "kimi": ({"partial": True}, {}, CHAT),
    "openrouter": ({}, {}, CHAT),
    "groq": ({}, {}, CHAT),
}
ECHOED = {"mistral"}


async def continued(fake: FakeOpenAI, prefix: str, **more: Any) -> Raw:
    message, flags, path = WAYS[fake.dialect.name]
    return await ask(fake, chat(partial={"content": prefix, **message}, **flags, **more), path)


@pytest.mark.parametrize("dialect", WAYS)
@given(at=st.integers(0, len(TEXT)))
@settings(max_examples=15)
async def test_a_continued_answer_is_the_rest_of_the_true_one(dialect: str, at: int) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply(TEXT)
        raw = await continued(fake, TEXT[:at])

    echo = TEXT[:at] if dialect in ECHOED else ""
    assert raw.text == echo + TEXT[at:]


@pytest.mark.parametrize("dialect", WAYS)
async def test_an_answer_nobody_scripted_is_continued_after_a_cut(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        true = fake.answer_to(chat()).text
        fake.fail(Cut(after=9))
        got = (await ask(fake, chat())).text
        rest = (await continued(fake, got)).text

    assert got
    assert (got if dialect not in ECHOED else "") + rest == true


@pytest.mark.parametrize("dialect", WAYS)
async def test_what_is_no_prefix_is_answered_with_something_else(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply(TEXT)
        raw = await continued(fake, "One two, thirty")

    assert raw.status == 200
    assert "three" not in raw.text
    assert not raw.text.startswith("One")


@pytest.mark.parametrize("dialect", ["openai", "azure"])
async def test_openai_begins_a_new_turn(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply(TEXT)
        raw = await ask(fake, chat(partial=TEXT[:10]))

    assert raw.text == TEXT


@pytest.mark.parametrize("dialect", ["vllm", "qwen", "kimi"])
async def test_without_its_switch_a_new_turn_begins(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply(TEXT)
        raw = await ask(fake, chat(partial=TEXT[:10]))

    assert raw.text == TEXT


async def test_sglang_takes_a_trailing_assistant_message_for_a_users() -> None:
    async with FakeOpenAI("sglang") as fake:
        fake.reply(TEXT)
        raw = await ask(fake, chat(partial=TEXT[:10]))

    assert "One" not in raw.text


@pytest.mark.parametrize("also", [{}, {"add_generation_prompt": True}])
async def test_vllm_refuses_to_continue_and_to_begin_a_turn(also: dict[str, Any]) -> None:
    async with FakeOpenAI("vllm") as fake:
        raw = await ask(fake, chat(partial="One", continue_final_message=True, **also))

    assert (raw.status, raw.json()["error"]["code"]) == (400, 400)
    assert raw.json()["error"]["message"].startswith("Cannot set both `continue_final_message`")


@pytest.mark.parametrize("path", [CHAT, "/chat/completions"])
async def test_deepseek_continues_only_at_beta(path: str) -> None:
    async with FakeOpenAI("deepseek") as fake:
        raw = await ask(fake, chat(partial={"content": "One", "prefix": True}), path)

    assert raw.status == 400
    assert "beta" in raw.json()["error"]["message"]


async def test_deepseek_at_beta_is_a_normal_chat_without_a_prefix() -> None:
    async with FakeOpenAI("deepseek") as fake:
        fake.reply(TEXT)
        told = [
            (await ask(fake, chat(partial=p), "/beta/chat/completions")).text for p in (None, "One")
        ]

    assert told == [TEXT, TEXT]


async def test_deepseek_takes_reasoning_with_the_prefix() -> None:
    async with FakeOpenAI("deepseek") as fake:
        fake.reply(Answer("yes", reasoning="hm so then"))
        partial = {"content": "", "reasoning_content": "hm so", "prefix": True}
        raw = await ask(fake, chat(partial=partial), "/beta/chat/completions")

    thought = [delta.get("reasoning_content") for delta in deltas(raw.body)]
    assert "".join(part for part in thought if part) == " then"
    assert raw.text == "yes"


async def test_mistral_refuses_a_trailing_assistant_message_without_prefix() -> None:
    async with FakeOpenAI("mistral") as fake:
        raw = await ask(fake, chat(partial="One"))

    assert (raw.status, raw.json()["code"]) == (400, "3230")


async def test_mistral_repeats_the_prefix_in_one_delta_after_the_role() -> None:
    async with FakeOpenAI("mistral") as fake:
        fake.reply(TEXT)
        raw = await continued(fake, "One two")

    assert [delta["content"] for delta in deltas(raw.body)[:3]] == ["", "One two", ","]


async def test_mistral_repeats_the_prefix_unstreamed_too() -> None:
    async with FakeOpenAI("mistral") as fake:
        fake.reply(TEXT)
        raw = await continued(fake, "One two", stream=False)

    assert raw.json()["choices"][0]["message"]["content"] == TEXT


async def test_kimi_does_not_continue_json_mode() -> None:
    async with FakeOpenAI("kimi") as fake:
        raw = await continued(fake, "{", response_format={"type": "json_object"})

    assert (raw.status, raw.json()["error"]["param"]) == (400, "response_format")


@pytest.mark.parametrize(
    ("model", "status"),
    [
        ("anthropic/claude-haiku-4.5", 200),
        ("anthropic/claude-opus-4.6", 400),
        ("anthropic/claude-sonnet-5", 400),
        ("openai/gpt-5", 200),
    ],
)
async def test_newer_claude_models_refuse_a_prefill(model: str, status: int) -> None:
    async with FakeOpenAI("openrouter") as fake:
        raw = await continued(fake, "One", model=model)

    assert raw.status == status
    assert (b"does not support assistant message prefill" in raw.body) is (status == 400)


@pytest.mark.parametrize("dialect", WAYS)
async def test_the_prefix_is_counted_with_the_prompt(dialect: str) -> None:
    options = {"stream_options": {"include_usage": True}}
    async with FakeOpenAI(dialect) as fake:
        fake.reply("one two three four")
        first = usage((await ask(fake, chat(**options))).body)
        rest = usage((await continued(fake, "one two", **options)).body)

    assert (first["completion_tokens"], rest["completion_tokens"]) == (4, 2)
    assert rest["prompt_tokens"] >= first["prompt_tokens"] + 2


@pytest.mark.parametrize("dialect", WAYS)
async def test_a_token_limit_bounds_the_new_tokens_only(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply("one two three four five")
        raw = await continued(fake, "one two", max_tokens=2)

    assert raw.text == ("one two" if dialect in ECHOED else "") + " three four"


async def test_chunks_that_were_given_are_kept_behind_the_prefix() -> None:
    async with FakeOpenAI("groq") as fake:
        fake.reply(Answer(chunks=["abc", "def", "ghi"]))
        raw = await continued(fake, "abcd")

    assert [delta["content"] for delta in deltas(raw.body)[1:-1]] == ["ef", "ghi"]


async def test_the_whole_true_answer_is_told_for_a_body_that_continues() -> None:
    async with FakeOpenAI("qwen") as fake:
        fake.reply(TEXT)
        body = chat(partial={"content": "One", "partial": True})
        await ask(fake, body)

        assert fake.answer_to(body).text == TEXT


async def test_the_journal_says_what_was_to_be_continued() -> None:
    async with FakeOpenAI("qwen") as fake:
        fake.reply(TEXT)
        await continued(fake, "One")
        await ask(fake, chat())

    assert [received.prefix for received in fake.requests] == ["One", ""]
    assert [received.attempt for received in fake.requests] == [1, 2]


def test_parts_of_a_message_are_one_text() -> None:
    message = {"content": [{"type": "text", "text": "a"}, {"type": "image_url"}, {"text": "b"}]}

    assert conversation.text_of(message) == "ab"


def test_a_refused_continuation_says_why() -> None:
    body = chat(partial={"content": "x", "prefix": True})

    with pytest.raises(ApiError, match=r"400: prefix is only available with the beta API"):
        conversation.read(dialects.find("deepseek"), CHAT, body)
