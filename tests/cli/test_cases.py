from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steadystream.cli.demo.cases import case, number_of
from steadystream.cli.demo.kinds import WEIGHTS, Kind, fault

SEEDS, NUMBERS = st.integers(-(2**31), 2**31), st.integers(1, 10_000)
SOME = [case(7, number) for number in range(1, 301)]


@settings(max_examples=40)
@given(SEEDS, NUMBERS)
def test_a_case_depends_on_seed_and_number_alone(seed: int, number: int) -> None:
    assert case(seed, number) == case(seed, number)


def test_another_seed_is_another_case() -> None:
    assert case(7, 1).text != case(8, 1).text


@settings(max_examples=40)
@given(SEEDS, NUMBERS)
def test_every_blow_leaves_pieces_for_the_next_attempt(seed: int, number: int) -> None:
    asked = case(seed, number)
    delivered = 0
    for blow in asked.blows:
        if blow.kind.before_text:
            assert blow.after == 0
        else:
            assert blow.after >= 1  # the role chunk
            delivered += blow.after - 1
        assert len(asked.pieces) - delivered >= 3


@settings(max_examples=40)
@given(SEEDS, NUMBERS)
def test_something_is_delivered_before_a_blow_in_the_stream(seed: int, number: int) -> None:
    first = case(seed, number).blows[:1]
    assert all(blow.kind.before_text or blow.after > 1 for blow in first)


@settings(max_examples=40)
@given(SEEDS, NUMBERS)
def test_the_question_names_the_stream(seed: int, number: int) -> None:
    assert number_of(case(seed, number).question) == number


def test_a_question_of_somebody_else_is_refused() -> None:
    with pytest.raises(ValueError, match=r"begins with 'Stream <number>:', got 'Hello\?'"):
        number_of("Hello?")


def test_no_piece_is_empty() -> None:
    assert all(piece for asked in SOME for piece in asked.pieces)


def test_every_kind_of_trouble_comes_up() -> None:
    met = {blow.kind for asked in SOME for blow in asked.blows}
    assert met == set(Kind) - {Kind.UNPLANNED} == set(WEIGHTS)


def test_streams_are_broken_never_once_twice_and_three_times() -> None:
    shares = {times: n / len(SOME) for times, n in Counter(len(a.blows) for a in SOME).items()}
    assert shares == pytest.approx({0: 0.3, 1: 0.4, 2: 0.2, 3: 0.1}, abs=0.08)


def test_some_answers_hold_characters_of_two_three_and_four_bytes() -> None:
    sizes = {len(char.encode()) for asked in SOME for char in asked.text}
    assert sizes == {1, 2, 3, 4}


def test_some_streams_are_flooded_and_some_are_ragged() -> None:
    assert 0 < sum(asked.flooded for asked in SOME) < 60
    assert 0 < sum(asked.ragged for asked in SOME) < 60


def test_attempts_after_the_last_blow_go_well() -> None:
    asked = next(asked for asked in SOME if len(asked.blows) == 2)
    planned = [asked.planned(attempt) for attempt in (1, 2, 3, 4)]
    assert planned == [asked.blows[0].kind, asked.blows[1].kind, None, None]


def test_each_kind_has_a_fault_of_its_own() -> None:
    faults = [repr(fault(kind, 3)) for kind in WEIGHTS]
    assert len(set(faults)) == len(WEIGHTS)
