"""Every kind of response under Pydantic AI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, ClassVar

from pydantic_ai import NativeOutput
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIResponsesModel, OpenAIResponsesModelSettings

from clients import responses_claims as claims
from clients.asking import IN_TEXT, Weather, in_call
from clients.pydantic_ai_ways import (
    iterate_with_tools,
    provider,
    run_stream,
    run_with_tools,
    structured,
)
from steadystream import SteadyStream


@asynccontextmanager
async def responses(
    url: str, middleware: SteadyStream | None, *, name: str = "gpt-4.1", **settings: Any
) -> AsyncIterator[Model]:
    async with provider(url, middleware) as at:
        given = OpenAIResponsesModelSettings(**settings)
        yield OpenAIResponsesModel(name, provider=at, settings=given)


thinking = partial(responses, name="o3", openai_reasoning_summary="auto")


class TestTexts(claims.Texts):
    ways: ClassVar = {"run_stream": partial(run_stream, responses)}


class TestCalls(claims.Calls):
    ways: ClassVar = {
        "run": partial(run_with_tools, responses),
        "iter": partial(iterate_with_tools, responses),
    }
    with_results = 1


class TestObjects(claims.Objects):
    ways: ClassVar = {
        "call": (partial(structured, responses, Weather), in_call("final_result")),
        "native": (partial(structured, responses, NativeOutput(Weather)), IN_TEXT),
    }


class TestReasonings(claims.Reasonings):
    ways: ClassVar = {"run_stream": partial(run_stream, thinking)}
