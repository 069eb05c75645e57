"""Every kind of response under `ChatOpenAI(use_responses_api=True)`."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import pytest

from clients import responses_claims as claims
from clients.asking import AFTER, IN_TEXT, MESSAGES, TEXT, Told, Weather, healing, in_call
from clients.test_langchain_healed import chat, forecast
from fake_openai import Cut, FakeOpenAI
from steadystream import SteadyStream

# Each model makes a client for synchronous use too, and each client loads the certificates.
pytestmark = pytest.mark.slow

RESPONSES: dict[str, Any] = {"use_responses_api": True, "output_version": "v1"}
THINKING: dict[str, Any] = {"model": "o3", "reasoning": {"summary": "auto"}}


async def astream(
    url: str,
    middleware: SteadyStream | None,
    told: Told,
    *,
    tools: bool = False,
    **more: Any,
) -> None:
    async with chat(url, middleware, **RESPONSES, **more) as model:
        whole = None
        async for chunk in (model.bind_tools([forecast]) if tools else model).astream(MESSAGES):
            told.text += chunk.text
            whole = chunk if whole is None else whole + chunk
            told.calls = [(call["name"], call["args"]) for call in whole.tool_calls]
            told.reasoning = "".join(
                block.get("reasoning", "")
                for block in whole.content_blocks
                if block["type"] == "reasoning"
            )


async def structured(method: Any, url: str, middleware: SteadyStream | None, told: Told) -> None:
    async with chat(url, middleware, **RESPONSES) as model:
        async for value in model.with_structured_output(Weather, method=method).astream(MESSAGES):
            told.value = value


class TestTexts(claims.Texts):
    ways: ClassVar = {"astream": astream}


class TestCalls(claims.Calls):
    ways: ClassVar = {"astream": partial(astream, tools=True)}


# What the SDK has parsed, LangChain dumps as what it was declared to be.
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
class TestObjects(claims.Objects):
    ways: ClassVar = {
        "schema": (partial(structured, "json_schema"), IN_TEXT),
        "call": (partial(structured, "function_calling"), in_call("Weather")),
    }


class TestReasonings(claims.Reasonings):
    ways: ClassVar = {"astream": partial(astream, **THINKING)}


async def test_the_next_question_may_name_a_response_that_was_taken_up() -> None:
    chained = {**RESPONSES, "use_previous_response_id": True}
    async with (
        FakeOpenAI() as fake,
        chat(fake.base_url, healing(background=True), **chained) as model,
    ):
        fake.reply(TEXT, AFTER)
        fake.fail(Cut(after=9))
        whole = None
        async for chunk in model.astream(MESSAGES):
            whole = chunk if whole is None else whole + chunk

        second = await model.ainvoke([*MESSAGES, whole, *MESSAGES])

        assert (whole.text, second.text) == (TEXT, AFTER)
        assert fake.requests[-1].body["previous_response_id"].startswith("resp_")
