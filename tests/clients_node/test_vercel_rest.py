"""The AI SDK takes the fake for the real thing in what it has beside chats and tools."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from fake_openai import Answer, Citation, FakeOpenAIThread

Run = Callable[..., Any]
SDK = "vercel_rest"


def test_texts_are_embedded(node: Run) -> None:
    vectors = node(SDK, "embed", values=["a letter", "a parcel"])

    assert [len(vector) for vector in vectors] == [1536, 1536]
    assert math.isclose(math.fsum(value * value for value in vectors[0]), 1, rel_tol=1e-5)


def test_a_prompt_is_completed(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply("there was a letter")

    assert node(SDK, "complete") == "there was a letter"


def test_pages_that_are_cited_are_sources(fake: FakeOpenAIThread, node: Run) -> None:
    page = Citation("https://post.example/letters", title="Letters", start=0, end=2)
    fake.reply(Answer("It is a letter.", citations=[page]))

    seen = node(SDK, "sources")

    assert seen == {"text": "It is a letter.", "cited": [{"url": page.url, "title": page.title}]}


def test_a_talk_goes_on_from_a_response_that_is_kept(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply("one", "two three")

    seen = node(SDK, "goOn")

    assert (seen["first"], seen["second"], seen["tokens"]) == ("one", "two three", 2)
    assert fake.requests[1].body["previous_response_id"] == seen["previousResponseId"]
