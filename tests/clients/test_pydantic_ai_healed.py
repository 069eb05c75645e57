"""Every kind of answer under Pydantic AI."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

import openai
import pytest
from pydantic_ai import Agent, NativeOutput, PromptedOutput
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
from clients.pydantic_ai_ways import (
    agent_with_tools,
    chat,
    iterate_with_tools,
    run_stream,
    run_with_tools,
    structured,
)
from fake_openai import Answer, CleanEnd, Cut, FakeOpenAI, FakeOpenAIThread
from steadystream.integrations import openai_http_client


class TestTexts(claims.Texts):
    ways: ClassVar = {"run_stream": partial(run_stream, chat)}


class TestCalls(claims.Calls):
    ways: ClassVar = {
        "run": partial(run_with_tools, chat),
        "iter": partial(iterate_with_tools, chat),
    }
    with_results = 1


class TestObjects(claims.Objects):
    ways: ClassVar = {
        "call": (partial(structured, chat, Weather), in_call("final_result")),
        "native": (partial(structured, chat, NativeOutput(Weather)), IN_TEXT),
        "prompted": (partial(structured, chat, PromptedOutput(Weather)), IN_TEXT),
    }


class TestReasonings(claims.Reasonings):
    ways: ClassVar = {"run_stream": partial(run_stream, chat)}


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
