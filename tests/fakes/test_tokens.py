from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fake_openai import tokens


@given(st.text())
def test_the_tokens_of_a_text_joined_are_the_text(text: str) -> None:
    assert "".join(tokens.split(text)) == text


def test_a_word_is_one_token_with_the_space_before_it() -> None:
    assert tokens.split("Hello world, 12 cats.") == ("Hello", " world", ",", " 12", " cats", ".")


def test_a_long_word_is_several_tokens() -> None:
    assert tokens.split("incomprehensibilities") == ("incompre", "hensibil", "ities")


def test_line_breaks_stand_apart_from_words() -> None:
    assert tokens.split("a\n\n b") == ("a", "\n\n", " b")
