"""Every kind of answer under Pydantic AI."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, ClassVar

import openai
import pytest
from pydantic_ai import Agent, NativeOutput, PromptedOutput
from pydantic_ai.messages import (
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
)
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from clients import claims
from clients.asking import (
    AFTER,
    CALLED,
    CALLS,
    IN_TEXT,
    QUESTION,
    TEXT,
    Told,
    Weather,
    healing,
    in_call,
)
from clients.cases import KEY
from fake_openai import Answer, CleanEnd, Cut, FakeOpenAI, FakeOpenAIThread
from steadystream import SteadyStream
from steadystream.integrations import openai_http_client


@asynccontextmanager
async def chat(url: str, middleware: SteadyStream | None) -> AsyncIterator[OpenAIChatModel]:
    http = None if middleware is None else openai_http_client(middleware)
    async with openai.AsyncOpenAI(
        base_url=url, api_key=KEY, max_retries=0, http_client=http
    ) as client:
        yield OpenAIChatModel("m", provider=OpenAIProvider(openai_client=client))


async def run_stream(url: str, middleware: SteadyStream | None, told: Told) -> None:
    async with chat(url, middleware) as model:
        async with Agent(model).run_stream(QUESTION) as result:
            async for piece in result.stream_text(delta=True, debounce_by=None):
                told.text += piece
        responses = [one for one in result.all_messages() if isinstance(one, ModelResponse)]
        parts = [part for one in responses for part in one.parts]
        told.reasoning = "".join(part.content for part in parts if isinstance(part, ThinkingPart))


async def structured(output: Any, url: str, middleware: SteadyStream | None, told: Told) -> None:
    async with chat(url, middleware) as model:
        async with Agent(model, output_type=output).run_stream(QUESTION) as result:
            async for value in result.stream_output(debounce_by=None):
                told.value = value
            told.value = await result.get_output()


def agent_with_tools(model: OpenAIChatModel, told: Told) -> Agent[None, str]:
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


async def run_with_tools(url: str, middleware: SteadyStream | None, told: Told) -> None:
    async def handler(_: Any, events: Any) -> None:
        async for event in events:
            note_text(event, told)

    async with chat(url, middleware) as model:
        agent = agent_with_tools(model, told)
        result = await agent.run(QUESTION, event_stream_handler=handler)
        assert result.output == AFTER


async def iterate_with_tools(url: str, middleware: SteadyStream | None, told: Told) -> None:
    async with chat(url, middleware) as model:
        async with agent_with_tools(model, told).iter(QUESTION) as run:
            async for node in run:
                if Agent.is_model_request_node(node):
                    async with node.stream(run.ctx) as events:
                        async for event in events:
                            note_text(event, told)
        assert run.result is not None
        assert run.result.output == AFTER


class TestTexts(claims.Texts):
    ways: ClassVar = {"run_stream": run_stream}


class TestCalls(claims.Calls):
    ways: ClassVar = {"run": run_with_tools, "iter": iterate_with_tools}
    with_results = 1


class TestObjects(claims.Objects):
    ways: ClassVar = {
        "call": (partial(structured, Weather), in_call("final_result")),
        "native": (partial(structured, NativeOutput(Weather)), IN_TEXT),
        "prompted": (partial(structured, PromptedOutput(Weather)), IN_TEXT),
    }


class TestReasonings(claims.Reasonings):
    ways: ClassVar = {"run_stream": run_stream}


async def test_a_loop_that_breaks_in_a_call_and_in_the_answer_runs_the_tool_once() -> None:
    told = Told()
    async with FakeOpenAI() as fake, chat(fake.base_url, healing()) as model:
        fake.reply(Answer(tool_calls=CALLS[:1]), AFTER)
        fake.fail(Cut(after=9))
        fake.fail(CleanEnd(after=4), role="tool")
        async with agent_with_tools(model, told).run_stream(QUESTION) as result:
            output = await result.get_output()

        assert told.calls == CALLED[:1]
        assert output == AFTER
        assert len(fake.requests) == 4


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The loop that what is synchronous there runs on."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()


def test_a_stream_that_is_read_without_asyncio_is_told_whole(
    fake_openai: FakeOpenAIThread, loop: asyncio.AbstractEventLoop
) -> None:
    fake_openai.reply(TEXT)
    fake_openai.fail(Cut(after=6))
    client = openai.AsyncOpenAI(
        base_url=fake_openai.base_url, api_key=KEY, http_client=openai_http_client(healing())
    )
    model = OpenAIChatModel("m", provider=OpenAIProvider(openai_client=client))

    result = Agent(model).run_stream_sync(QUESTION)
    text = "".join(result.stream_text(delta=True, debounce_by=None))
    loop.run_until_complete(client.close())

    assert text == TEXT
    assert len(fake_openai.requests) == 2
