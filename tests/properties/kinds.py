"""Schedules of faults for answers that call tools, reason, speak JSON, or come in choices."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from hypothesis import strategies as st

from fake_openai import Answer, tool_call
from properties import schedules
from properties.schedules import CONTINUING, DIALECTS, PATIENT, Outcome, Schedule
from steadystream.policy.retries import Retries
from steadystream.protocol.chat import decode
from steadystream.protocol.transcript import Transcript

_STRING = {"type": "string"}
_PARAMETERS = {"type": "object", "properties": {"a": _STRING, "b": _STRING}}
_TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": _PARAMETERS}}
    for name in ("look", "note")
]


@dataclass(frozen=True)
class KindSchedule(Schedule):
    """One answer of any kind, and what goes wrong with each attempt at it.

    Attributes:
        body: what is asked for beside the messages.
        hold: whether calls are held.
    """

    body: dict[str, Any] = field(default_factory=dict)
    hold: bool = True

    @property
    def parameters(self) -> dict[str, Any]:
        return {**super().parameters, **self.body}

    @property
    def retries(self) -> Retries:
        return replace(super().retries, tool_calls="hold" if self.hold else "stream")


@dataclass(frozen=True)
class Heard:
    """What a consumer got of an answer, choice by choice."""

    outcome: Outcome

    @cached_property
    def transcript(self) -> Transcript:
        whole = Transcript()
        for event in self.outcome.events:
            chunk = None if event == "[DONE]" else decode(event)
            if chunk is not None:
                whole.feed(chunk)
        return whole

    @property
    def parts(self) -> dict[int, tuple[str, str, list[tuple[str, str]]]]:
        """Reasoning, text and calls of each choice; ids of calls are left out."""
        return {
            mine.index: (
                mine.reasoning,
                mine.text,
                [(call.name, call.arguments) for call in mine.tool_calls],
            )
            for mine in self.transcript.choices
        }


async def play(schedule: KindSchedule, shell: str) -> tuple[Heard, Heard]:
    """Return what comes of a schedule, and what comes of it when nothing goes wrong."""
    calm = replace(schedule, rows=(), attempts=1, timeouts=PATIENT, hold=False)
    truth = await schedules.play(calm, "client")
    assert truth.error is None, truth.error
    return Heard(await schedules.play(schedule, shell)), Heard(truth)


_words = st.lists(
    st.sampled_from(["Once", " upon", " a", "\n", " time", "é", " 🌊", "."]), max_size=5
)
_arguments = st.dictionaries(st.sampled_from(["a", "b"]), st.text('xy \n{}é"', max_size=6))
_calls = st.lists(
    st.builds(
        lambda name, given: tool_call(name, **given), st.sampled_from(["look", "note"]), _arguments
    ),
    min_size=1,
    max_size=3,
)


def _texts(words: Any) -> Any:
    return words.map("".join)


_calling = st.builds(
    lambda text, calls, tools: (Answer(text, tool_calls=calls), tools),
    _texts(_words),
    _calls,
    st.sampled_from([{"tools": _TOOLS}, {"tools": _TOOLS, "tool_choice": "required"}]),
)
_reasoning = st.builds(
    lambda thought, text: (Answer(text, reasoning=thought), {}),
    _texts(_words).filter(bool),
    _texts(_words).filter(str.strip),
)
_IN_JSON = {
    "messages": [{"role": "user", "content": "Tell me in JSON."}],
    "response_format": {"type": "json_object"},
}
_json = st.builds(
    lambda value: (
        Answer(json.dumps(value, indent=1)),
        _IN_JSON,
    ),
    st.dictionaries(st.sampled_from(["a", "b c"]), st.integers() | st.text('x{"é', max_size=5)),
)
_several = st.builds(lambda text: (Answer(text), {"n": 2}), _texts(_words).filter(str.strip))
_kinds = _calling | _reasoning | _json | _several


def _schedule(kind: Any, **others: Any) -> KindSchedule:
    answer, body = kind
    return KindSchedule(answer=answer, body=body, **others)


any_kinds = st.builds(
    _schedule,
    _kinds,
    dialect=st.sampled_from(DIALECTS),
    rows=schedules.rows_of(schedules.swift | schedules.slow | schedules.hopeless, 5),
    attempts=st.integers(1, 6),
    writes=schedules.all_writes,
    hold=st.booleans(),
)

mendable_kinds = st.builds(
    _schedule,
    _kinds,
    dialect=st.sampled_from((*CONTINUING, "openai")),
    rows=schedules.rows_of(schedules.swift, 4),
    attempts=st.just(12),
    writes=schedules.all_writes,
    hold=st.booleans(),
    timeouts=st.just(PATIENT),
)
