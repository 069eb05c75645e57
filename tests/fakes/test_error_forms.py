"""Errors in a stream that began well, in the form of each provider."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from fake_openai import ErrorEvent, FakeOpenAI
from fake_openai.faults.error_forms import Form
from support.openai_client import chat
from support.raw_socket import wire


async def told(*, dialect: str = "openai", **arguments: Any) -> list[bytes]:
    """Return what comes after the first two events, event by event."""
    async with FakeOpenAI(dialect) as fake:
        fake.reply("one two three")
        fake.fail(ErrorEvent(after=2, message="no", **arguments))
        body = (await wire(fake, chat())).body
        assert fake.requests[0].ended == "fault"
    return body.split(b"\n\n")[2:-1]


def value(event: bytes) -> Any:
    return json.loads(event.partition(b"data: ")[2])


DONE = b"data: [DONE]"


@pytest.mark.parametrize(
    ("form", "event", "closes"),
    [
        (
            "openai",
            b'data: {"error":{"message":"no","type":"server_error","param":null,"code":null}}',
            True,
        ),
        (
            "groq",
            (
                b'event: error\ndata: {"error":{"message":"no","type":"internal_server_error",'
                b'"code":null,"status_code":500}}'
            ),
            False,
        ),
        (
            "mistral",
            (
                b'data: {"object":"error","message":"no","type":"internal_server_error",'
                b'"param":null,"code":"1000"}'
            ),
            True,
        ),
        (
            "vllm",
            (
                b'data: {"error":{"message":"no","type":"InternalServerError","param":null,'
                b'"code":500}}'
            ),
            True,
        ),
        (
            "sglang",
            (
                b'data: {"error":{"object":"error","message":"no","type":"InternalServerError",'
                b'"param":null,"code":500}}'
            ),
            True,
        ),
        (
            "flat",
            (
                b'data: {"object":"error","message":"no","type":"InternalServerError","param":null,'
                b'"code":500}'
            ),
            True,
        ),
        (
            "llamacpp",
            b'data: {"error":{"code":500,"message":"no","type":"server_error"}}',
            False,
        ),
        (
            "gpustack",
            b'error: {"error":{"message":"no","type":"server_error","code":null}}',
            False,
        ),
        (
            "anthropic",
            (
                b'event: error\ndata: {"type":"error","error":{"details":null,'
                b'"type":"overloaded_error","message":"no"}     }'
            ),
            False,
        ),
    ],
)
async def test_an_error_is_written_as_its_provider_writes_it(
    form: Any, event: bytes, closes: bool
) -> None:
    assert await told(form=form) == ([event, DONE] if closes else [event])


async def test_openrouter_tells_an_error_in_a_chunk_that_ends_the_answer() -> None:
    (event,) = await told(form="openrouter")

    chunk = value(event)
    assert chunk["error"] == {"code": "server_error", "message": "no"}
    assert chunk["choices"] == [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]


async def test_openrouter_may_tell_an_error_after_the_finish_reason() -> None:
    finish, error, done = await told(form="openrouter_limit")

    assert value(finish)["choices"][0]["finish_reason"] == "length"
    assert value(error)["error"] == {"code": 400, "message": "no"}
    assert value(error)["choices"][0]["finish_reason"] is None
    assert done == DONE


async def test_ollama_loses_the_error_on_the_way() -> None:
    (event,) = await told(form="ollama")

    assert value(event)["choices"] == [
        {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}
    ]


async def test_the_content_filter_of_azure_ends_the_answer() -> None:
    event, done = await told(form="azure", dialect="azure")

    choice = value(event)["choices"][0]
    assert (choice["delta"], choice["finish_reason"]) == ({}, "content_filter")
    assert choice["content_filter_results"]["hate"] == {"filtered": True, "severity": "high"}
    assert done == DONE


@pytest.mark.parametrize("form", get_args(Form))
@pytest.mark.parametrize("done", [True, False])
async def test_whether_done_follows_can_be_chosen_for_every_form(form: Any, done: bool) -> None:
    sent = await told(form=form, done=done)

    assert (sent[-1] == DONE) is done


def test_a_form_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"form of ErrorEvent must be one of .* did you mean vllm"):
        ErrorEvent(after=1, form="vlm")  # type: ignore[arg-type]  # that is the point
