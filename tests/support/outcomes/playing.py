"""Plays one cell of the table: one fault, one kind of answer, one dialect, one shell."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import aiohttp

from fake_openai import Answer, FakeOpenAI, Latency, Received, Reply
from fake_openai.faults import Fault
from steadystream import Retries, SteadyClient, SteadyStream, answer_of
from steadystream.aio.response import fault_of, partial_of
from steadystream.errors import StreamFault
from steadystream.events import Seam, Verdict, WireEvent
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
    kept: Any = None
    seams: tuple[Seam, ...] = ()
    verdict: Verdict | None = None
    tokens: int | None = None
    question: str = ""

    def note(self, answer: Any) -> None:
        """Take down what an answer says of itself."""
        self.seams, self.verdict = answer.seams, answer.verdict
        self.tokens = answer.usage.completion_tokens

    @cached_property
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
        question = _question(received)
        if question is None:  # follows a response that is under way
            return Reply()
        answer, fault, latency = self._replies[question]
        if fault is None or received.attempt > 1:
            return Reply(answer)
        return Reply(answer, fault, latency)

    async def play(
        self, kind: Kind, shell: str, fault: Fault | None = None, *, paced: bool = False
    ) -> Result:
        question = f"Tell me in JSON, number {len(self._replies)}."
        self._replies[question] = kind.answer, fault, PACE if paced else None
        result = Result(question=question)
        await SHELLS[shell](self.fake, kind, self._body(kind, question), result)
        return result

    def _body(self, kind: Kind, question: str) -> dict[str, Any]:
        body = {"model": self.fake.dialect.models[0], **kind.body}
        if kind.endpoint == "responses":
            return {**body, "input": question}
        if self.fake.dialect.name != "mistral":
            body["stream_options"] = {"include_usage": True}
        return {**body, "messages": [{"role": "user", "content": question}]}

    def requests(self) -> dict[str, list[Received]]:
        """Return what was asked, by question."""
        asked: dict[str, list[Received]] = {}
        made: dict[str, str] = {}
        for received in self.fake.requests:
            question = _question(received)
            if question is None:
                id = received.path.split("/responses/")[1].partition("/")[0]
                question = made[id]
            for id in _ID.findall(b"".join(sent.data for sent in received.sent)):
                made.setdefault(id.decode(), question)
            asked.setdefault(question, []).append(received)
        return asked


_ID = re.compile(rb'"response":\{"id":"([^"]+)"')


def _question(received: Received) -> str | None:
    """Return what was asked; None where a response that is under way is asked for."""
    if received.method != "POST" or not isinstance(received.body, dict):
        return None
    if "messages" not in received.body:
        return str(received.body["input"]) if "input" in received.body else None
    return str(received.body["messages"][0]["content"])


async def _plain(fake: FakeOpenAI, kind: Kind, body: dict[str, Any], result: Result) -> None:
    """Without the library."""
    async with aiohttp.ClientSession() as session, _post(session, fake, kind, body) as response:
        result.status = response.status
        result.body = await response.read()


async def _client(fake: FakeOpenAI, kind: Kind, body: dict[str, Any], result: Result) -> None:
    async with SteadyClient(
        fake.base_url, api_key=KEY, dialect=fake.dialect.name, retries=_retries(kind), seed=1
    ) as client:
        stream: Any = client.responses.stream if kind.endpoint == "responses" else client.stream
        async with stream(**body) as answer:
            try:
                async for event in answer:
                    if isinstance(event, WireEvent):
                        result.body += event.raw
                result.kept = answer.transcript
            except StreamFault as fault:
                result.error = result.fault = fault
                result.kept = fault.partial
        result.note(answer)


async def _middleware(fake: FakeOpenAI, kind: Kind, body: dict[str, Any], result: Result) -> None:
    steady = SteadyStream(dialect=fake.dialect.name, retries=_retries(kind), seed=1)
    async with aiohttp.ClientSession(
        middlewares=(steady,), timeout=aiohttp.ClientTimeout(total=None)
    ) as session:
        try:
            async with _post(session, fake, kind, body) as response:
                result.status = response.status
                answer = answer_of(response)
                async for data in response.content.iter_any():
                    result.body += data
                if answer is not None:
                    result.note(answer)
                    result.kept = answer.transcript
        except aiohttp.ClientError as error:
            result.error, result.fault, result.kept = error, fault_of(error), partial_of(error)


def _retries(kind: Kind) -> Retries:
    return Retries(background=kind.background)


def _post(session: aiohttp.ClientSession, fake: FakeOpenAI, kind: Kind, body: Any) -> Any:
    path = "responses" if kind.endpoint == "responses" else "chat/completions"
    return session.post(
        f"{fake.base_url}/{path}",
        json={**body, "stream": True},
        headers={"Authorization": f"Bearer {KEY}"},
    )


SHELLS: dict[str, Callable[[FakeOpenAI, Kind, dict[str, Any], Result], Awaitable[None]]] = {
    "plain": _plain,
    "client": _client,
    "middleware": _middleware,
}
