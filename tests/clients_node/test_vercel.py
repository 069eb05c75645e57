"""The AI SDK takes the fake for the real thing, over each of its providers that speak this API."""

from __future__ import annotations

import json
from collections.abc import Callable
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

Run = Callable[..., Any]
SDK = "vercel"
PROVIDERS = ("openai", "compatible")
CALL = Answer(tool_calls=[ToolCall("weather", {"city": "Oslo"})])

pytestmark = pytest.mark.parametrize("provider", PROVIDERS)


def test_text_is_generated(fake: FakeOpenAIThread, node: Run, provider: str) -> None:
    fake.reply("one two three")

    seen = node(SDK, "generate", provider=provider)["value"]

    assert (seen["text"], seen["finishReason"]) == ("one two three", "stop")
    assert seen["usage"]["outputTokens"] == 3


def test_text_is_streamed(fake: FakeOpenAIThread, node: Run, provider: str) -> None:
    fake.reply("ø 日本 🌊, and more")

    seen = node(SDK, "stream", provider=provider)

    assert (seen["text"], seen["error"], seen["thrown"]) == ("ø 日本 🌊, and more", None, None)
    assert seen["finishReason"] == "stop"
    assert fake.requests[0].body["stream"] is True


def test_a_stream_tells_its_usage(fake: FakeOpenAIThread, node: Run, provider: str) -> None:
    fake.reply("one two three")

    usage = node(SDK, "stream", provider=provider)["usage"]

    assert usage["outputTokens"] == 3
    assert usage["totalTokens"] == usage["inputTokens"] + 3


def test_a_token_limit_is_the_finish_reason(
    fake: FakeOpenAIThread, node: Run, provider: str
) -> None:
    fake.reply("one two three")

    seen = node(SDK, "stream", provider=provider, settings={"maxOutputTokens": 2})

    assert (seen["text"], seen["finishReason"]) == ("one two", "length")


@pytest.mark.parametrize("how", ["generateWithTool", "streamWithTool"])
def test_a_tool_is_run_and_its_result_is_sent_back(
    fake: FakeOpenAIThread, node: Run, provider: str, how: str
) -> None:
    fake.reply(CALL, "It rains.")

    seen = node(SDK, how, provider=provider)

    assert seen == {"text": "It rains.", "called": ["Oslo"], "steps": 2}
    assert "rain in Oslo" in json.dumps(fake.requests[1].body["messages"][-1])


def test_an_object_is_read_from_the_answer(
    fake: FakeOpenAIThread, node: Run, provider: str
) -> None:
    fake.reply('{"city":"Oslo","degrees":7}')

    assert node(SDK, "generateObject", provider=provider) == {"city": "Oslo", "degrees": 7}


@pytest.mark.parametrize(("status", "retryable"), [(400, False), (401, False), (429, True)])
def test_an_error_status_says_whether_to_try_again(
    fake: FakeOpenAIThread, node: Run, provider: str, status: int, retryable: bool
) -> None:
    fake.fail(Status(status))

    error = node(SDK, "generate", provider=provider)["error"]

    assert (error["name"], error["status"]) == ("AI_APICallError", status)
    assert error["retryable"] is retryable


def test_the_message_of_an_error_is_the_one_that_was_sent(
    fake: FakeOpenAIThread, node: Run, provider: str
) -> None:
    fake.fail(Status(503))

    error = node(SDK, "generate", provider=provider)["error"]

    assert error["message"] == json.loads(error["body"])["error"]["message"]


def test_the_client_tries_again_when_it_is_told_to(
    fake: FakeOpenAIThread, node: Run, provider: str
) -> None:
    fake.reply("at last")
    fake.fail(Status(429, retry_after_ms=1))

    seen = node(SDK, "generate", provider=provider, maxRetries=2)["value"]

    assert seen["text"] == "at last"
    assert [received.attempt for received in fake.requests] == [1, 2]


@pytest.mark.parametrize("fault", [Cut(after=3), Reset(after=3)], ids=["cut", "reset"])
def test_a_stream_that_breaks_is_an_error_after_the_text_so_far(
    fake: FakeOpenAIThread, node: Run, provider: str, fault: Fault
) -> None:
    fake.reply("one two three")
    fake.fail(fault)

    seen = node(SDK, "stream", provider=provider)

    assert (seen["text"], seen["finishReason"]) == ("one two", None)
    assert seen["thrown"]["name"] == "AI_APICallError"


def test_an_error_in_the_stream_is_a_part_of_it(
    fake: FakeOpenAIThread, node: Run, provider: str
) -> None:
    fake.fail(ErrorEvent(after=3, message="the model fell over"))

    seen = node(SDK, "stream", provider=provider)

    assert seen["error"]["message"] == "the model fell over"
    assert seen["finishReason"] == "error"


def test_the_fake_sees_that_a_stream_was_aborted(
    fake: FakeOpenAIThread, node: Run, provider: str
) -> None:
    fake.latency = Latency(between=0.01)
    fake.reply("one two three " * 100)

    def left() -> None:
        until(lambda: fake.requests[0].ended == "client left")

    seen = node(SDK, "abort", provider=provider, after=3, meanwhile=left)

    assert seen["aborted"]
