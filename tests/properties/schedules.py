"""Schedules of faults: what they are, how one is played through a shell, what must hold of it.

`DuplicateChunk` is no part of them: a chunk that comes twice cannot be told from a model that says
the same twice, so nothing could be claimed. What adds whole events (comments, long lines) is placed
between events: within one it would not add anything but garble what is there, perhaps so that an
event silently is none any more, which no reader can notice.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import aiohttp
from hypothesis import strategies as st

from fake_openai import (
    Answer,
    BrokenJSON,
    CleanEnd,
    CommentFlood,
    Cut,
    Drip,
    ErrorEvent,
    FakeOpenAI,
    Fault,
    LongLine,
    NoHeaders,
    Received,
    RefuseConnection,
    Reply,
    Reset,
    ResetBeforeHeaders,
    Stall,
    Status,
    Writes,
)
from fake_openai.delivery.steps import Send, Step
from fake_openai.faults import InStream, Scene
from steadystream.aio.client import SteadyClient
from steadystream.aio.middleware import SteadyStream, answer_of
from steadystream.aio.response import partial_of
from steadystream.errors import GaveUp, StreamFault
from steadystream.events import Verdict, WireEvent
from steadystream.policy.backoff import Backoff
from steadystream.policy.clock import Timeouts
from steadystream.policy.fallbacks import Fallback
from steadystream.policy.recovery import Retries

CONTINUING = ("vllm", "sglang", "deepseek", "mistral", "qwen", "kimi", "groq")
DIALECTS = (*CONTINUING, "openai")
QUICK = Timeouts(connect=2.0, first_token=0.12, idle=0.07, total=None)
PATIENT = Timeouts(connect=5.0, first_token=10.0, idle=10.0, total=None)


@dataclass(frozen=True)
class Schedule:
    """One answer, and what goes wrong with each attempt at it.

    Attributes:
        dialect: of the server.
        answer: the true one.
        rows: faults of the first attempt, of the second, and so on; later ones are left in peace.
        attempts: allowed by the settings.
        writes: borders of writes.
        max_tokens: asked for; None = no limit.
        timeouts: of the reader.
        others: servers that may be asked besides, and `each`: how often in a row each is asked.
    """

    dialect: str
    answer: Answer
    rows: tuple[tuple[Fault, ...], ...]
    attempts: int
    writes: Writes
    max_tokens: int | None = None
    timeouts: Timeouts = field(default=QUICK, repr=False)
    others: tuple[Fallback, ...] = field(default=(), repr=False)
    each: int = 2

    @property
    def text(self) -> str:
        """What an answer that nothing interrupts says."""
        chunks = self.answer.chunks or ()
        return "".join(chunks[: self.max_tokens])

    def reply(self, received: Received) -> Reply:
        rows = self.rows
        faults = rows[received.attempt - 1] if received.attempt <= len(rows) else ()
        return Reply(self.answer, faults, writes=self.writes)

    @property
    def may_end_bare(self) -> bool:
        """Whether a server ends a body as if it knew no terminator, which is then not made up."""
        faults = [fault for row in self.rows for fault in row]
        return any(
            isinstance(fault, CleanEnd) or (isinstance(fault, Near) and fault.ends_by is CleanEnd)
            for fault in faults
        )

    @property
    def parameters(self) -> dict[str, Any]:
        messages = [{"role": "user", "content": "Tell me."}]
        limit = {} if self.max_tokens is None else {"max_tokens": self.max_tokens}
        return {"model": "m", "messages": messages, **limit}

    @property
    def retries(self) -> Retries:
        return Retries(
            attempts=self.attempts,
            backoff=Backoff(base=0.001, cap=0.002),
            max_retry_after=0.05,
            attempts_each=self.each,
        )


@dataclass
class Outcome:
    """What a consumer got.

    Attributes:
        body: the bytes of the events, joined.
        error: what left, None where the answer ended by itself.
        partial: text of the transcript that came with the error.
        verdict: of the answer.
        gave_up: why no further attempt was made at it.
    """

    body: bytes = b""
    error: BaseException | None = None
    partial: str | None = None
    verdict: Verdict | None = None
    gave_up: GaveUp | None = None

    @property
    def events(self) -> list[str]:
        """Data of the events, read by the plainest means: none of them may be torn."""
        text = self.body.decode().removeprefix("\ufeff")
        blocks = re.split("\n\n", re.sub("\r\n|\r", "\n", text))
        assert blocks[-1] in {"", "\n"}, f"the body ends inside an event: {blocks[-1]!r}"
        lines = [line for block in blocks for line in [_data_of(block)] if line is not None]
        assert all(line == "[DONE]" or json.loads(line) for line in lines)
        return lines

    @property
    def chunks(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.events if line != "[DONE]"]

    @property
    def text(self) -> str:
        deltas = [choice["delta"] for chunk in self.chunks for choice in chunk.get("choices", ())]
        return "".join(delta.get("content") or "" for delta in deltas)


def _data_of(block: str) -> str | None:
    lines = [line for line in block.split("\n") if line and not line.startswith(":")]
    fields = [line.partition(":") for line in lines]
    assert {name for name, _, _ in fields} <= {"data", "event"}, f"a torn event: {block!r}"
    data = [value.removeprefix(" ") for name, _, value in fields if name == "data"]
    assert len(data) <= 1, f"two events ran into each other: {block!r}"
    return data[0] if data else None


async def through_client(fake: FakeOpenAI, schedule: Schedule) -> Outcome:
    outcome = Outcome()
    async with SteadyClient(
        fake.base_url,
        api_key="sk-test",
        dialect=schedule.dialect,
        timeouts=schedule.timeouts,
        retries=schedule.retries,
        fallbacks=schedule.others,
        seed=1,
    ) as client:
        async with client.stream(**schedule.parameters) as answer:
            try:
                async for event in answer:
                    if isinstance(event, WireEvent):
                        outcome.body += event.raw
            except StreamFault as fault:
                outcome.error = fault
                outcome.partial = None if fault.partial is None else fault.partial.text
                outcome.gave_up = fault.gave_up
        outcome.verdict = answer.verdict
    return outcome


async def through_sync(fake: FakeOpenAI, schedule: Schedule) -> Outcome:
    """Read in a thread without a loop."""
    return await asyncio.to_thread(_blocking, fake, schedule)


def _blocking(fake: FakeOpenAI, schedule: Schedule) -> Outcome:
    outcome = Outcome()
    client = SteadyClient(
        fake.base_url,
        api_key="sk-test",
        dialect=schedule.dialect,
        timeouts=schedule.timeouts,
        retries=schedule.retries,
        fallbacks=schedule.others,
        seed=1,
    )
    with client.sync() as steady:
        with steady.stream(**schedule.parameters) as answer:
            try:
                for event in answer:
                    if isinstance(event, WireEvent):
                        outcome.body += event.raw
            except StreamFault as fault:
                outcome.error = fault
                outcome.partial = None if fault.partial is None else fault.partial.text
                outcome.gave_up = fault.gave_up
        outcome.verdict = answer.verdict
    return outcome


async def through_middleware(fake: FakeOpenAI, schedule: Schedule) -> Outcome:
    outcome = Outcome()
    steady = SteadyStream(
        dialect=schedule.dialect,
        timeouts=schedule.timeouts,
        retries=schedule.retries,
        fallbacks=schedule.others,
        seed=1,
    )
    body = {**schedule.parameters, "stream": True}
    key = {"Authorization": "Bearer sk-test"}
    async with aiohttp.ClientSession(middlewares=(steady,)) as session:
        try:
            async with session.post(
                f"{fake.base_url}/chat/completions", json=body, headers=key
            ) as response:
                if response.status != 200:
                    outcome.error = aiohttp.ClientError(await response.text())
                    outcome.partial = ""
                    return outcome
                answer = answer_of(response)
                assert answer is not None
                async for data in response.content.iter_any():
                    outcome.body += data
                outcome.verdict = answer.verdict
                _take_out_error(outcome, answer.transcript.text)
        except aiohttp.ClientError as error:
            outcome.error = error
            partial = partial_of(error)
            outcome.partial = None if partial is None else partial.text
    return outcome


def _take_out_error(outcome: Outcome, transcript: str) -> None:
    """Note the error that a server put into the stream, which is handed on as it stood there."""
    chunks = outcome.chunks
    if chunks and (chunks[-1].get("error") or chunks[-1].get("object") == "error"):
        outcome.error = aiohttp.ClientError(json.dumps(chunks[-1]))
        outcome.partial = transcript


SHELLS = {"client": through_client, "middleware": through_middleware, "sync": through_sync}


async def play(schedule: Schedule, shell: str) -> Outcome:
    """Return what comes of a schedule; nothing may stay behind."""
    async with FakeOpenAI(schedule.dialect, seed=7) as fake:
        fake.plan = schedule.reply
        outcome = await SHELLS[shell](fake, schedule)
        assert await fake.quiet() == 0, "a connection stayed open"
        assert len(fake.requests) <= schedule.attempts
        if any(isinstance(fault, RefuseConnection) for row in schedule.rows for fault in row):
            await asyncio.sleep(0.02)  # it listens again
    return outcome


_WORDS = (
    *("Once", " upon", " a", " time", ",", " ha", "ha", "ha ha", "a", " the", " end."),
    *(" ", "  ", "\n", "\n\n", "\t", " \n", "x\n\n", "\u3000", "\u00a0", "\u2028", "\x85", "\x1e"),
    *('"', "\\", "\\u00", "<b>", "&", "data: ", "[DONE]", "\r\n", ": ", "\ufeff", "\0"),
    *("é", "e\u0301", "日本", "語", "🌊", "👩\u200d🚀", "\U0001f1f3", "\U0001f1f4"),
)
answers = st.lists(st.sampled_from(_WORDS), max_size=14).map(
    lambda chunks: Answer(chunks=tuple(chunks))
)


@dataclass(frozen=True)
class Near(InStream):
    """`Cut`, `Reset` or `CleanEnd` a few bytes before or after the end of an event.

    That is where lines and blank lines end, and most of what can go wrong lies there.
    """

    ends_by: type[Cut | Reset | CleanEnd]
    event: int
    offset: int

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        sent = [step for step in steps if isinstance(step, Send)]
        ends = [0, *accumulate(step.size for step in sent if step.events)]
        size = ends[min(self.event, len(ends) - 1)]
        return self.ends_by(at_byte=max(0, size + self.offset)).change(steps, scene)


_events = st.builds(lambda n: {"after": n}, st.integers(0, 18))
_between = st.builds(lambda n: {"after": n}, st.integers(1, 18))  # behind the byte order mark
_bytes = st.builds(lambda n: {"at_byte": n}, st.integers(0, 3600))
_places = _events | _bytes


def _placed(kind: Any, places: Any = _places, **values: Any) -> Any:
    fixed = st.fixed_dictionaries(values)
    return st.builds(lambda place, more: kind(**place, **more), places, fixed)


_statuses = st.builds(
    lambda status, wait: Status(status, retry_after=wait),
    st.sampled_from([408, 409, 429, 500, 502, 503, 504, 529]),
    st.sampled_from([None, None, 0, 0.01]),
)
hopeless = st.sampled_from([Status(400), Status(401), Status(404), Status(429, retry_after=9)])
swift = (
    _placed(Cut)
    | _placed(Reset)
    | _placed(CleanEnd)
    | _placed(ErrorEvent, _between, done=st.sampled_from([None, True, False]))
    | st.builds(
        Near, st.sampled_from([Cut, Reset, CleanEnd]), st.integers(0, 18), st.integers(-8, 8)
    )
    | st.builds(BrokenJSON, after=st.integers(0, 18))
    | _placed(CommentFlood, _between, n=st.sampled_from([1, 7, 3000]))
    | _placed(LongLine, _between, bytes=st.sampled_from([300, 70_000, 400_000]))
    | _statuses
    | st.just(ResetBeforeHeaders())
)
_silences = st.sampled_from([0.004, math.inf])
slow = (
    _placed(Stall, seconds=_silences)
    | _placed(Stall, _between, seconds=_silences, comments=st.just(True), every=st.just(0.01))
    | _placed(Drip, bytes=st.sampled_from([1, 40]), every=st.sampled_from([0.0, 0.004]))
    | st.just(NoHeaders())
    | st.just(NoHeaders(seconds=0.004))
    | st.just(RefuseConnection(seconds=0.01))
)

all_writes = st.builds(
    Writes,
    mode=st.sampled_from(["event", "whole", "bytes", "random", "lines"]),
    newline=st.sampled_from(["\n", "\n", "\r\n", "\r"]),
    bom=st.booleans(),
    space_after_colon=st.booleans(),
)


def rows_of(faults: Any, size: int) -> Any:
    row = st.lists(faults, min_size=1, max_size=2).map(tuple)
    return st.lists(row, max_size=size).map(tuple)


def _is_tellable(schedule: Schedule) -> bool:
    """Say whether tokens can be counted: many of one character each look as if cut by a proxy."""
    chunks = schedule.answer.chunks or ()
    if schedule.max_tokens is None:
        return True
    beginnings = (("".join(chunks[:n]).rstrip(), n) for n in range(8, len(chunks) + 1))
    return all(len(text) > n for text, n in beginnings)


any_schedules = st.builds(
    Schedule,
    dialect=st.sampled_from(DIALECTS),
    answer=answers,
    rows=rows_of(swift | slow | hopeless, 5),
    attempts=st.integers(1, 6),
    writes=all_writes,
    max_tokens=st.none() | st.integers(1, 15),
).filter(_is_tellable)

mendable_schedules = st.builds(
    Schedule,
    dialect=st.sampled_from(CONTINUING),
    answer=answers,
    rows=rows_of(swift, 5),
    attempts=st.just(6),
    writes=all_writes,
    max_tokens=st.none() | st.integers(1, 15),
    timeouts=st.just(PATIENT),
).filter(_is_tellable)
