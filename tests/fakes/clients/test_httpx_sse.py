"""httpx-sse reads every event of the fake."""

from __future__ import annotations

import json
from typing import Any

import httpx
import httpx_sse
import pytest

from fake_openai import Answer, Cut, FakeOpenAI, FakeOpenAIThread, Stall, Writes

ASK: dict[str, Any] = {
    "model": "gpt-4.1",
    "stream": True,
    "messages": [{"role": "user", "content": "Hi"}],
}
HEADERS = {"Authorization": "Bearer sk-of-a-test"}


def read(fake: FakeOpenAIThread) -> list[str]:
    data = []
    with (
        httpx.Client(headers=HEADERS, trust_env=False) as client,
        httpx_sse.connect_sse(
            client, "POST", fake.base_url + "/chat/completions", json=ASK
        ) as source,
    ):
        source.response.raise_for_status()
        data.extend(event.data for event in source.iter_sse())
    return data


def text(events: list[str]) -> str:
    chunks = [json.loads(data) for data in events if data != "[DONE]"]
    return "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_event_is_read_to_the_last(fake_openai: FakeOpenAIThread, newline: Any) -> None:
    fake_openai.writes = Writes("random", newline=newline)
    fake_openai.reply("one two three")

    events = read(fake_openai)

    assert (text(events), events[-1]) == ("one two three", "[DONE]")


def test_comments_are_no_events(fake_openai: FakeOpenAIThread) -> None:
    fake_openai.reply("one two three")
    plain = read(fake_openai)
    fake_openai.reset()
    fake_openai.reply("one two three")
    fake_openai.fail(Stall(after=2, seconds=0.05, comments=True, every=0.01))

    assert [text([event]) for event in read(fake_openai)[:-1]] == [
        text([event]) for event in plain[:-1]
    ]


def test_a_cut_is_an_error_of_the_protocol(fake_openai: FakeOpenAIThread) -> None:
    fake_openai.fail(Cut(after=2))

    with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
        read(fake_openai)


async def test_events_are_read_in_the_loop_of_the_fake_too() -> None:
    async with FakeOpenAI() as fake, httpx.AsyncClient(headers=HEADERS, trust_env=False) as client:
        fake.reply(Answer("one two three"))
        url = fake.base_url + "/chat/completions"
        async with httpx_sse.aconnect_sse(client, "POST", url, json=ASK) as source:
            events = [event.data async for event in source.aiter_sse()]

    assert (text(events), events[-1]) == ("one two three", "[DONE]")
