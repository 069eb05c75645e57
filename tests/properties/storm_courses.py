"""Schedules that are simple enough to be judged by hand, and how one is played."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fake_openai import Answer, Cut, Status, Writes
from steadystream import Retries, Timeouts
from support.storm import answers, drawing, playing, tally
from support.storm.course import Behind, Course, Part


def course(seed: int = 1, **changes: object) -> Course:
    drawn = drawing.course(seed)
    calm = replace(
        drawn,
        rows=(),
        retries=Retries(),
        timeouts=Timeouts(),
        purse=None,
        hedge=None,
        leaves_after=None,
        cancelled_after=None,
        thinks=0.0,
        writes=Writes(),
        behind=(),
        kept="",
    )
    return replace(calm, **changes)  # type: ignore[arg-type]


TEXT = course(
    dialect="vllm",
    kind="text",
    body={},
    answer=Answer(chunks=("One", " two", " three")),
    truth={0: Part("One two three")},
)
CALL = course(
    kind="one tool",
    dialect="vllm",
    truth={0: Part("", calls=(("look", '{"a":"b"}'),))},
    answer=answers.Answer(tool_calls=[answers.ToolCall("look", {"a": "b"})]),
    body={"tools": [{"type": "function", "function": {"name": "look"}}]},
)
CUT = replace(TEXT, rows=((Cut(after=3),),))
REFUSED = replace(TEXT, rows=((Status(503),), (Status(503),)), retries=Retries(attempts=2))


def played(monkeypatch: pytest.MonkeyPatch, one: Course) -> tally.Played:
    monkeypatch.setattr(drawing, "course", lambda _: one)
    (what,) = playing.play([0])
    return what


SPOKEN = course(  # noqa: S604 (no shell of an operating system)
    shell="client",
    kind="response",
    dialect="openai",
    body={},
    answer=Answer(chunks=("One", " two", " three")),
    truth={0: Part("One two three")},
)
KEPT = replace(
    SPOKEN,
    kept="ours",
    between=0.2,
    retries=Retries(background=True),
    rows=((Cut(after=6),),),
)
LEFT = replace(KEPT, leaves_after=3, rows=())
ELSEWHERE = replace(  # noqa: S604 (as above)
    TEXT,
    shell="client",
    rows=((Status(404),),),
    behind=[Behind(model="m0", dialect="vllm", rows=((Cut(after=3),),)), Behind(model="m1")],
)
