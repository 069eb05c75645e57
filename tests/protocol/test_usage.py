from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.protocol.chat import decode
from steadystream.protocol.transcript import Transcript
from steadystream.protocol.usage import Part, usage_of
from support.scripted import chunk


def transcript(chunks: int, usage: dict[str, Any] | None = None) -> Transcript:
    folded = Transcript()
    for _ in range(chunks):
        folded.feed(_decoded(chunk({"content": "x"})))
    if usage is not None:
        folded.feed(_decoded(chunk(usage=usage)))
    return folded


def _decoded(event: bytes) -> Any:
    return decode(event.removeprefix(b"data: "))


REPORT = {"prompt_tokens": 9, "completion_tokens": 6, "total_tokens": 15}


def test_one_attempt_that_reports_is_taken_at_its_word() -> None:
    usage = usage_of(transcript(5, REPORT), [], 1)

    assert (usage.prompt_tokens, usage.completion_tokens, usage.estimated) == (9, 6, False)
    assert (usage.total_tokens, usage.billed_tokens) == (15, 15)
    assert usage.parts == (Part(1, 9, 6, "reported"),)


def test_an_attempt_that_does_not_report_is_estimated_at_one_token_a_chunk() -> None:
    usage = usage_of(transcript(5), [], 1)

    assert (usage.prompt_tokens, usage.completion_tokens, usage.estimated) == (None, 5, True)
    assert (usage.total_tokens, usage.billed_tokens) == (None, None)
    assert usage.parts == (Part(1, None, 5, "estimated"),)


def test_what_a_cut_attempt_delivered_is_an_estimate_and_is_paid_again_as_a_prompt() -> None:
    usage = usage_of(transcript(6, REPORT), [(1, 4)], 2)

    assert usage.parts == (Part(1, 9, 4, "estimated"), Part(2, 13, 2, "reported"))
    assert (usage.completion_tokens, usage.estimated) == (6, True)
    assert usage.billed_tokens == 9 + 4 + 13 + 2


def test_an_attempt_that_delivered_nothing_is_no_part() -> None:
    usage = usage_of(transcript(6, REPORT), [(1, 4), (2, 4)], 3)

    assert [part.attempt for part in usage.parts] == [1, 3]


def test_an_answer_without_any_text_has_one_empty_part() -> None:
    usage = usage_of(transcript(0), [], 1)

    assert usage.parts == (Part(1, None, 0, "estimated"),)


def test_a_report_beside_an_empty_answer_counts() -> None:
    report = {"prompt_tokens": 9, "completion_tokens": 0}

    assert usage_of(transcript(0, report), [], 1).parts == (Part(1, 9, 0, "reported"),)


@pytest.mark.parametrize("report", [{"prompt_tokens": "9"}, {"completion_tokens": None}, {}])
def test_a_report_of_another_shape_is_an_estimate(report: dict[str, Any]) -> None:
    usage = usage_of(transcript(2, report), [], 1)

    assert (usage.prompt_tokens, usage.completion_tokens, usage.estimated) == (None, 2, True)


def test_a_report_that_counts_less_than_was_delivered_before_is_not_negative() -> None:
    report = {"prompt_tokens": 9, "completion_tokens": 1}

    assert usage_of(transcript(4, report), [(1, 4)], 2).parts[-1].completion_tokens == 0


@given(st.lists(st.integers(0, 9), max_size=5), st.integers(0, 9), st.booleans())
def test_the_parts_add_up_to_the_answer(sizes: list[int], last: int, reports: bool) -> None:
    until = 0
    cuts = []
    for attempt, size in enumerate(sizes, 1):
        until += size
        cuts.append((attempt, until))
    whole = until + last
    report = {"prompt_tokens": 3, "completion_tokens": whole} if reports else None

    usage = usage_of(transcript(whole, report), cuts, len(sizes) + 1)

    assert usage.completion_tokens == whole == sum(p.completion_tokens for p in usage.parts)
    assert [p.attempt for p in usage.parts] == sorted({p.attempt for p in usage.parts})
    assert usage.estimated is any(part.source == "estimated" for part in usage.parts)
