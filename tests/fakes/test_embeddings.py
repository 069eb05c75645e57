from __future__ import annotations

import base64
import math
import struct
from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_openai import FakeOpenAI
from fake_openai.telling.vectors import embed
from support.openai_client import ask

PATH = "/v1/embeddings"


def body(value: Any, **more: Any) -> dict[str, Any]:
    return {"model": "text-embedding-3-small", "input": value, **more}


async def vectors(*texts: str, **more: Any) -> list[list[float]]:
    async with (
        FakeOpenAI() as fake,
        openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-a") as client,
    ):
        told = await client.embeddings.create(
            model="text-embedding-3-small", input=list(texts), **more
        )
        return [one.embedding for one in told.data]


def dot(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_texts_that_share_words_are_near_and_others_are_not() -> None:
    weather, again, kernel = await vectors(
        "The weather in Paris is sunny today",
        "is it sunny WEATHER today, in Paris?",
        "Compile the kernel with debugging symbols",
    )

    assert dot(weather, again) > 0.8
    assert dot(weather, kernel) < 0.3


async def test_short_words_make_texts_near_but_little_words_do_not() -> None:
    cat, longer, dog = await vectors("the cat sat", "the cat sat down", "the dog ran")

    assert dot(cat, longer) > 0.7
    assert dot(cat, dog) < 0.3


@given(st.text(min_size=1, max_size=40), st.sampled_from([1, 2, 256, 1536]))
def test_every_vector_has_length_one(text: str, dimensions: int) -> None:
    vector = embed(text, dimensions)

    assert len(vector) == dimensions
    assert math.isclose(dot(vector, vector), 1, rel_tol=1e-5)


async def test_base64_holds_the_very_numbers_of_the_list() -> None:
    async with FakeOpenAI() as fake:
        listed = (await ask(fake, body("hello"), PATH)).json()["data"][0]["embedding"]
        packed = (await ask(fake, body("hello", encoding_format="base64"), PATH)).json()["data"][0]

    raw = base64.b64decode(packed["embedding"])
    assert list(struct.unpack(f"<{len(raw) // 4}f", raw)) == listed
    assert len(listed) == 1536


async def test_fewer_dimensions_are_the_beginning_of_more() -> None:
    (whole,), (part,) = await vectors("hello"), await vectors("hello", dimensions=8)

    scale = math.sqrt(dot(whole[:8], whole[:8]))
    assert part == pytest.approx([value / scale for value in whole[:8]], abs=1e-6)


@pytest.mark.parametrize(
    ("value", "tokens"), [("hello", 1), ([1, 2, 3], 3), ([[1, 2], [3]], 3), (["hello", "hello"], 2)]
)
async def test_texts_and_tokens_are_both_taken_and_counted(value: Any, tokens: int) -> None:
    async with FakeOpenAI() as fake:
        told = (await ask(fake, body(value), PATH)).json()

    assert told["usage"] == {"prompt_tokens": tokens, "total_tokens": tokens}
    assert [one["index"] for one in told["data"]] == list(range(len(told["data"])))


@pytest.mark.parametrize(
    ("request_body", "part"),
    [
        ({"model": "m"}, "Missing required parameter: 'input'"),
        (body(""), "'$.input' is invalid"),
        (body(["a", ""]), "'$.input[1]' is invalid"),
        (body([]), "'input'"),
        (body(["a"] * 2049), "'input'"),
        (body("word " * 9000), "maximum context length is 8192 tokens, however you requested"),
        (body("a", dimensions=1537), "Must be less than or equal to 1536"),
        (body("a", dimensions=0), "Expected a value >= 1, but got 0 instead."),
        (body("a", encoding_format="hex"), "'hex'"),
        (body("a", model="text-embedding-ada-002", dimensions=5), "does not support specifying"),
        (body([1, "a"]), "input"),
    ],
)
async def test_a_wrong_request_is_refused(request_body: dict[str, Any], part: str) -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, request_body, PATH)

    assert raw.status == 400
    assert part in raw.json()["error"]["message"]
