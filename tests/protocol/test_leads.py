from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import SpliceMismatch
from steadystream.protocol.leads import Anchor, Echo, Lead, NotAnew

WORDS = "a dark and stormy night"


def behind(lead: Lead, reply: str, size: int = 3) -> str:
    pieces = [reply[at : at + size] for at in range(0, len(reply), size)]
    passed = ""
    for piece in pieces:
        passed += piece if lead.is_over else lead.fresh(piece, ends=False)
    return passed if lead.is_over else passed + lead.fresh("", ends=True)


@given(st.text(max_size=9), st.integers(1, 9))
def test_what_stands_behind_an_echo_passes(rest: str, size: int) -> None:
    assert behind(Echo("one two"), "one two" + rest, size) == rest


@given(st.text("abc ", max_size=20), st.text(max_size=9), st.integers(1, 9))
def test_what_stands_behind_the_last_words_passes(before: str, rest: str, size: int) -> None:
    assert behind(Anchor(WORDS, "It was " + WORDS), before + WORDS + rest, size) == rest


def test_a_reply_that_never_comes_to_the_last_words_is_refused_in_the_end() -> None:
    with pytest.raises(SpliceMismatch, match="repeats 'a dark and stormy night', got 'So: '"):
        behind(Anchor(WORDS, WORDS), "So: ")


def test_a_long_reply_without_the_last_words_is_not_waited_for() -> None:
    lead = Anchor(WORDS, WORDS)

    with pytest.raises(SpliceMismatch):
        lead.fresh("x" * 1000, ends=False)


@pytest.mark.parametrize("reply", ['{"a": 1}', ' {"a": ', "\n{", '{"a": [1, 2, 3]}'])
def test_a_reply_that_begins_as_the_answer_did_is_refused(reply: str) -> None:
    delivered = '{"a": ' if len(reply.strip()) > 1 else "{"

    with pytest.raises(SpliceMismatch, match="goes on from what was delivered"):
        behind(NotAnew(delivered), reply)


@pytest.mark.parametrize("reply", ["1}", '{"b": 1}}', " [1]}", '"x"}'])
def test_a_reply_that_begins_in_another_way_passes_whole(reply: str) -> None:
    assert behind(NotAnew('{"a": '), reply) == reply
