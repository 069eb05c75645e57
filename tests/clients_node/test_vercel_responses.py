"""The AI SDK takes the fake for the real thing over the Responses API, its way unless told."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from fake_openai import (
    Answer,
    Cut,
    ErrorEvent,
    FakeOpenAIThread,
    Fault,
    Latency,
    Reset,
    Status,
    ToolCall,
)
from support.waiting import until

Ask = Callable[..., Any]
CALL = Answer(tool_calls=[ToolCall("weather", {"city": "Oslo"})])


@pytest.fixture
def ask(node: Callable[..., Any]) -> Ask:
    return partial(node, "vercel", provider="responses")


def test_text_is_generated(fake: FakeOpenAIThread, ask: Ask) -> None:
    fake.reply("one two three")

    seen = ask("generate")["value"]

    assert (seen["text"], seen["finishReason"]) == ("one two three", "stop")
    assert seen["usage"]["outputTokens"] == 3
    assert [received.path for received in fake.requests] == ["/v1/responses"]


def test_text_is_streamed(fake: FakeOpenAIThread, ask: Ask) -> None:
    fake.reply("ø 日本 🌊, and more")

    seen = ask("stream")

    assert (seen["text"], seen["error"], seen["thrown"]) == ("ø 日本 🌊, and more", None, None)
    assert seen["finishReason"] == "stop"
    usage = seen["usage"]
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"]


def test_a_token_limit_is_the_finish_reason(fake: FakeOpenAIThread, ask: Ask) -> None:
    fake.reply("word " * 50)

    seen = ask("stream", settings={"maxOutputTokens": 16})

    assert seen["finishReason"] == "length"
    assert seen["usage"]["outputTokens"] == 16


@pytest.mark.parametrize("how", ["generate", "stream"])
def test_the_summary_of_the_reasoning_is_understood(
    fake: FakeOpenAIThread, ask: Ask, how: str
) -> None:
    fake.reply(Answer("one two three", reasoning="Let me count.\n\nIt is three."))
    settings = {"providerOptions": {"openai": {"reasoningSummary": "auto"}}}

    seen = ask(how, name="o3", settings=settings)
    seen = seen.get("value", seen)

    assert "Let me count." in seen["reasoning"]
    assert "It is three." in seen["reasoning"]
    assert seen["text"] == "one two three"


@pytest.mark.parametrize("how", ["generateWithTool", "streamWithTool"])
def test_a_tool_is_run_and_its_result_is_sent_back(
    fake: FakeOpenAIThread, ask: Ask, how: str
) -> None:
    fake.reply(CALL, "It rains.")

    seen = ask(how)

    assert seen == {"text": "It rains.", "called": ["Oslo"], "steps": 2}
    assert fake.requests[1].body["input"][-1]["type"] == "function_call_output"
    assert fake.requests[1].body["input"][-1]["output"] == "rain in Oslo"


@pytest.mark.parametrize("store", [True, False])
@pytest.mark.parametrize("how", ["generateWithTool", "streamWithTool"])
def test_reasoning_is_sent_back_beside_the_result_of_a_tool(
    fake: FakeOpenAIThread, ask: Ask, how: str, store: bool
) -> None:
    thinking = Answer(reasoning="Let me ask.", tool_calls=[ToolCall("weather", {"city": "Oslo"})])
    fake.reply(thinking, "It rains.")
    options = {"reasoningSummary": "auto", "store": store}

    seen = ask(how, name="o3", settings={"providerOptions": {"openai": options}})

    assert (seen["text"], seen["called"]) == ("It rains.", ["Oslo"])
    assert [received.status for received in fake.requests] == [200, 200]
    kinds = [item.get("type") for item in fake.requests[1].body["input"]]
    assert ("item_reference" if store else "reasoning") in kinds


def test_an_object_is_read_from_the_answer(fake: FakeOpenAIThread, ask: Ask) -> None:
    fake.reply('{"city":"Oslo","degrees":7}')

    assert ask("generateObject") == {"city": "Oslo", "degrees": 7}
    assert fake.requests[0].body["text"]["format"]["type"] == "json_schema"


def test_an_object_that_nobody_scripted_satisfies_the_schema(ask: Ask) -> None:
    made = ask("generateObject")

    assert isinstance(made["city"], str)
    assert isinstance(made["degrees"], int | float)


@pytest.mark.parametrize(("status", "retryable"), [(400, False), (401, False), (429, True)])
def test_an_error_status_says_whether_to_try_again(
    fake: FakeOpenAIThread, ask: Ask, status: int, retryable: bool
) -> None:
    fake.fail(Status(status))

    error = ask("generate")["error"]

    assert (error["name"], error["status"]) == ("AI_APICallError", status)
    assert error["retryable"] is retryable
    assert error["message"] == json.loads(error["body"])["error"]["message"]


def test_the_client_tries_again_when_it_is_told_to(fake: FakeOpenAIThread, ask: Ask) -> None:
    fake.reply("at last")
    fake.fail(Status(429, retry_after_ms=1))

    seen = ask("generate", maxRetries=2)["value"]

    assert seen["text"] == "at last"
    assert [received.attempt for received in fake.requests] == [1, 2]


@pytest.mark.parametrize("fault", [Cut(after=6), Reset(after=6)], ids=["cut", "reset"])
def test_a_stream_that_breaks_is_an_error_after_the_text_so_far(
    fake: FakeOpenAIThread, ask: Ask, fault: Fault
) -> None:
    fake.reply("one two three")
    fake.fail(fault)

    seen = ask("stream")

    assert (seen["text"], seen["finishReason"]) == ("one two", None)
    assert seen["thrown"]["name"] == "AI_APICallError"


def test_an_error_in_the_stream_is_a_part_of_it(fake: FakeOpenAIThread, ask: Ask) -> None:
    fake.fail(ErrorEvent(after=6, message="the model fell over"))

    seen = ask("stream")

    assert seen["finishReason"] == "error"
    assert "the model fell over" in json.dumps(seen["error"])


def test_the_fake_sees_that_a_stream_was_aborted(fake: FakeOpenAIThread, ask: Ask) -> None:
    fake.latency = Latency(between=0.01)
    fake.reply("one two three " * 100)

    def left() -> None:
        until(lambda: fake.requests[0].ended == "client left")

    assert ask("abort", after=3, meanwhile=left)["aborted"]
