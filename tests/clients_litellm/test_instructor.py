"""instructor takes the fake for the real thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import instructor
import openai
import pytest
from pydantic import BaseModel

from fake_openai import Answer, FakeOpenAIThread, ToolCall

MESSAGES: list[Any] = [{"role": "user", "content": "How is the weather?"}]
OSLO = {"city": "Oslo", "degrees": 7}


class Weather(BaseModel):
    city: str
    degrees: int


CALLED = Answer(tool_calls=[ToolCall("Weather", OSLO)])
SAID = Answer(Weather(**OSLO).model_dump_json())
MODES = {
    "tools": (instructor.Mode.TOOLS, CALLED),
    "json": (instructor.Mode.JSON, SAID),
    "schema": (instructor.Mode.JSON_SCHEMA, SAID),
}


@pytest.fixture
def client(fake_openai: FakeOpenAIThread) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=fake_openai.base_url, api_key="sk-of-a-test", max_retries=0
    ) as client:
        yield client


@pytest.mark.parametrize("mode", MODES)
def test_an_object_is_read_in_every_mode(
    fake_openai: FakeOpenAIThread, client: openai.OpenAI, mode: str
) -> None:
    how, answer = MODES[mode]
    fake_openai.reply(answer)

    told = instructor.from_openai(client, mode=how).chat.completions.create(
        model="gpt-4.1", messages=MESSAGES, response_model=Weather
    )

    assert told.model_dump() == OSLO


def test_an_object_grows_while_it_is_streamed(
    fake_openai: FakeOpenAIThread, client: openai.OpenAI
) -> None:
    fake_openai.reply(CALLED)

    grown = list(
        instructor.from_openai(client).chat.completions.create_partial(
            model="gpt-4.1", messages=MESSAGES, response_model=Weather
        )
    )

    assert grown[0].city != "Oslo"
    assert (grown[-1].city, grown[-1].degrees) == ("Oslo", 7)


def test_an_answer_that_does_not_fit_is_asked_for_again(
    fake_openai: FakeOpenAIThread, client: openai.OpenAI
) -> None:
    wrong = Answer(tool_calls=[ToolCall("Weather", {"city": "Oslo", "degrees": "mild"})])
    fake_openai.reply(wrong, CALLED)

    told = instructor.from_openai(client).chat.completions.create(
        model="gpt-4.1", messages=MESSAGES, response_model=Weather, max_retries=1
    )

    assert told.model_dump() == OSLO
    assert len(fake_openai.requests) == 2
