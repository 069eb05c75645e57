from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_openai import FakeOpenAI
from fake_openai.counting import tokens, vocabularies
from support.openai_client import ask, chat, usage

# litellm brings the vocabularies along; where it is not installed, they are not at hand.
VOCABULARIES = next(Path().glob(".venv*/lib/*/site-packages/litellm/**/tokenizers"), None)
needs_vocabularies = pytest.mark.skipif(
    VOCABULARIES is None or importlib.util.find_spec("tiktoken") is None,
    reason="the data of tiktoken is not at hand",
)
PROSE = (
    "The quick brown fox jumps over the lazy dog, and then, unexpectedly, it considered the"
    " implications of international agreements. Most of the work depends on what numbers say."
)


@given(st.text())
def test_the_tokens_of_a_text_joined_are_the_text(text: str) -> None:
    assert "".join(tokens.split(text)) == text


def test_a_word_is_one_token_with_the_space_before_it() -> None:
    assert tokens.split("Hello world, 12 cats.") == ("Hello", " world", ",", " 12", " cats", ".")


def test_a_long_word_is_several_tokens() -> None:
    assert tokens.split("incomprehensibilities") == ("incompre", "hensibil", "ities")


def test_line_breaks_stand_apart_from_words() -> None:
    assert tokens.split("a\n\n b") == ("a", "\n\n", " b")


def test_english_comes_to_four_or_five_characters_a_token() -> None:
    assert 4 <= len(PROSE) / tokens.count(PROSE) <= 5


def test_a_japanese_character_is_one_token() -> None:
    assert tokens.count("日本語では") == 5


def test_a_tokenizer_that_does_not_exist_is_refused() -> None:
    with pytest.raises(
        ValueError, match="must be one of own, auto, o200k_base, cl100k_base, got 'x'"
    ):
        tokens.find("x")


def test_a_vocabulary_that_is_not_at_hand_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))

    with pytest.raises(ValueError, match="needs its data in"):
        tokens.find("o200k_base")


def test_a_wrong_vocabulary_is_refused_and_not_fetched_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    file = tmp_path / "fb374d419588a4632f3f557e76b4b70aebbca790"
    file.write_bytes(b"IQ== 0\n")

    with pytest.raises(ValueError, match="needs its data in"):
        tokens.find("o200k_base")

    assert file.read_bytes() == b"IQ== 0\n"


@needs_vocabularies
@pytest.mark.slow
def test_tiktoken_counts_where_its_data_is_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(VOCABULARIES))

    tokenizer = tokens.find("o200k_base")

    assert tokenizer.split("Hello world") == ("Hello", " world")
    assert "".join(tokenizer.split("👩‍🚀 ok \ud800")) == "👩‍🚀 ok ?"


@needs_vocabularies
@pytest.mark.slow
async def test_a_fake_counts_and_cuts_with_the_tokenizer_it_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(VOCABULARIES))
    word = "antidisestablishmentarianism"
    counts = []
    for tokenizer in ("own", "o200k_base"):
        async with FakeOpenAI(tokenizer=tokenizer) as fake:
            fake.reply(word)
            raw = await ask(fake, chat(word, stream_options={"include_usage": True}))
            counts.append((usage(raw.body)["completion_tokens"], raw.text))

    assert counts == [(4, word), (len(tokens.find("o200k_base").split(word)), word)]


@pytest.mark.parametrize("wrong", [7, None])
def test_a_tokenizer_that_is_no_text_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="tokenizer must be text, got"):
        FakeOpenAI(tokenizer=wrong)


def test_the_tokenizer_in_force_has_its_name() -> None:
    assert FakeOpenAI().tokenizer == "own"


@pytest.mark.parametrize(
    ("model", "vocabulary"),
    [
        ("gpt-4o-mini", "o200k_base"),
        ("openai/gpt-4.1", "o200k_base"),
        ("ft:gpt-4o:mine", "o200k_base"),
        ("gpt-5.1", "o200k_base"),
        ("gpt-oss-20b", "o200k_base"),
        ("o4-mini", "o200k_base"),
        ("chatgpt-4o-latest", "o200k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("gpt-4", "cl100k_base"),
        ("gpt-35-turbo", "cl100k_base"),
        ("text-embedding-3-small", "cl100k_base"),
        ("text-embedding-ada-002", "cl100k_base"),
        ("mistral-large", None),
        ("text-davinci-003", None),
        ("", None),
    ],
)
def test_a_model_has_the_vocabulary_that_tiktoken_gives_it(
    model: str, vocabulary: str | None
) -> None:
    assert vocabularies.of_model(model) == vocabulary


async def test_auto_counts_as_our_own_does_where_nothing_is_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    bodies = []
    for tokenizer in ("own", "auto"):
        async with FakeOpenAI(tokenizer=tokenizer) as fake:
            bodies.append((await ask(fake, chat("antidisestablishmentarianism"))).body)
            assert (fake.tokenizer, fake.requests[0].tokenizer) == (tokenizer, "own")

    assert bodies[0] == bodies[1]


@needs_vocabularies
@pytest.mark.slow
async def test_auto_counts_by_the_vocabulary_of_the_model_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(VOCABULARIES))
    word = "antidisestablishmentarianism"
    async with FakeOpenAI(tokenizer="auto") as fake:
        # What is at hand is looked for once: nobody can change the counts behind its back.
        monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "/nowhere")
        fake.reply(word)
        models = ("gpt-4o", "gpt-4o", "gpt-4", "command-r")
        asked = [chat(word, model=m, stream_options={"include_usage": True}) for m in models]
        told = [usage((await ask(fake, body)).body)["completion_tokens"] for body in asked]
        true = fake.answer_to(asked[0]).text
        counted_by = [one.tokenizer for one in fake.requests]

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(VOCABULARIES))
    wanted = ["o200k_base", "o200k_base", "cl100k_base", "own"]
    assert (counted_by, true) == (wanted, word)
    assert told == [len(tokens.find(name).split(word)) for name in wanted]


@needs_vocabularies
@pytest.mark.slow
async def test_auto_knows_the_model_of_an_azure_deployment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(VOCABULARIES))
    async with FakeOpenAI("azure", tokenizer="auto") as fake:
        path = "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
        body = {name: value for name, value in chat("hi").items() if name != "model"}
        raw = await ask(fake, body, path, headers={"api-key": "k" * 32})

        assert (raw.status, fake.requests[0].tokenizer) == (200, "o200k_base")
