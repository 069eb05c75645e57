from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from steadystream.cli.demo.score import Score, score

TEXTS = st.text("abc é🌊", max_size=40)


@given(TEXTS)
def test_what_is_the_same_is_whole(text: str) -> None:
    assert score(text, text) == Score(0, 0, None)


@given(TEXTS, TEXTS)
def test_whole_means_the_same(arrived: str, true: str) -> None:
    assert score(arrived, true).whole == (arrived == true)


@given(TEXTS, TEXTS)
def test_lost_and_doubled_explain_the_difference_in_length(arrived: str, true: str) -> None:
    found = score(arrived, true)
    assert found.lost >= 0
    assert found.doubled >= 0
    assert len(true) - found.lost + found.doubled == len(arrived)


@given(TEXTS, TEXTS)
def test_different_texts_differ_in_some_character(arrived: str, true: str) -> None:
    found = score(arrived, true)
    assert (found.lost + found.doubled == 0) == (arrived == true)


@given(TEXTS, TEXTS, TEXTS)
def test_one_lost_stretch_is_counted_exactly(head: str, stretch: str, tail: str) -> None:
    found = score(head + tail, head + stretch + tail)
    assert (found.lost, found.doubled) == (len(stretch), 0)


@given(TEXTS, TEXTS, TEXTS)
def test_one_doubled_stretch_is_counted_exactly(head: str, stretch: str, tail: str) -> None:
    found = score(head + stretch + stretch + tail, head + stretch + tail)
    assert (found.lost, found.doubled) == (0, len(stretch))


@given(TEXTS, TEXTS)
def test_up_to_the_first_difference_all_is_the_same(arrived: str, true: str) -> None:
    at = score(arrived, true).first_difference
    if at is not None:
        assert arrived[:at] == true[:at]
        assert arrived[at : at + 1] != true[at : at + 1]


def test_a_cut_loses_the_rest() -> None:
    assert score("The ferry", "The ferry waits") == Score(6, 0, 9)


def test_a_lost_and_a_doubled_stretch_are_both_counted() -> None:
    assert score("0123 6789 6789ABCDEF", "0123 456789ABCDEF") == Score(2, 5, 5)
