"""A stream that is written past aiohttp has the head that aiohttp writes."""

from __future__ import annotations

import re

import pytest

from fake_openai import FakeOpenAI, Latency
from support.openai_client import Raw, ask, chat


@pytest.mark.parametrize("dialect", ["openai", "vllm", "mistral"])
async def test_its_head_is_that_of_a_stream_with_latency(dialect: str) -> None:
    """Latency leads the response the other way, through aiohttp."""
    heads = []
    for seconds in (0.0, 1e-6):
        async with FakeOpenAI(dialect, latency=Latency(between=seconds)) as fake:
            heads.append(_timeless(await ask(fake, chat())))

    assert heads[0] == heads[1]


async def test_a_client_that_wants_no_further_answer_is_told_that_the_connection_closes() -> None:
    async with FakeOpenAI() as fake:
        answer = await ask(fake, chat(), headers={"Connection": "close"})

    assert answer.headers["connection"] == "close"
    assert answer.end == "whole"


def _timeless(answer: Raw) -> str:
    return re.sub(r"Date: [^\r]*", "Date: now", answer.head)
