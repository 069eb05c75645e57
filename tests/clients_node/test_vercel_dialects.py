"""The AI SDK reads every dialect, over its provider for compatible servers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fake_openai import Answer, FakeOpenAIThread

Run = Callable[..., Any]
THINKING = Answer("one two three", reasoning="Let me count.")
DIALECTS = (
    "azure",
    "deepseek",
    "groq",
    "kimi",
    "mistral",
    "openai",
    "openrouter",
    "qwen",
    "sglang",
    "vllm",
)
SHOWN = ("deepseek", "groq", "kimi", "openrouter", "qwen", "sglang", "vllm")
"""Dialects that show the reasoning where the SDK looks for it."""


@pytest.fixture(params=["generate", "stream"])
def ask(request: pytest.FixtureRequest, node: Run) -> Run:
    """Return what asks a server: for a whole answer, or for a stream."""

    def asked(fake: FakeOpenAIThread) -> Any:
        seen = node("vercel", request.param, provider="compatible", base_url=fake.base_url)
        return seen.get("value", seen)

    return asked


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_text_is_understood(ask: Run, dialect: str) -> None:
    with FakeOpenAIThread(dialect) as fake:
        fake.reply("one two three")
        seen = ask(fake)

    assert (seen["text"], seen["finishReason"]) == ("one two three", "stop")
    assert seen["usage"]["outputTokens"] >= 3


@pytest.mark.parametrize("dialect", SHOWN)
def test_the_reasoning_is_understood(ask: Run, dialect: str) -> None:
    with FakeOpenAIThread(dialect) as fake:
        fake.reply(THINKING)
        seen = ask(fake)

    assert (seen["reasoning"], seen["text"]) == ("Let me count.", "one two three")
