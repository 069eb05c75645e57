"""The official SDK for Node takes the fake for the real thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fake_openai import (
    Answer,
    BrokenJSON,
    Cut,
    ErrorEvent,
    FakeOpenAIThread,
    Fault,
    Latency,
    Reset,
    ResetBeforeHeaders,
    Status,
    ToolCall,
    Writes,
)
from support.waiting import until

Run = Callable[..., Any]
SDK = "openai_sdk"
LONG = "one two three " * 100


def test_a_stream_has_the_text(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply("ø 日本 🌊, and more")

    seen = node(SDK, "stream")

    assert (seen["text"], seen["error"]) == ("ø 日本 🌊, and more", None)


@pytest.mark.parametrize("mode", ["bytes", "random", "lines", "whole"])
def test_a_stream_may_be_cut_into_writes_anywhere(
    fake: FakeOpenAIThread, node: Run, mode: Any
) -> None:
    fake.writes = Writes(mode, newline="\r\n")
    fake.reply("ø 日本 🌊")

    assert node(SDK, "stream")["text"] == "ø 日本 🌊"


def test_a_stream_tells_its_usage_in_the_last_chunk(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply("one two three")

    chunks = node(SDK, "stream", request={"stream_options": {"include_usage": True}})["chunks"]

    assert [chunk["usage"] for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["completion_tokens"] == 3


def test_an_answer_that_is_not_streamed_has_the_text_and_an_id(
    fake: FakeOpenAIThread, node: Run
) -> None:
    fake.reply("one two three")

    seen = node(SDK, "whole")["value"]

    assert seen["completion"]["choices"][0]["message"]["content"] == "one two three"
    assert seen["completion"]["choices"][0]["finish_reason"] == "stop"
    assert seen["requestID"].startswith("req_")


def test_tool_calls_of_a_stream_are_put_together(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply(Answer(tool_calls=[ToolCall("f", {"city": "Oslo"}), ToolCall("g", {})]))

    choice = node(SDK, "accumulate")["choices"][0]

    calls = [call["function"] for call in choice["message"]["tool_calls"]]
    assert calls == [
        {"name": "f", "arguments": '{"city":"Oslo"}'},
        {"name": "g", "arguments": "{}"},
    ]
    assert choice["finish_reason"] == "tool_calls"


def test_a_tool_is_run_and_its_result_is_sent_back(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply(Answer(tool_calls=[ToolCall("weather", {"city": "Oslo"})]), "It rains.")

    seen = node(SDK, "runTools")

    assert seen == {"text": "It rains.", "called": [{"city": "Oslo"}]}
    assert fake.requests[1].body["messages"][-1]["content"] == "rain in Oslo"


def test_an_answer_is_read_with_the_schema_that_was_asked_for(
    fake: FakeOpenAIThread, node: Run
) -> None:
    fake.reply('{"city":"Oslo","degrees":7}')

    assert node(SDK, "parse") == {"city": "Oslo", "degrees": 7}
    assert fake.requests[0].body["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequestError"),
        (401, "AuthenticationError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"),
        (409, "ConflictError"),
        (422, "UnprocessableEntityError"),
        (429, "RateLimitError"),
        (500, "InternalServerError"),
        (503, "InternalServerError"),
    ],
)
def test_an_error_status_is_the_error_of_that_name(
    fake: FakeOpenAIThread, node: Run, status: int, name: str
) -> None:
    fake.fail(Status(status))

    error = node(SDK, "whole")["error"]

    assert (error["class"], error["status"]) == (name, status)
    assert error["requestID"].startswith("req_")


def test_a_wrong_key_is_an_authentication_error(node: Run) -> None:
    with FakeOpenAIThread(api_keys=["sk-another"]) as fake:
        error = node(SDK, "whole", base_url=fake.base_url)["error"]

    assert (error["class"], error["code"]) == ("AuthenticationError", "invalid_api_key")


def test_a_wrong_parameter_is_named_in_the_error(node: Run) -> None:
    error = node(SDK, "whole", request={"temperature": "hot"})["error"]

    assert (error["class"], error["param"]) == ("BadRequestError", "temperature")
    assert error["type"] == "invalid_request_error"


def test_a_rate_limit_tells_when_to_come_again(fake: FakeOpenAIThread, node: Run) -> None:
    fake.fail(Status(429, retry_after=2))

    error = node(SDK, "whole")["error"]

    assert (error["class"], error["code"]) == ("RateLimitError", "rate_limit_exceeded")
    assert error["retryAfter"] == "2"


def test_the_client_tries_again_when_it_is_told_to(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply("at last")
    fake.fail(Status(429, retry_after_ms=1), ResetBeforeHeaders())

    seen = node(SDK, "whole", settings={"maxRetries": 2})["value"]

    assert seen["completion"]["choices"][0]["message"]["content"] == "at last"
    counts = [received.headers["x-stainless-retry-count"] for received in fake.requests]
    assert counts == ["0", "1", "2"]


@pytest.mark.parametrize("fault", [Cut(after=3), Reset(after=3)], ids=["cut", "reset"])
def test_a_stream_that_breaks_is_an_error_after_the_text_so_far(
    fake: FakeOpenAIThread, node: Run, fault: Fault
) -> None:
    fake.reply("one two three")
    fake.fail(fault)

    seen = node(SDK, "stream")

    assert seen["text"] == "one two"
    assert seen["error"] is not None
    assert [received.ended for received in fake.requests] == ["fault"]


def test_an_error_in_the_stream_is_an_api_error(fake: FakeOpenAIThread, node: Run) -> None:
    fake.fail(ErrorEvent(after=3, message="the model fell over"))

    error = node(SDK, "stream")["error"]

    assert (error["class"], error["message"]) == ("APIError", "the model fell over")


def test_broken_json_in_the_stream_is_a_syntax_error(fake: FakeOpenAIThread, node: Run) -> None:
    fake.fail(BrokenJSON(after=3))

    assert node(SDK, "stream")["error"]["class"] == "SyntaxError"


def test_the_fake_sees_that_a_stream_was_aborted(fake: FakeOpenAIThread, node: Run) -> None:
    fake.latency = Latency(between=0.01)
    fake.reply(LONG)

    def left() -> None:
        until(lambda: fake.requests[0].ended == "client left")

    seen = node(SDK, "abort", after=3, meanwhile=left)

    assert seen == {"read": 3, "error": None}


def test_models_are_listed(node: Run) -> None:
    assert "gpt-4.1" in node(SDK, "models")


def test_a_model_is_found_by_its_name(node: Run) -> None:
    model = node(SDK, "model", id="gpt-4.1")["value"]

    assert (model["id"], model["object"]) == ("gpt-4.1", "model")


def test_an_unknown_model_is_not_found(node: Run) -> None:
    error = node(SDK, "model", id="no-such-model")["error"]

    assert (error["class"], error["code"]) == ("NotFoundError", "model_not_found")
