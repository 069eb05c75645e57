"""Every kind of answer under the official SDK."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import openai
from pydantic import BaseModel

from clients import claims
from clients.asking import IN_TEXT, MESSAGES, Told, Weather, in_call
from clients.cases import KEY
from steadystream import SteadyStream
from steadystream.integrations import openai_http_client

ASKED: dict[str, Any] = {"model": "m", "messages": MESSAGES}


class Forecast(BaseModel):
    city: str
    days: int


FORECAST = openai.pydantic_function_tool(Forecast, name="forecast")


@asynccontextmanager
async def sdk(url: str, middleware: SteadyStream | None) -> AsyncIterator[openai.AsyncOpenAI]:
    http = None if middleware is None else openai_http_client(middleware)
    async with openai.AsyncOpenAI(
        base_url=url, api_key=KEY, max_retries=0, http_client=http
    ) as client:
        yield client


async def create(url: str, middleware: SteadyStream | None, told: Told, **more: Any) -> None:
    async with sdk(url, middleware) as client:
        stream = await client.chat.completions.create(**ASKED, **more, stream=True)
        calls: dict[int, list[str]] = {}
        async for chunk in stream:
            for choice in chunk.choices:
                delta = choice.delta
                told.text += delta.content or ""
                told.reasoning += getattr(delta, "reasoning_content", None) or ""
                told.reasoning += getattr(delta, "reasoning", None) or ""
                for part in delta.tool_calls or ():
                    call = calls.setdefault(part.index, [])
                    call += [part.function.name or "", part.function.arguments or ""]
        told.calls = [(call[0], json.loads("".join(call[1:]))) for call in calls.values()]


async def create_with_tools(url: str, middleware: SteadyStream | None, told: Told) -> None:
    await create(url, middleware, told, tools=[FORECAST])


async def helper(url: str, middleware: SteadyStream | None, told: Told, **more: Any) -> Any:
    async with sdk(url, middleware) as client:
        async with client.chat.completions.stream(**ASKED, **more) as stream:
            async for event in stream:
                if event.type == "content.delta":
                    told.text += event.delta
                elif event.type == "tool_calls.function.arguments.done":
                    called = event.parsed_arguments
                    assert isinstance(called, BaseModel)
                    told.calls.append((event.name, called.model_dump()))
            return (await stream.get_final_completion()).choices[0].message


async def helper_for_text(url: str, middleware: SteadyStream | None, told: Told) -> None:
    message = await helper(url, middleware, told)
    assert message.content == told.text


async def helper_with_tools(url: str, middleware: SteadyStream | None, told: Told) -> None:
    message = await helper(url, middleware, told, tools=[FORECAST])
    parsed = [call.function.parsed_arguments.model_dump() for call in message.tool_calls]
    assert parsed == [arguments for _, arguments in told.calls]


async def helper_for_a_model(url: str, middleware: SteadyStream | None, told: Told) -> None:
    told.value = (await helper(url, middleware, told, response_format=Weather)).parsed


async def helper_for_a_call(url: str, middleware: SteadyStream | None, told: Told) -> None:
    tool = openai.pydantic_function_tool(Weather)
    [call] = (await helper(url, middleware, told, tools=[tool])).tool_calls
    told.value = call.function.parsed_arguments


class TestTexts(claims.Texts):
    ways: ClassVar = {"create": create, "helper": helper_for_text}


class TestCalls(claims.Calls):
    ways: ClassVar = {"create": create_with_tools, "helper": helper_with_tools}


class TestObjects(claims.Objects):
    ways: ClassVar = {
        "model": (helper_for_a_model, IN_TEXT),
        "call": (helper_for_a_call, in_call("Weather")),
    }


class TestReasonings(claims.Reasonings):
    ways: ClassVar = {"create": create}
