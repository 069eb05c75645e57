"""An answer says that it is not whole to whoever reads on, and loses nothing between two reads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from fake_openai import Cut, FakeOpenAIThread, Stall, Writes
from steadystream import Message, Retries, SteadyClient, Verdict
from steadystream.errors import Disconnected

ASKED: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Tell me."}]}
TEXT = "One two three four five six seven eight nine ten."
OURS = "closed by its own side"


@pytest.fixture
def fake() -> Iterator[FakeOpenAIThread]:
    """Serve a text that is known, all of it in one write."""
    with FakeOpenAIThread("openai", writes=Writes("whole")) as server:
        server.reply(TEXT)
        yield server


def client(fake: FakeOpenAIThread, **settings: Any) -> SteadyClient:
    return SteadyClient(fake.base_url, api_key="sk-a-well-formed-key", **settings)


async def test_finishing_an_answer_that_was_left_raises(fake: FakeOpenAIThread) -> None:
    fake.fail(Stall(after=4))
    async with client(fake) as steady:
        async with steady.stream(**ASKED) as answer:
            await anext(answer.text())

        with pytest.raises(Disconnected, match=OURS) as caught:
            await answer.finish()
    assert caught.value.partial is answer.transcript
    assert caught.value.gave_up == "not_transient"


async def test_finishing_an_answer_that_was_left_behind_its_end_returns_it(
    fake: FakeOpenAIThread,
) -> None:
    async with client(fake) as steady:
        async with steady.stream(**ASKED) as answer:
            await answer.finish()

        whole = await answer.finish()
    assert whole["choices"][0]["message"]["content"] == TEXT


@pytest.mark.parametrize("how", ["events", "text", "batches", "finish"])
async def test_reading_on_behind_a_cancelled_wait_raises(fake: FakeOpenAIThread, how: str) -> None:
    fake.fail(Stall(after=4))
    async with client(fake) as steady, steady.stream(**ASKED) as answer:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(answer.finish(), 0.1)

        with pytest.raises(Disconnected, match=OURS) as caught:
            await _read(answer, how)
        assert caught.value.partial is answer.transcript
        assert caught.value.received == answer.attempts[-1].received


@pytest.mark.parametrize("how", ["events", "text", "batches", "finish"])
async def test_reading_on_behind_a_fault_raises_it_again(fake: FakeOpenAIThread, how: str) -> None:
    fake.fail(Cut(after=4))
    async with (
        client(fake, retries=Retries(attempts=1)) as steady,
        steady.stream(**ASKED) as answer,
    ):
        with pytest.raises(Disconnected) as first:
            await answer.finish()

        with pytest.raises(Disconnected) as second:
            await _read(answer, how)
    assert second.value is first.value


async def _read(answer: Any, how: str) -> None:
    if how == "finish":
        await answer.finish()
    else:
        async for _ in {"events": answer, "text": answer.text(), "batches": answer.batches()}[how]:
            pass


@pytest.mark.parametrize("first", ["events", "text"])
@pytest.mark.parametrize("then", ["events", "text"])
async def test_between_two_readings_nothing_is_lost(
    fake: FakeOpenAIThread, first: str, then: str
) -> None:
    fake.fail(Cut(after=7))  # so that there is a seam, which must not be counted twice
    async with client(fake) as steady, steady.stream(**ASKED) as answer:
        got = await _beginning(answer, first)
        async for piece in answer if then == "events" else answer.text():
            got += _text(piece)
    assert got == TEXT
    assert len(answer.seams) == 1
    assert answer.verdict is Verdict.COMPLETE


async def _beginning(answer: Any, how: str) -> str:
    async for piece in answer if how == "events" else answer.text():
        if _text(piece):
            return _text(piece)
    return ""


def _text(piece: object) -> str:
    if isinstance(piece, str):
        return piece
    return piece.text if isinstance(piece, Message) else ""


def test_reading_on_without_a_loop_behind_a_fault_raises_it_again(fake: FakeOpenAIThread) -> None:
    fake.fail(Cut(after=4))
    with (
        client(fake, retries=Retries(attempts=1)).sync() as steady,
        steady.stream(**ASKED) as answer,
    ):
        with pytest.raises(Disconnected) as first:
            list(answer)

        with pytest.raises(Disconnected) as second:
            list(answer)
    assert second.value is first.value
