"""Schedules of faults for responses: how one is played through a shell, what must hold of it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from hypothesis import strategies as st

from fake_openai import (
    Answer,
    FakeOpenAI,
    LongLine,
    Received,
    RefuseConnection,
    Reply,
    ToolCall,
    Writes,
)
from properties.schedules import PATIENT, QUICK, all_writes, hopeless, rows_of, slow, swift
from steadystream import (
    Backoff,
    Message,
    ResponseTranscript,
    Retries,
    SteadyClient,
    SteadyStream,
    StreamFault,
    Timeouts,
    Verdict,
    answer_of,
    partial_of,
)

TOOLS = [
    {
        "type": "function",
        "name": name,
        "parameters": {"type": "object", "properties": {}},
        "strict": False,
    }
    for name in ("look", "tell")
]


@dataclass(frozen=True)
class ResponseSchedule:
    """One response, and what goes wrong with each attempt at it.

    Attributes:
        answer: the true one.
        rows: faults of the first attempt, of the second, and so on; later ones are left in peace.
        attempts: allowed by the settings.
        writes: borders of writes.
        asked: how it is put into the background: "caller", "ours" or "" = not at all.
        timeouts: of the reader.
    """

    answer: Answer
    rows: tuple[tuple[Any, ...], ...]
    attempts: int
    writes: Writes
    asked: str = ""
    timeouts: Timeouts = field(default=QUICK, repr=False)

    @property
    def text(self) -> str:
        return "".join(self.answer.chunks or ()) or self.answer.text

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [(call.name, str(call.arguments)) for call in self.answer.tool_calls]

    @property
    def has_keepalives(self) -> bool:
        return any(isinstance(fault, LongLine) for row in self.rows for fault in row)

    def plan(self) -> Callable[[Received], Reply]:
        """Return what deals the rows, one to each request that makes or follows a response."""
        left = iter(self.rows)

        def reply(received: Received) -> Reply:
            faults = () if received.path.endswith("/cancel") else next(left, ())
            return Reply(self.answer, faults, writes=self.writes)

        return reply

    @property
    def parameters(self) -> dict[str, Any]:
        tools = {"tools": TOOLS} if self.answer.tool_calls else {}
        background = {"background": True} if self.asked == "caller" else {}
        return {"model": "gpt-4.1", "input": "Tell me.", **tools, **background}

    @property
    def retries(self) -> Retries:
        return Retries(
            attempts=self.attempts,
            backoff=Backoff(base=0.001, cap=0.002),
            max_retry_after=0.05,
            background=self.asked == "ours",
        )


@dataclass
class ResponseOutcome:
    """What a consumer got.

    Attributes:
        body: the bytes of the events, joined.
        error: what left, None where the answer ended by itself.
        partial: what came with the error.
        verdict: of the answer.
    """

    body: bytes = b""
    error: BaseException | None = None
    partial: ResponseTranscript | None = None
    verdict: Verdict | None = None

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The events, read by the plainest means: none of them may be torn."""
        text = self.body.decode().removeprefix("\ufeff")
        blocks = re.split("\n\n", re.sub("\r\n|\r", "\n", text))
        assert blocks[-1] in {"", "\n"}, f"the body ends inside an event: {blocks[-1]!r}"
        lines = [line for block in blocks for line in block.split("\n")]
        data = [line.partition(":")[2] for line in lines if line.startswith("data:")]
        return [json.loads(line) for line in data if line.strip() != "[DONE]"]

    @property
    def text(self) -> str:
        return "".join(
            d["delta"] for d in self.documents if d["type"] == "response.output_text.delta"
        )

    @property
    def items(self) -> list[dict[str, Any]]:
        """Items that the consumer was told are done."""
        kind = "response.output_item.done"
        return [d["item"] for d in self.documents if d["type"] == kind]

    @property
    def calls(self) -> list[tuple[str, str]]:
        calls = (item for item in self.items if item["type"] == "function_call")
        return [(call["name"], call["arguments"]) for call in calls]

    @property
    def begun_calls(self) -> int:
        kind = "response.output_item.added"
        begun = [d["item"] for d in self.documents if d["type"] == kind]
        return sum(item["type"] == "function_call" for item in begun)


