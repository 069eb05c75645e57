"""Plays one cell of the table: one fault, one kind of answer, one dialect, one shell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from fake_openai import Answer, FakeOpenAI, Latency, Received, Reply
from fake_openai.faults import Fault
from steadystream import SteadyClient, SteadyStream, answer_of
from steadystream.aio.response import fault_of, partial_of
from steadystream.errors import StreamFault
from steadystream.events import Seam, Verdict, WireEvent
from steadystream.protocol.transcript import Transcript
from support.outcomes.hearing import Heard, hear
from support.outcomes.kinds import Kind

KEY = "sk-a-well-formed-key"
PACE = Latency(between=0.05)


@dataclass
class Result:
    """What a consumer got, and what became of it.

    Attributes:
        body: the bytes it was given.
        error: what was raised.
        status: of the response, where it was given one.
        fault: the fault behind the error.
        kept: the transcript of the answer, or the partial that the error carries.
        seams: of the answer.
        verdict: of the answer.
        tokens: completion tokens that the answer counts.
        question: by which the server knows it.
    """

    body: bytes = b""
    error: Exception | None = None
    status: int | None = None
    fault: StreamFault | None = None
    kept: Transcript | None = None
    seams: tuple[Seam, ...] = ()
    verdict: Verdict | None = None
    tokens: int | None = None
    question: str = ""

    @property
    def heard(self) -> Heard:
        return hear(self.body)


@dataclass
class Stage:
    """A server of one dialect, on which cells are played side by side.

    Each is a conversation of its own, told by its question. A fault strikes the first request.
    """

    fake: FakeOpenAI
    _replies: dict[str, tuple[Answer, Fault | None, Latency | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fake.plan = self._plan

    def _plan(self, received: Received) -> Reply:
        answer, fault, latency = self._replies[_question(received)]
        if fault is None or received.attempt > 1:
            return Reply(answer)
        return Reply(answer, fault, latency)

    async def play(
        self, kind: Kind, shell: str, fault: Fault | None = None, *, paced: bool = False
    ) -> Result:
        question = f"Tell me in JSON, number {len(self._replies)}."
        self._replies[question] = kind.answer, fault, PACE if paced else None
        chat = {
            "model": self.fake.dialect.models[0],
            "messages": [{"role": "user", "content": question}],
            **kind.body,
        }
        if self.fake.dialect.name != "mistral":
            chat["stream_options"] = {"include_usage": True}
        result = Result(question=question)
        await SHELLS[shell](self.fake, chat, result)
        return result

    def requests(self) -> dict[str, list[Received]]:
        """Return what was asked, by question."""
        asked: dict[str, list[Received]] = {}
        for received in self.fake.requests:
            asked.setdefault(_question(received), []).append(received)
        return asked


def _question(received: Received) -> str:
    return str(received.body["messages"][0]["content"])


async def _plain(fake: FakeOpenAI, chat: dict[str, Any], result: Result) -> None:
    """Without the library."""
    async with aiohttp.ClientSession() as session, _post(session, fake, chat) as response:
        result.status = response.status
        result.body = await response.read()


async def _client(fake: FakeOpenAI, chat: dict[str, Any], result: Result) -> None:
    name = fake.dialect.name
    async with SteadyClient(fake.base_url, api_key=KEY, dialect=name, seed=1) as client:
        async with client.stream(**chat) as answer:
            try:
                async for event in answer:
                    if isinstance(event, WireEvent):
                        result.body += event.raw
                result.kept = answer.transcript
            except StreamFault as fault:
                result.error = result.fault = fault
                result.kept = fault.partial
        result.seams, result.verdict = answer.seams, answer.verdict
        result.tokens = answer.usage.completion_tokens


async def _middleware(fake: FakeOpenAI, chat: dict[str, Any], result: Result) -> None:
    steady = SteadyStream(dialect=fake.dialect.name, seed=1)
    async with aiohttp.ClientSession(
        middlewares=(steady,), timeout=aiohttp.ClientTimeout(total=None)
    ) as session:
        try:
            async with _post(session, fake, chat) as response:
                result.status = response.status
                answer = answer_of(response)
                async for data in response.content.iter_any():
                    result.body += data
                if answer is not None:
                    result.seams, result.verdict = answer.seams, answer.verdict
                    result.kept, result.tokens = answer.transcript, answer.usage.completion_tokens
        except aiohttp.ClientError as error:
            result.error, result.fault, result.kept = error, fault_of(error), partial_of(error)


def _post(session: aiohttp.ClientSession, fake: FakeOpenAI, chat: dict[str, Any]) -> Any:
    return session.post(
        f"{fake.base_url}/chat/completions",
        json={**chat, "stream": True},
        headers={"Authorization": f"Bearer {KEY}"},
    )


SHELLS: dict[str, Callable[[FakeOpenAI, dict[str, Any], Result], Awaitable[None]]] = {
    "plain": _plain,
    "client": _client,
    "middleware": _middleware,
}
