"""The cases that `make bench-litellm` plays: what is healed, and what the page says of the rest."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from benchmarks.router import run
from benchmarks.router.cases import CASES, Case
from benchmarks.router.telling import Told

from fake_openai import Answer

pytestmark = [
    pytest.mark.slow,
    # litellm makes a coroutine for a call that it then does not make, and leaves connections to the
    # garbage collector.
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Accessing the 'model_:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    yield
    gc.collect()


# Without those that take seconds of silence.
QUICK = [case for case in CASES if case.name not in {"stall", "no first token", "comments only"}]


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name.replace(" ", "-"))
async def test_what_a_router_hands_on_broken_is_healed(case: Case) -> None:
    (row,) = await run.play([case], "vllm", lambda _: None)

    assert row.healed, row.words
    assert (row.under is None) == case.blocks
    assert not row.theirs.is_whole(case.answer), "the page says that it is not"


async def test_silence_is_healed_with_and_without_comments() -> None:
    silent = [case for case in CASES if case not in QUICK]

    rows = await run.play(silent, "openrouter", lambda _: None)

    assert [row.words[1:] for row in rows] == [("whole", "whole")] * 3


def test_there_are_fifteen_cases() -> None:
    assert len({case.name for case in CASES}) == 15


TRUE = Answer("One two.", reasoning="Hm.")


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (Told("One two.", "Hm."), "whole"),
        (Told("One", "Hm."), "SILENT, 6 of 11 characters"),
        (Told("One two.", ""), "SILENT, doubled or mixed"),
        (Told("One two.One two.", "Hm."), "SILENT, doubled or mixed"),
        (Told("One", "Hm.", error=ValueError()), "ValueError, 6 of 11 characters"),
        (Told("One two.", "Hm.", error=ValueError()), "ValueError, 11 of 11 characters"),
        (Told("", "", error=TimeoutError(), hung=True), "hangs, 0 of 11 characters"),
    ],
)
def test_what_became_of_an_answer_is_said_in_words(told: Told, verdict: str) -> None:
    assert told.verdict(TRUE) == verdict
