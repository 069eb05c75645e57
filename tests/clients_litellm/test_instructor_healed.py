"""Objects under instructor, over `AsyncOpenAI`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import ClassVar

import instructor
import openai

from clients import claims
from clients.asking import IN_TEXT, MESSAGES, STORM, Told, Weather, in_call
from clients.cases import KEY
from fake_openai import Answer, ToolCall
from steadystream import SteadyStream
from steadystream.integrations import openai_http_client

CALM = Weather(city="Köln", degrees=21, words="hardly a breath of air")
TWO = {"tasks": [STORM.model_dump(), CALM.model_dump()]}
TOOLS, JSON, SCHEMA = instructor.Mode.TOOLS, instructor.Mode.JSON, instructor.Mode.JSON_SCHEMA


@asynccontextmanager
async def client_at(
    url: str, middleware: SteadyStream | None, mode: instructor.Mode
) -> AsyncIterator[instructor.AsyncInstructor]:
    http = None if middleware is None else openai_http_client(middleware)
    async with openai.AsyncOpenAI(
        base_url=url, api_key=KEY, max_retries=0, http_client=http
    ) as client:
        yield instructor.from_openai(client, mode=mode)


async def grown(
    mode: instructor.Mode, url: str, middleware: SteadyStream | None, told: Told
) -> None:
    async with client_at(url, middleware, mode) as client:
        async for value in client.create_partial(
            model="m", messages=MESSAGES, response_model=Weather
        ):
            told.value = value.model_dump()


async def one_by_one(
    mode: instructor.Mode, url: str, middleware: SteadyStream | None, told: Told
) -> None:
    told.value = []
    async with client_at(url, middleware, mode) as client:
        async for value in client.create_iterable(
            model="m", messages=MESSAGES, response_model=Weather
        ):
            told.value.append(value)


class TestPartials(claims.Objects):
    ways: ClassVar = {
        "tools": (partial(grown, TOOLS), in_call("Weather")),
        "schema": (partial(grown, SCHEMA), IN_TEXT),
    }
    wanted: ClassVar = STORM.model_dump()


class TestIterables(claims.Objects):
    ways: ClassVar = {
        "tools": (
            partial(one_by_one, TOOLS),
            Answer(tool_calls=[ToolCall("IterableWeather", TWO)]),
        ),
        "JSON": (partial(one_by_one, JSON), Answer(json.dumps(TWO))),
    }
    wanted: ClassVar = [STORM, CALM]
