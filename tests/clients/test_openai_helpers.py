"""`chat.completions.stream()`, which accumulates for its user."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from clients.asking import STORM, Weather
from clients.cases import BODY, steady
from clients.openai_sdk import sdk
from fake_openai import Answer, CleanEnd, Cut, FakeOpenAI, ToolCall
from steadystream import Backoff, Retries, SteadyStream

QUICK = Retries(backoff=Backoff(base=0.001))
_PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
_FUNCTION = {"name": "weather", "parameters": _PARAMETERS, "strict": True}  # older helpers want it
WEATHER = {"type": "function", "function": _FUNCTION}


async def _accumulated(client: openai.AsyncOpenAI, **body: Any) -> Any:
    async with client.chat.completions.stream(**BODY, **body) as stream:
        async for _ in stream:
            pass
        return await stream.get_final_completion()


async def test_the_stream_helper_accumulates_a_healed_answer() -> None:
    async with FakeOpenAI("vllm") as fake, sdk(fake, steady()) as client:
        fake.fail(Cut(after=3), CleanEnd(after=5))

        completion = await _accumulated(client)

        assert completion.choices[0].message.content == fake.answer_to(BODY).text
        assert completion.choices[0].finish_reason == "stop"
        assert len(fake.requests) == 3


@pytest.mark.parametrize("healed", [False, True])
async def test_the_stream_helper_hands_out_tool_calls(healed: bool) -> None:
    call = ToolCall("weather", {"city": "Köln"})
    async with FakeOpenAI() as fake, sdk(fake, steady("openai") if healed else None) as client:
        fake.reply(Answer(tool_calls=[call]))

        completion = await _accumulated(client)

        [got] = completion.choices[0].message.tool_calls
        assert (got.function.name, got.function.arguments) == (call.name, call.json)


@pytest.mark.parametrize("after", [2, 4, 6, 8])
async def test_the_stream_helper_never_sees_half_a_call(after: int) -> None:
    calls = [ToolCall("weather", {"city": "Köln"}), ToolCall("weather", {"city": "Oslo"})]
    async with FakeOpenAI("openai") as fake, sdk(fake, SteadyStream(retries=QUICK)) as client:
        fake.reply(Answer("I look.", tool_calls=calls), times=None)
        fake.fail(Cut(after=after))

        completion = await _accumulated(client, tools=[WEATHER])

        got = completion.choices[0].message.tool_calls
        assert [each.function.arguments for each in got] == [call.json for call in calls]
        assert completion.choices[0].message.content == "I look."
        assert len(fake.requests) == 2


@pytest.mark.parametrize("healed", [False, True])
async def test_parse_which_is_not_streamed_passes_unchanged(healed: bool) -> None:
    async with FakeOpenAI() as fake, sdk(fake, steady("openai") if healed else None) as client:
        fake.reply(STORM.model_dump_json())

        completion = await client.chat.completions.parse(**BODY, response_format=Weather)

        assert completion.choices[0].message.parsed == STORM
        assert len(fake.requests) == 1
