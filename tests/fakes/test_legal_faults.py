"""What is odd and yet allowed is read by clients that others wrote."""

from __future__ import annotations

import json
import re
from typing import Any

import aiohttp
import httpx
import openai
import pytest

from fake_openai import (
    HTTP10,
    Bandwidth,
    BlankLines,
    Boundaries,
    CommentEveryEvent,
    CommentFlood,
    Compressed,
    Drip,
    EarlyHints,
    FakeOpenAI,
    Fault,
    LineSeparators,
    LongLine,
    NoDone,
    Nul,
    OddDone,
    OddHeaders,
    OddLines,
    SplitData,
    Stall,
    UnknownEvent,
    UnknownFields,
    WrongContentLength,
)

TEXT = "one é two 🌊 three"
ASK: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
LEGAL: list[Fault] = [
    HTTP10(),
    EarlyHints(),
    EarlyHints(102, n=3),
    OddHeaders("long"),
    OddHeaders("many"),
    OddHeaders("odd"),
    OddHeaders("injected"),
    Compressed("gzip"),
    Compressed("deflate"),
    WrongContentLength(0),
    NoDone(),
    OddDone("trailing_space"),
    OddDone("no_space"),
    CommentEveryEvent(),
    CommentFlood(50),
    BlankLines(),
    UnknownEvent(),
    UnknownFields(),
    OddLines(["retry: 3000", "x-unknown: a", "nocolon"]),
    SplitData(3),
    LineSeparators(),
    LongLine(5000),
    Nul("escaped"),
    Nul("line"),
    Drip(after=0, bytes=50, every=0),
    Bandwidth(1e6),
    Stall(after=1, seconds=0.01, comments=True, every=0.005),
    Boundaries("bytes"),
    Boundaries("utf8"),
    Boundaries("data", "\r\n"),
    Boundaries("crlf", "\r\n"),
    Boundaries("random", "\r"),
    Boundaries("event", space_after_colon=False),
]
FOR_CONFORMING_ONLY: list[Fault] = [
    UnknownEvent(data=None),
    OddLines(),
    Nul("id"),
    Boundaries("event", bom=True),
]


def text(body: bytes) -> str:
    """Return the text in a stream, read by the letter of the WHATWG HTML standard."""
    told = body.decode("utf-8-sig", "replace")
    said, data = "", []
    for line in re.split("\r\n|\n|\r", told):
        name, _, value = line.partition(":")
        if name == "data" and line:
            data.append(value.removeprefix(" "))
        elif not line and data:
            event, data = "\n".join(data), []
            if event.strip() != "[DONE]":
                for choice in json.loads(event).get("choices", []):
                    said += choice["delta"].get("content") or ""
    return said


async def by_aiohttp(fake: FakeOpenAI) -> str:
    key = {"Authorization": "Bearer sk-test"}
    async with (
        aiohttp.ClientSession(headers=key) as session,
        session.post(f"{fake.base_url}/chat/completions", json={**ASK, "stream": True}) as response,
    ):
        return text(b"".join([part async for part in response.content.iter_any()]))


async def by_httpx(fake: FakeOpenAI) -> str:
    key = {"Authorization": "Bearer sk-test"}
    async with (
        httpx.AsyncClient(headers=key) as client,
        client.stream(
            "POST", f"{fake.base_url}/chat/completions", json={**ASK, "stream": True}
        ) as response,
    ):
        return text(b"".join([part async for part in response.aiter_bytes()]))


async def by_openai(fake: FakeOpenAI) -> str:
    async with openai.AsyncOpenAI(
        base_url=fake.base_url, api_key="sk-test", max_retries=0
    ) as client:
        stream = await client.chat.completions.create(**ASK, stream=True)
        choices = [choice async for chunk in stream for choice in chunk.choices or ()]
    return "".join(choice.delta.content or "" for choice in choices)


@pytest.mark.slow
@pytest.mark.parametrize("fault", LEGAL, ids=repr)
@pytest.mark.parametrize("read", [by_aiohttp, by_httpx, by_openai])
async def test_a_client_that_others_wrote_reads_what_is_legal(fault: Fault, read: Any) -> None:
    async with FakeOpenAI() as fake:
        fake.reply(TEXT)
        fake.fail(fault)

        assert await read(fake) == TEXT
        assert fake.requests[0].faults == (fault,)
        assert fake.requests[0].ended == "whole"


@pytest.mark.parametrize("fault", FOR_CONFORMING_ONLY, ids=repr)
@pytest.mark.parametrize("read", [by_aiohttp, by_httpx])
async def test_by_the_letter_of_the_standard_these_are_legal_too(fault: Fault, read: Any) -> None:
    async with FakeOpenAI() as fake:
        fake.reply(TEXT)
        fake.fail(fault)

        assert await read(fake) == TEXT


@pytest.mark.parametrize("fault", [UnknownFields(), LineSeparators(), Compressed(), HTTP10()])
async def test_the_openai_client_reads_whole_answers_with_them(fault: Fault) -> None:
    async with (
        FakeOpenAI() as fake,
        openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-test", max_retries=0) as client,
    ):
        fake.reply(TEXT)
        fake.fail(fault)
        told = await client.chat.completions.create(**ASK)

    assert told.choices[0].message.content == TEXT
    assert fake.requests[0].faults == (fault,)


async def test_an_event_can_be_read_from_a_compressed_stream_before_the_next_is_sent() -> None:
    async with FakeOpenAI() as fake, httpx.AsyncClient() as client:
        fake.reply(TEXT)
        fake.fail((Stall(after=2), Compressed()))
        async with client.stream(
            "POST",
            f"{fake.base_url}/chat/completions",
            json={**ASK, "stream": True},
            headers={"Authorization": "Bearer sk-test"},
        ) as response:
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if body.count(b"\n\n") == 2:
                    break

    assert text(body) == "one"
