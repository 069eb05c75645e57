"""Every kind of answer under litellm."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, ClassVar

import aiohttp
import litellm
import pytest
from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

from clients import claims
from clients.asking import IN_TEXT, MESSAGES, Told, Weather
from clients.cases import KEY
from steadystream import SteadyStream

# The first call of all makes litellm import for seconds.
pytestmark = pytest.mark.slow

_PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
}
FORECAST = {"type": "function", "function": {"name": "forecast", "parameters": _PARAMETERS}}


async def acompletion(
    url: str,
    middleware: SteadyStream | None,
    told: Told,
    *,
    model: str = "openai/m",
    **more: Any,
) -> None:
    async with aiohttp.ClientSession(middlewares=(middleware,) if middleware else ()) as session:
        # litellm's own handlers pass a shared session by.
        own = None if model == "openai/m" else AsyncHTTPHandler(shared_session=session)
        stream = await litellm.acompletion(
            model=model,
            messages=MESSAGES,
            stream=True,
            api_base=url,
            api_key=KEY,
            max_retries=0,
            shared_session=session,
            client=own,
            **more,
        )
        chunks = []
        async for chunk in stream:
            chunks.append(chunk)
            delta = chunk.choices[0].delta
            told.text += delta.content or ""
            told.reasoning += getattr(delta, "reasoning_content", None) or ""
        message = litellm.stream_chunk_builder(chunks).choices[0].message
        told.calls = [
            (call.function.name, json.loads(call.function.arguments))
            for call in message.tool_calls or ()
        ]


by_a_handler = partial(acompletion, model="deepseek/m")


async def structured(url: str, middleware: SteadyStream | None, told: Told) -> None:
    await acompletion(url, middleware, told, response_format=Weather)
    told.value = Weather.model_validate_json(told.text)


class TestTexts(claims.Texts):
    ways: ClassVar = {"openai": acompletion}


class TestCalls(claims.Calls):
    ways: ClassVar = {
        "openai": partial(acompletion, tools=[FORECAST]),
        "deepseek": partial(by_a_handler, tools=[FORECAST]),
    }


class TestObjects(claims.Objects):
    ways: ClassVar = {"response_format": (structured, IN_TEXT)}


class TestReasonings(claims.Reasonings):
    ways: ClassVar = {"openai": acompletion, "deepseek": by_a_handler}
