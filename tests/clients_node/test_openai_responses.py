"""The official SDK for Node takes the fake's Responses API for the real thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fake_openai import (
    Answer,
    FakeOpenAIThread,
    Latency,
    ToolCall,
    Writes,
)

Run = Callable[..., Any]
SDK = "openai_responses"
TOOL = {
    "type": "function",
    "name": "weather",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}
CALL = Answer(tool_calls=[ToolCall("weather", {"city": "Oslo"})])


def said(events: list[Any]) -> str:
    deltas = (e["delta"] for e in events if e["type"] == "response.output_text.delta")
    return "".join(deltas)


def numbers(events: list[Any]) -> list[int]:
    return [event["sequence_number"] for event in events]


def test_an_answer_has_the_text_and_an_id(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply("one two three")

    seen = node(SDK, "whole")["value"]

    assert seen["response"]["output_text"] == "one two three"
    assert (seen["response"]["status"], seen["response"]["usage"]["output_tokens"]) == (
        "completed",
        3,
    )
    assert seen["requestID"].startswith("req_")


@pytest.mark.parametrize("mode", ["bytes", "random", "lines", "whole"])
def test_a_stream_may_be_cut_into_writes_anywhere(
    fake: FakeOpenAIThread, node: Run, mode: Any
) -> None:
    fake.writes = Writes(mode, newline="\r\n")
    fake.reply("ø 日本 🌊, and more")

    seen = node(SDK, "stream")

    assert (said(seen["events"]), seen["error"]) == ("ø 日本 🌊, and more", None)


def test_a_stream_ends_with_the_response_that_its_events_tell(
    fake: FakeOpenAIThread, node: Run
) -> None:
    fake.reply(Answer("one two three", reasoning="Let me count."))

    events = node(SDK, "stream", request={"model": "o3"})["events"]

    done = [e["item"] for e in events if e["type"] == "response.output_item.done"]
    assert events[-1]["type"] == "response.completed"
    assert events[-1]["response"]["output"] == done
    assert numbers(events) == list(range(len(events)))


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (Answer("one two three"), ["message"]),
        (CALL, ["function_call"]),
        (Answer("It is.", reasoning="Is it?", tool_calls=[ToolCall("weather", {"city": "Oslo"})]),
         ["reasoning", "message", "function_call"]),
        (Answer(refusal="I will not."), ["message"]),
    ],
    ids=["text", "call", "all", "refusal"],
)  # fmt: skip
def test_the_stream_helper_puts_the_response_together(
    fake: FakeOpenAIThread, node: Run, answer: Answer, kinds: list[str]
) -> None:
    fake.reply(answer)

    request = {"model": "o3", "reasoning": {"summary": "auto"}, "tools": [TOOL]}
    response = node(SDK, "accumulate", request=request)["value"]

    assert [item["type"] for item in response["output"]] == kinds
    assert response["output_text"] == (answer.text or "")
    assert response["status"] == "completed"


def test_the_stream_helper_ends_with_an_incomplete_response(
    fake: FakeOpenAIThread, node: Run
) -> None:
    fake.reply("word " * 50)

    response = node(SDK, "accumulate", request={"max_output_tokens": 16})["value"]

    assert response["status"] == "incomplete"
    assert response["incomplete_details"] == {"reason": "max_output_tokens"}


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_is_run_and_its_result_is_sent_back(
    fake: FakeOpenAIThread, node: Run, stream: bool
) -> None:
    call = ToolCall("weather", {"city": "Oslo"})
    fake.reply(Answer(reasoning="Let me ask.", tool_calls=[call]), "It rains.")

    # The SDK asks for sealed reasoning, which only models that reason have.
    seen = node(SDK, "runTools", stream=stream, request={"model": "gpt-5"})

    assert seen == {"text": "It rains.", "called": ["Oslo"]}
    assert fake.requests[1].body["input"][-1]["output"] == "rain in Oslo"


def test_an_answer_is_read_with_the_schema_that_was_asked_for(
    fake: FakeOpenAIThread, node: Run
) -> None:
    fake.reply('{"city":"Oslo","degrees":7}')

    assert node(SDK, "parse") == {"city": "Oslo", "degrees": 7}
    assert fake.requests[0].body["text"]["format"]["type"] == "json_schema"


def test_the_stream_helper_streams_a_response_again(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply("one two three")

    seen = node(SDK, "streamAgain")

    assert seen["numbers"] == list(range(4, 4 + len(seen["numbers"])))
    assert seen["response"]["output_text"] == "one two three"


def test_what_runs_in_the_background_is_polled_and_cancelled(
    fake: FakeOpenAIThread, node: Run
) -> None:
    fake.latency = Latency(first_token=60)

    assert node(SDK, "poll") == ["queued", "cancelled", "cancelled"]


def test_responses_go_on_are_listed_and_deleted(node: Run) -> None:
    seen = node(SDK, "keep")

    assert seen["listed"] == ["message"] * 3
    assert seen["gone"]["error"]["class"] == "NotFoundError"


def test_input_is_counted(node: Run) -> None:
    used = node(SDK, "whole")["value"]["response"]["usage"]

    assert node(SDK, "counted") == used["input_tokens"]
