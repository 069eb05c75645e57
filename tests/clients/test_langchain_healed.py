"""Every kind of answer under `ChatOpenAI` of langchain-openai."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, ClassVar

import openai
import pytest
from langchain_core.runnables import Runnable
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from clients import claims
from clients.asking import IN_TEXT, MESSAGES, Told, Weather, in_call
from clients.cases import KEY
from steadystream import SteadyStream
from steadystream.integrations import openai_http_client

# Each model makes a client for synchronous use too, and each client loads the certificates.
pytestmark = pytest.mark.slow


def forecast(city: str, days: int) -> str:
    """Tell how the weather will be."""
    return f"rain in {city} for {days} days"


@asynccontextmanager
async def chat(url: str, middleware: SteadyStream | None, **more: Any) -> AsyncIterator[ChatOpenAI]:
    http = openai_http_client(middleware) if middleware else openai.DefaultAsyncHttpxClient()
    async with http:
        settings = {"model": "m", "max_retries": 0, "http_async_client": http, **more}
        yield ChatOpenAI(base_url=url, api_key=SecretStr(KEY), **settings)


async def read(model: Runnable[Any, Any], told: Told) -> None:
    whole = None
    async for chunk in model.astream(MESSAGES):
        told.text += chunk.text
        whole = chunk if whole is None else whole + chunk
        told.calls = [(call["name"], call["args"]) for call in whole.tool_calls]


async def astream(url: str, middleware: SteadyStream | None, told: Told) -> None:
    async with chat(url, middleware) as model:
        await read(model, told)


async def astream_with_tools(url: str, middleware: SteadyStream | None, told: Told) -> None:
    async with chat(url, middleware) as model:
        await read(model.bind_tools([forecast]), told)


async def ainvoke_with_tools(url: str, middleware: SteadyStream | None, told: Told) -> None:
    async with chat(url, middleware, streaming=True) as model:
        message = await model.bind_tools([forecast]).ainvoke(MESSAGES)
        told.text = message.text
        told.calls = [(call["name"], call["args"]) for call in message.tool_calls]


async def structured(method: Any, url: str, middleware: SteadyStream | None, told: Told) -> None:
    async with chat(url, middleware) as model:
        async for value in model.with_structured_output(Weather, method=method).astream(MESSAGES):
            told.value = value


class TestTexts(claims.Texts):
    ways: ClassVar = {"astream": astream}


class TestCalls(claims.Calls):
    ways: ClassVar = {
        "astream": astream_with_tools,
        "ainvoke": ainvoke_with_tools,
    }


# What the SDK has parsed, LangChain dumps as what it was declared to be.
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
class TestObjects(claims.Objects):
    ways: ClassVar = {
        "schema": (partial(structured, "json_schema"), IN_TEXT),
        "JSON": (partial(structured, "json_mode"), IN_TEXT),
        "call": (partial(structured, "function_calling"), in_call("Weather")),
    }
