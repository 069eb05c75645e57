"""Pydantic AI takes the fake for the real thing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from fake_openai import Answer, FakeOpenAI, Status, ToolCall


class Weather(BaseModel):
    city: str
    degrees: int


OSLO = {"city": "Oslo", "degrees": 7}


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def model(fake: FakeOpenAI) -> AsyncIterator[OpenAIChatModel]:
    provider = OpenAIProvider(base_url=fake.base_url, api_key="sk-of-a-test")
    async with provider.client:
        yield OpenAIChatModel("gpt-4.1", provider=provider)


async def test_an_agent_answers_with_the_text(fake: FakeOpenAI, model: OpenAIChatModel) -> None:
    fake.reply("one two three")

    result = await Agent(model).run("Hi")

    assert result.output == "one two three"


async def test_an_agent_streams_the_text(fake: FakeOpenAI, model: OpenAIChatModel) -> None:
    fake.reply("ø 日本 🌊, and more")

    async with Agent(model).run_stream("Hi") as result:
        pieces = [piece async for piece in result.stream_text(delta=True, debounce_by=None)]

    assert "".join(pieces) == "ø 日本 🌊, and more"
    assert len(pieces) > 1


async def test_a_tool_is_run_and_its_result_is_sent_back(
    fake: FakeOpenAI, model: OpenAIChatModel
) -> None:
    agent = Agent(model)

    @agent.tool_plain
    def weather(city: str) -> str:
        return f"rain in {city}"

    fake.reply(Answer(tool_calls=[ToolCall("weather", {"city": "Oslo"})]), "It rains.")
    result = await agent.run("Hi")

    assert result.output == "It rains."
    assert fake.requests[1].body["messages"][-1]["content"] == "rain in Oslo"


async def test_an_object_is_read_from_the_call_of_a_tool(
    fake: FakeOpenAI, model: OpenAIChatModel
) -> None:
    fake.reply(Answer(tool_calls=[ToolCall("final_result", OSLO)]))

    result = await Agent(model, output_type=Weather).run("Hi")

    assert result.output == Weather(**OSLO)


async def test_an_object_is_read_from_the_answer(fake: FakeOpenAI, model: OpenAIChatModel) -> None:
    fake.reply(Weather(**OSLO).model_dump_json())

    result = await Agent(model, output_type=NativeOutput(Weather)).run("Hi")

    assert result.output == Weather(**OSLO)
    assert fake.requests[0].body["response_format"]["type"] == "json_schema"


async def test_usage_is_counted(fake: FakeOpenAI, model: OpenAIChatModel) -> None:
    fake.reply("one two three")
    agent: Agent[Any, str] = Agent(model)

    whole = (await agent.run("Hi")).usage
    async with agent.run_stream("Hi") as result:
        await result.get_output()

    assert whole.output_tokens == 3
    assert result.usage.output_tokens == 3
    assert result.usage.input_tokens == whole.input_tokens


async def test_an_error_status_is_an_error_with_the_body(
    fake: FakeOpenAI, model: OpenAIChatModel
) -> None:
    fake.fail(Status(400))

    with pytest.raises(ModelHTTPError) as caught:
        await Agent(model).run("Hi")

    assert caught.value.status_code == 400
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["type"] == "invalid_request_error"
