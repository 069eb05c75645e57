from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import Answer, CommentFlood, DuplicateChunk, Received, Reply
from steadystream.cli.demo.cases import case
from steadystream.cli.demo.kinds import fault
from steadystream.cli.demo.plan import plan


def asks(number: int, attempt: int, seed: int = 7) -> Reply:
    question = case(seed, number).question
    return plan(seed)(Received("POST", "/v1/chat/completions", question=question, attempt=attempt))


def faults(number: int, attempt: int, seed: int = 7) -> tuple[object, ...]:
    planned = asks(number, attempt, seed).faults
    assert isinstance(planned, tuple)
    return planned


@settings(max_examples=30)
@given(st.integers(0, 99), st.integers(1, 500), st.integers(1, 5))
def test_the_same_stream_and_attempt_get_the_same_reply(
    seed: int, number: int, attempt: int
) -> None:
    assert asks(number, attempt, seed) == asks(number, attempt, seed)


@settings(max_examples=30)
@given(st.integers(1, 500), st.integers(1, 5))
def test_the_answer_is_the_true_one_in_every_attempt(number: int, attempt: int) -> None:
    asked = case(7, number)
    assert asks(number, attempt).answer == Answer(asked.text, chunks=asked.pieces)


@settings(max_examples=30)
@given(st.integers(1, 500), st.integers(1, 5))
def test_an_attempt_meets_its_own_blow(number: int, attempt: int) -> None:
    met = [f for f in faults(number, attempt) if not isinstance(f, CommentFlood)]
    blow = case(7, number).blows[attempt - 1 : attempt]
    assert [repr(f) for f in met] == [repr(fault(b.kind, b.after)) for b in blow]


def test_comments_flood_the_first_attempt_only() -> None:
    number = next(n for n in range(1, 300) if case(7, n).flooded)
    flooded = [any(isinstance(f, CommentFlood) for f in faults(number, at)) for at in (1, 2)]
    assert flooded == [True, False]


def test_no_chunk_is_doubled_since_nobody_could_tell() -> None:
    every = [f for n in range(1, 150) for at in (1, 2, 3) for f in faults(n, at)]
    assert not any(isinstance(f, DuplicateChunk) for f in every)