async def through_client(fake: FakeOpenAI, schedule: ResponseSchedule) -> ResponseOutcome:
    outcome = ResponseOutcome()
    async with SteadyClient(
        fake.base_url,
        api_key="sk-test",
        timeouts=schedule.timeouts,
        retries=schedule.retries,
        seed=1,
    ) as client:
        async with client.responses.stream(**schedule.parameters) as answer:
            try:
                async for event in answer:
                    if isinstance(event, Message):
                        outcome.body += event.raw
            except StreamFault as fault:
                outcome.error = fault
                outcome.partial = _partial(fault)
        outcome.verdict = answer.verdict
    return outcome


async def through_middleware(fake: FakeOpenAI, schedule: ResponseSchedule) -> ResponseOutcome:
    outcome = ResponseOutcome()
    steady = SteadyStream(timeouts=schedule.timeouts, retries=schedule.retries, seed=1)
    body = {**schedule.parameters, "stream": True}
    key = {"Authorization": "Bearer sk-test"}
    async with aiohttp.ClientSession(middlewares=(steady,)) as session:
        try:
            async with session.post(
                f"{fake.base_url}/responses", json=body, headers=key
            ) as response:
                await _read(response, outcome)
        except aiohttp.ClientError as error:
            outcome.error = error
            outcome.partial = _partial(error)
    return outcome


def _partial(error: BaseException) -> ResponseTranscript:
    partial = partial_of(error)
    assert partial is None or isinstance(partial, ResponseTranscript)
    return partial or ResponseTranscript()


async def _read(response: aiohttp.ClientResponse, outcome: ResponseOutcome) -> None:
    if response.status != 200:
        outcome.error = aiohttp.ClientError(await response.text())
        outcome.partial = ResponseTranscript()
        return
    answer = answer_of(response)
    assert answer is not None
    assert isinstance(answer.transcript, ResponseTranscript)
    async for data in _chunks(response):
        outcome.body += data
    outcome.verdict = answer.verdict
    documents = outcome.documents
    if documents and documents[-1]["type"] in {"error", "response.failed"}:
        outcome.error = aiohttp.ClientError(json.dumps(documents[-1]))
        outcome.partial = answer.transcript


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async for data in response.content.iter_any():
        yield data


SHELLS = {"client": through_client, "middleware": through_middleware}


async def play(schedule: ResponseSchedule, shell: str) -> ResponseOutcome:
    """Return what comes of a schedule; nothing may stay behind."""
    async with FakeOpenAI(seed=7) as fake:
        fake.plan = schedule.plan()
        outcome = await SHELLS[shell](fake, schedule)
        assert await fake.quiet() == 0, "a connection stayed open"
        # One that only follows a response is sent again by aiohttp itself; it makes nothing.
        made = [request for request in fake.requests if request.path.endswith("/responses")]
        assert len(made) <= schedule.attempts
        if any(isinstance(fault, RefuseConnection) for row in schedule.rows for fault in row):
            await asyncio.sleep(0.02)  # it listens again
    return outcome


_WORDS = ("Once", " upon", " a", " time", ",", " ", "\n", "é", "日本", "🌊", '"', "\\", "data: ")
_texts = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=10).map(
    lambda chunks: Answer(chunks=tuple(chunks))
)
_calls = st.lists(
    st.builds(
        ToolCall,
        st.sampled_from(["look", "tell"]),
        st.sampled_from(['{"at":"the sea"}', "{}", '{"a":1,"b":[2,3]}']),
    ),
    min_size=1,
    max_size=2,
)
_called = st.builds(
    lambda text, calls: Answer(text=text, tool_calls=tuple(calls)),
    st.sampled_from(["", "I look at it."]),
    _calls,
)
response_answers = _texts | _called

any_responses = st.builds(
    ResponseSchedule,
    answer=response_answers,
    rows=rows_of(swift | slow | hopeless, 5),
    attempts=st.integers(1, 6),
    writes=all_writes,
    asked=st.sampled_from(["", "caller", "ours"]),
)

mendable_responses = st.builds(
    ResponseSchedule,
    answer=response_answers,
    rows=rows_of(swift, 5),
    attempts=st.just(8),
    writes=all_writes,
    asked=st.sampled_from(["", "caller", "ours"]),
    timeouts=st.just(PATIENT),
)
