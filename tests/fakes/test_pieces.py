from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import Answer, ToolCall
from fake_openai.telling import pieces

ANSWERS = st.builds(
    Answer,
    st.text(max_size=60),
    reasoning=st.text(max_size=20),
    refusal=st.text(max_size=10),
)
CHUNKED = st.lists(st.text(min_size=1, max_size=6)).map(lambda chunks: Answer(chunks=chunks))


@given(ANSWERS | CHUNKED)
@settings(max_examples=50)
def test_the_pieces_of_an_answer_joined_are_the_answer(answer: Answer) -> None:
    choice = pieces.cut(answer)

    assert choice.joined("content") == answer.text
    assert choice.joined("reasoning") == answer.reasoning
    assert choice.joined("refusal") == answer.refusal


@given(CHUNKED)
@settings(max_examples=50)
def test_chunks_that_were_given_are_the_pieces(answer: Answer) -> None:
    assert tuple(piece.text for piece in pieces.cut(answer).pieces) == answer.chunks


@given(ANSWERS | CHUNKED, st.data())
@settings(max_examples=50)
def test_prefix_and_rest_joined_are_the_answer(answer: Answer, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(answer.text)))

    rest = pieces.rest_after(answer, answer.text[:at])

    assert rest is not None
    assert answer.text[:at] + pieces.cut(rest).joined("content") == answer.text


@given(ANSWERS, st.text(min_size=1))
@settings(max_examples=50)
def test_there_is_no_rest_after_what_is_no_prefix(answer: Answer, other: str) -> None:
    rest = pieces.rest_after(answer, other)

    assert (rest is None) == (not answer.text.startswith(other))


def test_a_model_that_has_spoken_does_not_think_again() -> None:
    rest = pieces.rest_after(Answer("a b", reasoning="hm"), "a")

    assert rest == Answer(" b")


def test_reasoning_can_be_continued_before_the_first_word() -> None:
    rest = pieces.rest_after(Answer("a", reasoning="hm so"), "", "hm")

    assert rest == Answer("a", reasoning=" so")


@given(ANSWERS, st.integers(1, 30))
@settings(max_examples=50)
def test_a_token_limit_ends_the_answer_with_length(answer: Answer, limit: int) -> None:
    whole = pieces.cut(answer)
    choice = pieces.cut(answer, max_tokens=limit)

    assert choice.tokens == min(limit, whole.tokens)
    assert choice.ends_with == ("length" if whole.tokens > limit else "stop")
    assert choice.pieces == whole.pieces[: len(choice.pieces)]


def test_a_tool_call_that_did_not_begin_is_not_announced() -> None:
    answer = Answer("one two", tool_calls=[ToolCall("f", {"a": 1})])

    assert [piece.kind for piece in pieces.cut(answer, max_tokens=2).pieces] == ["content"] * 2


def test_an_echo_is_not_generated() -> None:
    choice = pieces.cut(Answer(" b"), echo="a")

    assert (choice.joined("echo", "content"), choice.tokens) == ("a b", 1)
