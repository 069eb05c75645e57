"""What users write, checked by mypy and pyright and never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

import aiohttp

from fake_openai import FakeOpenAI, FakeOpenAIThread
from steadystream import (
    Answer,
    Event,
    EventSource,
    Fallback,
    GaveUp,
    Message,
    MessageEvent,
    Profile,
    ReadyState,
    Rejected,
    ResponseAnswer,
    ResponseEvent,
    ResponseTranscript,
    Retries,
    Rung,
    Seam,
    SteadyClient,
    SteadyStream,
    StreamFault,
    SyncAnswer,
    SyncResponseAnswer,
    SyncSteadyClient,
    Timeouts,
    Transcript,
    Usage,
    Verdict,
    answer_of,
    event_bytes,
    partial_of,
)


async def client() -> None:
    limits = Timeouts(idle=5, total=None)
    async with SteadyClient("https://h/v1", api_key=None, timeouts=limits) as steady:
        assert_type(steady, SteadyClient)
        async with steady.stream(model="m", messages=[{"role": "user", "content": "hi"}]) as answer:
            assert_type(answer, Answer)
            async for text in answer.text():
                assert_type(text, str)
            async for event in answer:
                match event:
                    case Message(raw=raw):
                        assert_type(raw, bytes)
                        assert_type(event_bytes(event, seam_comments=True), bytes)
                    case _:
                        pass
        assert_type(answer.transcript, Transcript)
        assert_type(answer.verdict, Verdict | None)
        assert_type(answer.seams, tuple[Seam, ...])
        assert_type(answer.usage, Usage)
        assert_type(await steady.complete(model="m", messages=[], temperature=0.5), dict[str, Any])


async def elsewhere() -> None:
    others = [Fallback(model="n"), Fallback(base_url="https://o/v1", api_key=None, dialect="vllm")]
    ours = Profile(base_url="^https://o/", dialect="vllm")
    retries = Retries(attempts_each=1, rungs_across_models=frozenset({Rung.EXACT_PREFIX}))
    async with SteadyClient(
        "https://h/v1",
        api_key="k",
        fallbacks=others,
        profiles=[ours, Path("house.toml"), "other.toml"],
        retries=retries,
    ) as steady:
        async with steady.stream(model="m", messages=[], fallbacks=others[:1]) as answer:
            await answer.finish()
    for seam in answer.seams:
        assert_type(seam.before.model, str)
        assert_type(seam.changes_model, bool)
    SteadyStream(fallbacks=others, profiles=Profile(model="m", rung="none"))


def telling() -> None:
    told: list[Answer] = []
    SteadyStream(seam_comments=True, on_answer=told.append)
    SteadyStream(on_answer=lambda answer: print(answer.explain()))


async def responses() -> None:
    async with SteadyClient("https://h/v1", api_key=None) as steady:
        async with steady.responses.stream(model="m", input="hi", store=False) as answer:
            assert_type(answer, ResponseAnswer)
            async for event in answer:
                if isinstance(event, Message):
                    assert_type(event.said, ResponseEvent | None)
            assert_type(answer.transcript, ResponseTranscript)
        assert_type(await steady.responses.complete(model="m", input=[]), dict[str, Any])


def sync_responses() -> None:
    with SteadyClient("https://h/v1", api_key=None).sync() as steady:
        with steady.responses.stream(model="m", input="hi") as answer:
            assert_type(answer, SyncResponseAnswer)
            assert_type(answer.transcript, ResponseTranscript)
        assert_type(steady.responses.complete(model="m", input="hi"), dict[str, Any])


def sync() -> None:
    with SteadyClient("https://h/v1", api_key=None).sync() as steady:
        assert_type(steady, SyncSteadyClient)
        with steady.stream(model="m", messages=[], temperature=0.5) as answer:
            assert_type(answer, SyncAnswer)
            for text in answer.text():
                assert_type(text, str)
            for event in answer:
                assert_type(event, Event)
        assert_type(answer.verdict, Verdict | None)
        assert_type(steady.complete(model="m", messages=[]), dict[str, Any])


async def events() -> None:
    async with EventSource("https://h/feed", headers={"a": "b"}, on_open=list) as source:
        async for event in source:
            assert_type(event, MessageEvent)
            assert_type(event.data, str)
        assert_type(source.ready_state, ReadyState)


async def middleware() -> None:
    steady = SteadyStream(dialect="vllm", retries=Retries(attempts=2))
    async with aiohttp.ClientSession(middlewares=(steady,)) as session:
        response = await session.post("https://h/v1/chat/completions", json={})
        assert_type(answer_of(response), Answer | ResponseAnswer | None)


def errors(fault: StreamFault) -> None:
    assert_type(fault.partial, Transcript | ResponseTranscript | None)
    assert_type(fault.gave_up, GaveUp | None)
    assert_type(partial_of(fault), Transcript | ResponseTranscript | None)
    if isinstance(fault, Rejected):
        assert_type(fault.status, int)


async def fake() -> None:
    async with FakeOpenAI(dialect="vllm", seed=1) as server:
        assert_type(server, FakeOpenAI)
        assert_type(server.base_url, str)
    with FakeOpenAIThread() as thread:
        assert_type(thread, FakeOpenAIThread)
