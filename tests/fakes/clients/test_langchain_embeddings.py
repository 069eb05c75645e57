"""`OpenAIEmbeddings` of langchain-openai takes the fake for the real thing."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import openai
import pytest
import tiktoken
from langchain_openai import OpenAIEmbeddings
from pydantic import SecretStr

from fake_openai import FakeOpenAI, Status

TEXTS = ["A letter finds its way.", "Its way is found by a letter.", "Bananas are yellow."]

# Each one makes a client for synchronous use too, and each client loads the certificates.
pytestmark = pytest.mark.slow


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def embeddings(fake: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """Return what makes a client; its tokens are bytes, as no vocabulary need be fetched for it."""
    ranks = {bytes([number]): number for number in range(256)}
    encoding = tiktoken.Encoding("bytes", pat_str=r".+", mergeable_ranks=ranks, special_tokens={})
    monkeypatch.setattr(tiktoken, "encoding_for_model", lambda _: encoding)
    async with openai.DefaultAsyncHttpxClient() as http:
        yield partial(
            OpenAIEmbeddings,
            model="text-embedding-3-small",
            base_url=fake.base_url,
            api_key=SecretStr("sk-of-a-test"),
            max_retries=0,
            dimensions=64,
            http_async_client=http,
        )


def likeness(one: list[float], other: list[float]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


async def test_vectors_of_tokens_arrive(fake: FakeOpenAI, embeddings: Any) -> None:
    vectors = await embeddings().aembed_documents(TEXTS)

    assert [len(vector) for vector in vectors] == [64] * len(TEXTS)
    assert [math.isclose(likeness(one, one), 1, rel_tol=1e-5) for one in vectors] == [True] * 3
    body = fake.requests[0].body
    assert {type(number) for tokens in body["input"] for number in tokens} == {int}
    assert body["encoding_format"] == "base64"


async def test_vectors_of_texts_that_share_words_are_near(
    fake: FakeOpenAI, embeddings: Any
) -> None:
    first, near, far = await embeddings(check_embedding_ctx_length=False).aembed_documents(TEXTS)

    assert likeness(first, near) > likeness(first, far)
    assert fake.requests[0].body["input"] == TEXTS


@pytest.mark.parametrize("checked", [True, False], ids=["tokens", "texts"])
async def test_a_question_has_the_vector_of_the_document_it_is(
    embeddings: Any, checked: bool
) -> None:
    client = embeddings(check_embedding_ctx_length=checked)

    asked = await client.aembed_query(TEXTS[0])

    assert asked == pytest.approx((await client.aembed_documents(TEXTS))[0])


async def test_a_long_text_is_sent_in_pieces(fake: FakeOpenAI, embeddings: Any) -> None:
    [vector] = await embeddings(embedding_ctx_length=100).aembed_documents(["letter " * 50])

    assert [len(tokens) for tokens in fake.requests[0].body["input"]] == [100, 100, 100, 50]
    assert len(vector) == 64


async def test_an_error_status_is_the_error_of_the_client(
    fake: FakeOpenAI, embeddings: Any
) -> None:
    fake.fail(Status(429))

    with pytest.raises(openai.RateLimitError):
        await embeddings().aembed_query("Hi")
