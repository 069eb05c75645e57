"""The official SDK for Node takes the other endpoints of the fake for the real thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fake_openai import Cut, FakeOpenAIThread

Run = Callable[..., Any]
SDK = "openai_rest"


def test_a_prompt_is_completed(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply("there was a letter")

    completion = node(SDK, "complete")["value"]

    [choice] = completion["choices"]
    assert (choice["text"], choice["finish_reason"]) == ("there was a letter", "stop")
    assert completion["object"] == "text_completion"


def test_a_completion_is_streamed(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply("ø 日本 🌊, and more")

    assert node(SDK, "streamCompletion") == {"text": "ø 日本 🌊, and more", "error": None}


def test_a_completion_that_breaks_is_an_error_after_the_text_so_far(
    fake: FakeOpenAIThread, node: Run
) -> None:
    fake.reply("one two three")
    fake.fail(Cut(after=2))

    seen = node(SDK, "streamCompletion")

    assert seen["text"] == "one two"
    assert seen["error"] is not None


def test_a_chat_model_does_not_complete_prompts(node: Run) -> None:
    error = node(SDK, "complete", request={"model": "gpt-4.1"})["error"]

    assert error["class"] == "NotFoundError"


@pytest.mark.parametrize("given", ["a letter", ["a letter", "a parcel"], [1, 2], [[1, 2], [3]]])
def test_vectors_are_the_same_packed_and_plain(node: Run, given: Any) -> None:
    packed, plain = node(SDK, "embed", input=given)

    assert packed == plain
    assert {len(vector) for vector in plain} == {8}


def test_texts_are_judged(node: Run) -> None:
    [harmless, harmful] = node(SDK, "moderate", input=["a letter", "I will kill you"])

    assert (harmless["flagged"], harmful["flagged"]) == (False, True)
    assert harmful["categories"]["violence"] is True


def test_a_file_is_kept_listed_and_deleted(node: Run) -> None:
    seen = node(SDK, "files", text='{"a":"ø"}\n')

    assert seen["content"] == '{"a":"ø"}\n'
    assert seen["listed"]
    assert seen["filename"] == "some.jsonl"
    assert seen["gone"]["error"]["class"] == "NotFoundError"


@pytest.mark.parametrize(
    ("endpoint", "asked"),
    [
        ("/v1/responses", {"input": "Hi"}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hi"}]}),
    ],
    ids=["responses", "chat"],
)
def test_a_batch_is_run(node: Run, endpoint: str, asked: dict[str, Any]) -> None:
    requests = [{"model": "gpt-4.1", **asked}] * 2

    seen = node(SDK, "batch", requests=requests, endpoint=endpoint)

    assert (seen["first"], seen["status"]) == ("validating", "completed")
    assert seen["counts"] == {"total": 2, "completed": 2, "failed": 0}
    assert [answer["custom_id"] for answer in seen["answers"]] == ["r0", "r1"]
    assert {answer["response"]["status_code"] for answer in seen["answers"]} == {200}


def test_chat_completions_are_kept(node: Run) -> None:
    assert node(SDK, "keep") == {
        "same": True,
        "listed": True,
        "sent": ["Hi"],
        "metadata": {"topic": "post"},
        "deleted": True,
    }
