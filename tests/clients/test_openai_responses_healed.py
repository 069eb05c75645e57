"""Every kind of response under the official SDK."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, ClassVar

import openai
from pydantic import BaseModel

from clients import responses_claims as claims
from clients.asking import AFTER, IN_TEXT, QUESTION, TEXT, Told, Weather, healing, in_call
from clients.test_openai_healed import Forecast, sdk
from fake_openai import Cut, FakeOpenAI
from steadystream import SteadyStream

ASKED: dict[str, Any] = {"model": "gpt-4.1", "input": QUESTION}
THINKING: dict[str, Any] = {"model": "o3", "reasoning": {"summary": "auto"}}


def tool(model: type[BaseModel], name: str) -> Any:
    """Return a tool whose calls the helper parses."""
    return openai.pydantic_function_tool(model, name=name)


_PARAMETERS = {**Forecast.model_json_schema(), "additionalProperties": False}
FORECAST = {"type": "function", "name": "forecast", "parameters": _PARAMETERS, "strict": True}


async def create(url: str, middleware: SteadyStream | None, told: Told, **more: Any) -> None:
    async with sdk(url, middleware) as client:
        async for event in await client.responses.create(**{**ASKED, **more}, stream=True):
            if event.type == "response.output_text.delta":
                told.text += event.delta
            elif event.type == "response.reasoning_summary_text.delta":
                told.reasoning += event.delta
            elif event.type == "response.output_item.done" and event.item.type == "function_call":
                told.calls.append((event.item.name, json.loads(event.item.arguments)))
            elif event.type == "response.completed":
                assert event.response.output_text == told.text


async def helper(url: str, middleware: SteadyStream | None, told: Told, **more: Any) -> Any:
    async with sdk(url, middleware) as client:
        async with client.responses.stream(**{**ASKED, **more}) as stream:
            async for event in stream:
                if event.type == "response.output_text.delta":
                    told.text += event.delta
                elif (
                    event.type == "response.output_item.done" and event.item.type == "function_call"
                ):
                    told.calls.append((event.item.name, json.loads(event.item.arguments)))
            return await stream.get_final_response()


async def helper_for_text(
    url: str, middleware: SteadyStream | None, told: Told, **more: Any
) -> None:
    final = await helper(url, middleware, told, **more)
    assert final.output_text == told.text


async def helper_with_tools(url: str, middleware: SteadyStream | None, told: Told) -> None:
    final = await helper(url, middleware, told, tools=[tool(Forecast, "forecast")])
    calls = [item.parsed_arguments for item in final.output if item.type == "function_call"]
    assert [call.model_dump() for call in calls] == [arguments for _, arguments in told.calls]


async def helper_for_a_model(url: str, middleware: SteadyStream | None, told: Told) -> None:
    told.value = (await helper(url, middleware, told, text_format=Weather)).output_parsed


async def helper_for_a_call(url: str, middleware: SteadyStream | None, told: Told) -> None:
    final = await helper(url, middleware, told, tools=[tool(Weather, "Weather")])
    told.value = final.output[0].parsed_arguments


class TestTexts(claims.Texts):
    ways: ClassVar = {
        "create": create,
        "create in the background": partial(create, background=True),
        "helper": helper_for_text,
    }


class TestCalls(claims.Calls):
    ways: ClassVar = {
        "create": partial(create, tools=[FORECAST]),
        "create in the background": partial(create, tools=[FORECAST], background=True),
        "helper": helper_with_tools,
    }


class TestObjects(claims.Objects):
    ways: ClassVar = {
        "model": (helper_for_a_model, IN_TEXT),
        "call": (helper_for_a_call, in_call("Weather")),
    }


class TestReasonings(claims.Reasonings):
    ways: ClassVar = {
        "create": partial(create, **THINKING),
        "create in the background": partial(create, **THINKING, background=True),
    }


async def test_what_the_middleware_put_into_the_background_is_taken_up_where_it_was_cut() -> None:
    told = Told()
    async with FakeOpenAI() as fake:
        fake.reply(TEXT)
        fake.fail(Cut(after=9))

        await create(fake.base_url, healing(background=True), told)

        assert told.text == TEXT
        assert [request.method for request in fake.requests] == ["POST", "GET"]


async def test_the_next_question_may_name_a_response_that_was_taken_up() -> None:
    async with FakeOpenAI() as fake, sdk(fake.base_url, healing(background=True)) as client:
        fake.reply(TEXT, AFTER)
        fake.fail(Cut(after=9))
        async with client.responses.stream(**ASKED) as stream:
            first = await stream.get_final_response()

        second = await client.responses.create(**ASKED, previous_response_id=first.id)

        assert (first.output_text, second.output_text) == (TEXT, AFTER)


async def test_a_response_that_is_looked_up_again_is_told_whole_from_there_on() -> None:
    async with FakeOpenAI() as fake, sdk(fake.base_url, healing()) as client:
        fake.reply(TEXT)
        made = await client.responses.create(**ASKED, background=True, stream=True)
        seen = [event async for event in made]
        fake.fail(Cut(after=9), endpoint="responses")

        again = await client.responses.retrieve(
            seen[0].response.id, stream=True, starting_after=seen[5].sequence_number
        )
        events = [event async for event in again]

        assert events == seen[6:]
        assert len(fake.requests) == 3
