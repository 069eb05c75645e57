from __future__ import annotations

from typing import Any

import openai
import pytest

from fake_openai import FakeOpenAI
from support.openai_client import ask

PATH = "/v1/moderations"


async def judged(value: Any) -> list[Any]:
    async with (
        FakeOpenAI() as fake,
        openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-a") as client,
    ):
        return (await client.moderations.create(input=value)).results


async def test_a_harmless_text_is_not_flagged() -> None:
    (result,) = await judged("What a lovely day.")

    assert not result.flagged
    assert not any(result.categories.model_dump().values())


async def test_a_violent_text_is_flagged_for_violence() -> None:
    (result,) = await judged("I will KILL them all.")

    assert result.flagged
    assert result.categories.violence
    assert result.category_scores.violence > 0.5
    assert not result.categories.sexual


async def test_each_text_of_a_list_is_judged_by_itself() -> None:
    results = await judged(["A walk.", "A murder."])

    assert [result.flagged for result in results] == [False, True]


async def test_text_and_image_together_are_one_input() -> None:
    url = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    (result,) = await judged([{"type": "text", "text": "a kill"}, url])

    assert result.flagged
    assert result.category_applied_input_types.violence == ["text", "image"]
    assert result.category_applied_input_types.hate == ["text"]


@pytest.mark.parametrize("value", [None, 7, [], [7], [{"type": "audio"}]])
async def test_a_wrong_input_is_refused(value: Any) -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, {"input": value}, PATH)

    assert raw.status == 400
    assert raw.json()["error"]["param"].startswith("input")
