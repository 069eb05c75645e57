"""Answers of every kind under any faults, on real sockets."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, note, settings

from properties.kinds import Heard, KindSchedule, any_kinds, mendable_kinds, play
from properties.schedules import SHELLS
from properties.test_schedules import EXPLORES, quiet_server
from steadystream.events import Verdict

EXAMPLES = settings.default.max_examples if EXPLORES else 100

pytestmark = pytest.mark.slow

__all__ = ["quiet_server"]


def is_beginning(heard: Heard, truth: Heard, *, whole_calls: bool) -> bool:
    """Say whether what was heard is the beginning of the true answer, in every part of it."""
    for index, (reasoning, text, calls) in heard.parts.items():
        true_reasoning, true_text, true_calls = truth.parts[index]
        if not (true_reasoning.startswith(reasoning) and true_text.startswith(text)):
            return False
        if whole_calls and calls != true_calls[: len(calls)]:
            return False
        pairs = zip(calls, true_calls, strict=False)
        if not all(true[0] == one[0] and true[1].startswith(one[1]) for one, true in pairs):
            return False
    return True


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=EXAMPLES)
@given(schedule=any_kinds)
async def test_what_is_delivered_of_any_kind_is_the_answer_or_its_beginning(
    shell: str, schedule: KindSchedule
) -> None:
    heard, truth = await play(schedule, shell)

    note(f"{heard.parts} of {truth.parts}, {heard.outcome.error!r}")
    assert is_beginning(heard, truth, whole_calls=schedule.hold)
    if heard.outcome.error is None:
        assert heard.parts == truth.parts
        assert heard.outcome.verdict is Verdict.COMPLETE
    if schedule.hold:
        assert all(json.loads(call[1]) is not None for p in heard.parts.values() for call in p[2])


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=EXAMPLES)
@given(schedule=mendable_kinds)
async def test_an_answer_of_any_kind_arrives_whole_when_attempts_are_left(
    shell: str, schedule: KindSchedule
) -> None:
    heard, truth = await play(schedule, shell)

    note(f"{heard.parts} of {truth.parts}, {heard.outcome.error!r}")
    assert heard.outcome.error is None
    assert heard.parts == truth.parts
    ids = {chunk["id"] for chunk in heard.outcome.chunks if chunk.get("id")}
    assert len(ids) <= 1
