"""The official SDK for Node meets errors and broken streams of the fake's Responses API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fake_openai import Cut, ErrorEvent, FakeOpenAIThread, Fault, Latency, Reset, Status
from support.waiting import until

Run = Callable[..., Any]
SDK = "openai_responses"


def said(events: list[Any]) -> str:
    deltas = (e["delta"] for e in events if e["type"] == "response.output_text.delta")
    return "".join(deltas)


def numbers(events: list[Any]) -> list[int]:
    return [event["sequence_number"] for event in events]


def test_a_stream_that_was_lost_is_taken_up_again(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply("one two three four")
    fake.fail(Cut(after=6))

    seen = node(SDK, "resume")

    events = seen["lost"]["events"] + seen["found"]["events"]
    assert seen["lost"]["error"] is not None
    assert seen["found"]["error"] is None
    assert numbers(events) == list(range(len(events)))
    assert said(events) == "one two three four"


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequestError"),
        (401, "AuthenticationError"),
        (404, "NotFoundError"),
        (429, "RateLimitError"),
        (500, "InternalServerError"),
    ],
)
@pytest.mark.parametrize("how", ["whole", "stream", "accumulate"])
def test_an_error_status_is_the_error_of_that_name(
    fake: FakeOpenAIThread, node: Run, status: int, name: str, how: str
) -> None:
    fake.fail(Status(status))

    error = node(SDK, how)["error"]

    assert (error["class"], error["status"]) == (name, status)
    assert error["requestID"].startswith("req_")


def test_a_wrong_parameter_is_named_in_the_error(node: Run) -> None:
    error = node(SDK, "whole", request={"temperature": "hot"})["error"]

    assert (error["class"], error["param"]) == ("BadRequestError", "temperature")
    assert error["type"] == "invalid_request_error"


def test_the_client_tries_again_when_it_is_told_to(fake: FakeOpenAIThread, node: Run) -> None:
    fake.reply("at last")
    fake.fail(Status(429, retry_after_ms=1), Status(503))

    seen = node(SDK, "whole", settings={"maxRetries": 2})["value"]

    assert seen["response"]["output_text"] == "at last"
    assert [received.status for received in fake.requests] == [429, 503, 200]


@pytest.mark.parametrize("fault", [Cut(after=6), Reset(after=6)], ids=["cut", "reset"])
def test_a_stream_that_breaks_is_an_error_after_the_text_so_far(
    fake: FakeOpenAIThread, node: Run, fault: Fault
) -> None:
    fake.reply("one two three")
    fake.fail(fault)

    seen = node(SDK, "stream")

    assert said(seen["events"]) == "one two"
    assert seen["error"] is not None


def test_an_error_in_the_stream_is_an_api_error(fake: FakeOpenAIThread, node: Run) -> None:
    fake.fail(ErrorEvent(after=6, message="the model fell over"))

    error = node(SDK, "stream")["error"]

    assert (error["class"], error["message"]) == ("APIError", "the model fell over")


def test_the_fake_sees_that_a_stream_was_aborted(fake: FakeOpenAIThread, node: Run) -> None:
    fake.latency = Latency(between=0.01)
    fake.reply("one two three " * 100)

    def left() -> None:
        until(lambda: fake.requests[0].ended == "client left")

    seen = node(SDK, "abort", after=6, meanwhile=left)

    assert seen == {"seen": 6, "error": None}
