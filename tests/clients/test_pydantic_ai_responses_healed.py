"""Every kind of response under Pydantic AI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, ClassVar

import pytest
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIResponsesModel, OpenAIResponsesModelSettings

from clients import responses_claims as claims
from clients.asking import (
    AFTER,
    IN_TEXT,
    QUESTION,
    REASONING,
    TEXT,
    THINKING,
    Weather,
    asked,
    healing,
    in_call,
)
from clients.pydantic_ai_ways import (
    provider,
    run_stream,
    run_with_tools,
    structured,
)
from fake_openai import CleanEnd, Cut, FakeOpenAI, Fault
from steadystream import GaveUp, SteadyStream, fault_of, partial_of


@asynccontextmanager
async def responses(
    url: str, middleware: SteadyStream | None, *, name: str = "gpt-4.1", **settings: Any
) -> AsyncIterator[Model]:
    async with provider(url, middleware) as at:
        given = OpenAIResponsesModelSettings(**settings)
        yield OpenAIResponsesModel(name, provider=at, settings=given)


in_the_background = partial(responses, openai_background=True)
thinking = partial(responses, name="o3", openai_reasoning_summary="auto")


class TestTexts(claims.Texts):
    ways: ClassVar = {"run_stream": partial(run_stream, responses)}


class TestCalls(claims.Calls):
    ways: ClassVar = {"run": partial(run_with_tools, responses)}
    with_results = 1


class TestObjects(claims.Objects):
    ways: ClassVar = {
        "call": (partial(structured, responses, Weather), in_call("final_result")),
        "native": (partial(structured, responses, NativeOutput(Weather)), IN_TEXT),
    }


class TestReasonings(claims.Reasonings):
    ways: ClassVar = {"run_stream": partial(run_stream, thinking)}
    background = True  # it wants reasoning sealed, and a seal is of one response and no other


async def test_sealed_reasoning_that_is_torn_and_not_kept_is_an_error_with_the_partial() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(THINKING)
        fake.fail(Cut(after=8))

        told = await asked(partial(run_stream, thinking), fake, healing())

        partial_answer, fault = partial_of(told.error), fault_of(told.error)
        assert partial_answer is not None
        assert REASONING.startswith(partial_answer.reasoning)
        assert fault is not None
        assert fault.gave_up is GaveUp.TORN_REASONING


async def test_the_next_question_may_name_a_response_that_was_taken_up() -> None:
    async with (
        FakeOpenAI() as fake,
        responses(
            fake.base_url, healing(background=True), openai_previous_response_id="auto"
        ) as model,
    ):
        fake.reply(TEXT, AFTER)
        fake.fail(Cut(after=9))
        async with Agent(model).run_stream(QUESTION) as result:
            first = await result.get_output()

        second = await Agent(model).run(QUESTION, message_history=result.all_messages())

        assert (first, second.output) == (TEXT, AFTER)
        assert fake.requests[-1].body["previous_response_id"].startswith("resp_")


@pytest.mark.parametrize("fault", [Cut(after=9), CleanEnd(after=9)], ids=["cut", "clean end"])
async def test_a_response_that_the_agent_put_into_the_background_is_told_once(fault: Fault) -> None:
    async with FakeOpenAI() as fake:
        fake.reply(TEXT)
        fake.fail(fault)

        told = await asked(partial(run_stream, in_the_background), fake, healing())

        assert (told.text, told.error) == (TEXT, None)
        assert [request.method for request in fake.requests] == ["POST", "GET"]
