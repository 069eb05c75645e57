"""How Pydantic AI is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import openai
from pydantic_ai import Agent
from pydantic_ai.messages import (
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
)
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from clients.asking import AFTER, QUESTION, Told
from clients.cases import KEY
from steadystream import SteadyStream
from steadystream.integrations import openai_http_client

Opened = Callable[[str, SteadyStream | None], AbstractAsyncContextManager[Model]]
"""Opens a model at a URL, bare or through the middleware."""


@asynccontextmanager
async def provider(url: str, middleware: SteadyStream | None) -> AsyncIterator[OpenAIProvider]:
    http = None if middleware is None else openai_http_client(middleware)
    async with openai.AsyncOpenAI(
        base_url=url, api_key=KEY, max_retries=0, http_client=http
    ) as client:
        yield OpenAIProvider(openai_client=client)


@asynccontextmanager
async def chat(url: str, middleware: SteadyStream | None) -> AsyncIterator[Model]:
    async with provider(url, middleware) as at:
        yield OpenAIChatModel("m", provider=at)


async def run_stream(opened: Opened, url: str, middleware: SteadyStream | None, told: Told) -> None:
    async with opened(url, middleware) as model:
        async with Agent(model).run_stream(QUESTION) as result:
            async for piece in result.stream_text(delta=True, debounce_by=None):
                told.text += piece
        responses = [one for one in result.all_messages() if isinstance(one, ModelResponse)]
        parts = [part for one in responses for part in one.parts]
        told.reasoning = "".join(part.content for part in parts if isinstance(part, ThinkingPart))


async def structured(
    opened: Opened, output: Any, url: str, middleware: SteadyStream | None, told: Told
) -> None:
    async with opened(url, middleware) as model:
        async with Agent(model, output_type=output).run_stream(QUESTION) as result:
            async for value in result.stream_output(debounce_by=None):
                told.value = value
            told.value = await result.get_output()


def agent_with_tools(model: Model, told: Told) -> Agent[None, str]:
    agent = Agent(model)

    @agent.tool_plain
    async def forecast(city: str, days: int) -> str:
        """Tell how the weather will be."""
        told.calls.append(("forecast", {"city": city, "days": days}))
        return "rain"

    return agent


def note_text(event: Any, told: Told) -> None:
    """Add the text that an event brings, up to the first call."""
    if told.calls:
        return
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        told.text += event.part.content
    elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        told.text += event.delta.content_delta


async def run_with_tools(
    opened: Opened, url: str, middleware: SteadyStream | None, told: Told
) -> None:
    async def handler(_: Any, events: Any) -> None:
        async for event in events:
            note_text(event, told)

    async with opened(url, middleware) as model:
        agent = agent_with_tools(model, told)
        result = await agent.run(QUESTION, event_stream_handler=handler)
        assert result.output == AFTER


async def iterate_with_tools(
    opened: Opened, url: str, middleware: SteadyStream | None, told: Told
) -> None:
    async with opened(url, middleware) as model:
        async with agent_with_tools(model, told).iter(QUESTION) as run:
            async for node in run:
                if Agent.is_model_request_node(node):
                    async with node.stream(run.ctx) as events:
                        async for event in events:
                            note_text(event, told)
        assert run.result is not None
        assert run.result.output == AFTER
