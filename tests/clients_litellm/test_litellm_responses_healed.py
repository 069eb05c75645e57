"""Every kind of response under litellm's `aresponses`."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, ClassVar

import aiohttp
import litellm
import pytest

from clients import responses_claims as claims
from clients.asking import IN_TEXT, QUESTION, Told, Weather
from clients.cases import KEY
from steadystream import SteadyStream

# The first call of all makes litellm import for seconds.
pytestmark = pytest.mark.slow

FORECAST = {
    "type": "function",
    "name": "forecast",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    },
    "strict": False,
}


async def aresponses(
    url: str,
    middleware: SteadyStream | None,
    told: Told,
    *,
    model: str = "openai/gpt-4.1",
    **more: Any,
) -> None:
    async with aiohttp.ClientSession(middlewares=(middleware,) if middleware else ()) as session:
        stream = await litellm.aresponses(
            model=model,
            input=QUESTION,
            stream=True,
            api_base=url,
            api_key=KEY,
            max_retries=0,
            shared_session=session,
            **more,
        )
        async for event in stream:
            if event.type == "response.output_text.delta":
                told.text += event.delta
            elif event.type == "response.reasoning_summary_text.delta":
                told.reasoning += event.delta
            elif event.type == "response.output_item.done" and event.item.type == "function_call":
                told.calls.append((event.item.name, json.loads(event.item.arguments)))


async def structured(url: str, middleware: SteadyStream | None, told: Told) -> None:
    await aresponses(url, middleware, told, text_format=Weather)
    told.value = Weather.model_validate_json(told.text)


class TestTexts(claims.Texts):
    ways: ClassVar = {"aresponses": aresponses}


class TestCalls(claims.Calls):
    ways: ClassVar = {"aresponses": partial(aresponses, tools=[FORECAST])}


class TestObjects(claims.Objects):
    ways: ClassVar = {"text_format": (structured, IN_TEXT)}


class TestReasonings(claims.Reasonings):
    ways: ClassVar = {
        "aresponses": partial(aresponses, model="openai/o3", reasoning={"summary": "auto"})
    }
