"""Responses obey their requests, scripts, faults and latency."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from fake_openai import (
    Answer,
    Cut,
    ErrorEvent,
    FakeOpenAI,
    Latency,
    Load,
    Status,
    ToolCall,
    VirtualClock,
)
from support.openai_client import ask
from support.responses import RESPONSES, TOOL, deltas, respond, response


async def test_a_model_that_reasons_does_so_unscripted_and_more_with_more_effort() -> None:
    used = [
        (await response(model="gpt-5", reasoning={"effort": effort}))["usage"]
        for effort in ("minimal", "low", "high")
    ]

    thought = [usage["output_tokens_details"]["reasoning_tokens"] for usage in used]
    assert thought[0] == 0 < thought[1] < thought[2]


async def test_one_call_at_most_where_parallel_calls_are_not_wanted() -> None:
    calls = [ToolCall("weather", {"city": city}) for city in ("Oslo", "Bergen")]
    told = await response(Answer(tool_calls=calls), tools=[TOOL], parallel_tool_calls=False)

    assert len(told["output"]) == 1


@pytest.mark.parametrize(
    "choice",
    [
        "required",
        {"type": "function", "name": "weather"},
        {
            "type": "allowed_tools",
            "mode": "required",
            "tools": [{"type": "function", "name": "weather"}],
        },
    ],
    ids=["required", "named", "allowed"],
)
async def test_a_tool_that_must_be_called_is_called(choice: Any) -> None:
    told = await response(tools=[TOOL], tool_choice=choice)

    (item,) = told["output"]
    assert item["name"] == "weather"
    assert set(json.loads(item["arguments"])) == {"city"}


async def test_no_tool_is_called_where_none_may_be() -> None:
    told = await response(tools=[TOOL], tool_choice="none", input="Call weather for Oslo.")

    assert [item["type"] for item in told["output"]] == ["message"]


async def test_an_answer_satisfies_the_schema_asked_for() -> None:
    form = {"type": "json_schema", "name": "x", "schema": TOOL["parameters"], "strict": True}
    told = await response(text={"format": form})

    said = json.loads(told["output"][0]["content"][0]["text"])
    assert isinstance(said["city"], str)
    assert told["text"]["format"]["name"] == "x"


async def test_an_answer_is_a_json_object_where_one_is_asked_for() -> None:
    told = await response(input="JSON, please", text={"format": {"type": "json_object"}})

    assert isinstance(json.loads(told["output"][0]["content"][0]["text"]), dict)


async def test_what_was_asked_is_told_again() -> None:
    asked = {
        "instructions": "Be kind.",
        "metadata": {"a": "b"},
        "user": "u",
        "safety_identifier": "s",
        "prompt_cache_key": "k",
        "temperature": 0.5,
        "top_p": 0.25,
        "truncation": "auto",
        "max_output_tokens": 20,
        "max_tool_calls": 2,
        "parallel_tool_calls": False,
        "service_tier": "flex",
    }
    answered = await response(**asked)

    assert {name: answered[name] for name in asked} == asked


async def test_input_and_instructions_are_counted() -> None:
    few = await response("x", input="hi")
    more = await response("x", input="hi there, my friend", instructions="Be very kind.")

    assert few["usage"]["input_tokens"] < more["usage"]["input_tokens"]


async def test_an_endpoint_counts_what_a_request_would_come_to() -> None:
    body = {"model": "gpt-4.1", "input": "hi there", "instructions": "Be kind."}
    async with FakeOpenAI() as fake:
        counted = (await ask(fake, body, f"{RESPONSES}/input_tokens")).json()
        used = (await ask(fake, body, RESPONSES)).json()["usage"]

    assert counted == {"object": "response.input_tokens", "input_tokens": used["input_tokens"]}


async def test_a_long_prefix_that_repeats_is_cached() -> None:
    async with FakeOpenAI() as fake:
        cached = [
            (await respond(fake, input=f"{'word ' * 3000}{more}")).json()["usage"]
            for more in ("one", "two")
        ]

    assert cached[0]["input_tokens_details"]["cached_tokens"] == 0
    assert cached[1]["input_tokens_details"]["cached_tokens"] > 1024


async def test_the_same_seed_gives_the_same_bytes() -> None:
    async def bodies(seed: int) -> list[bytes]:
        async with FakeOpenAI(seed=seed) as fake:
            asked: list[dict[str, Any]] = [{"stream": True}, {}, {"model": "gpt-5", "stream": True}]
            return [(await respond(fake, **more)).body for more in asked]

    assert await bodies(1) == await bodies(1)
    assert await bodies(1) != await bodies(2)


async def test_a_retry_after_a_fault_gets_the_same_answer() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one two three", "another")
        fake.fail(Cut(after=6))
        cut = await respond(fake, stream=True)
        again = await respond(fake, stream=True)
        after = await respond(fake, stream=True)

    assert cut.end == "cut"
    assert len(cut.events) == 6
    assert deltas(again.events, "output_text") == "one two three"
    assert deltas(after.events, "output_text") == "another"


async def test_scripts_and_faults_can_mean_responses_only() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(503), endpoint="responses")
        chat = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "hi"}]}

        assert (await ask(fake, chat)).status == 200
        assert (await ask(fake, {"model": "gpt-4.1", "input": "hi"}, RESPONSES)).status == 503


async def test_an_error_in_the_stream_ends_with_a_response_that_failed() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(ErrorEvent(after=6, message="Oh no."))
        told = (await respond(fake, stream=True)).events

    assert [event["type"] for event in told[-2:]] == ["error", "response.failed"]
    assert [event["sequence_number"] for event in told] == list(range(8))
    assert told[-1]["response"]["status"] == "failed"
    assert told[-1]["response"]["error"]["message"] == "Oh no."


async def test_the_question_is_the_last_thing_a_user_said() -> None:
    turn = [{"role": "user", "content": "The weather?"}, {"role": "assistant", "content": "Where?"}]
    async with FakeOpenAI() as fake:
        fake.reply("Rain.", contains="Oslo")
        raw = await respond(fake, input=[*turn, {"role": "user", "content": "In Oslo."}])

    assert raw.json()["output"][0]["content"][0]["text"] == "Rain."


async def test_the_model_answers_with_what_its_tools_said() -> None:
    turn = [
        {"role": "user", "content": "The weather?"},
        {"type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "It rains cats."},
    ]
    told = await response(input=turn, tools=[TOOL])

    assert "It rains cats." in told["output"][0]["content"][0]["text"]


async def test_events_that_the_model_does_not_make_take_no_time() -> None:
    latency = Latency(first_token=5, between=1)
    async with FakeOpenAI(clock=VirtualClock(), latency=latency) as fake:
        fake.reply("one two three")
        await respond(fake, stream=True)
        (asked,) = fake.requests
        times = [sent.at for sent in asked.sent]

    began = times[0]
    assert [round(at - began) for at in times] == [0, 0, 0, 0, 5, 6, 7, 7, 7, 7, 7]


async def test_responses_wait_for_a_slot_as_chats_do() -> None:

    latency = Latency(load=Load(slots=1, decode_tokens_per_second=1.0))
    async with FakeOpenAI(clock=VirtualClock(), latency=latency) as fake:
        fake.reply("one two three")
        await asyncio.gather(*(respond(fake, stream=True, input=str(n)) for n in range(2)))
        first, second = sorted(one.sent[-1].at for one in fake.requests)

    assert second - first == pytest.approx(first, abs=1.5)


async def test_deepseek_keeps_no_response() -> None:
    async with FakeOpenAI("deepseek") as fake:
        fake.reply(Answer("4", reasoning="two and two"))
        told = (await respond(fake, model="deepseek-chat")).json()
        again = await ask(fake, b"", f"{RESPONSES}/{told['id']}", method="GET")

    assert told["output"][0]["content"] == [{"type": "reasoning_text", "text": "two and two"}]
    assert told["store"] is False
    assert again.status == 404


async def test_dialects_that_do_not_have_them_do_not_serve_them() -> None:
    async with FakeOpenAI("mistral") as fake:
        raw = await ask(fake, {"model": "m", "input": "hi"}, RESPONSES)

    assert raw.status == 404
