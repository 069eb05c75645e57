from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_openai import Writes

MODES = ["event", "whole", "bytes", "random", "lines"]


@given(st.binary(), st.sampled_from(MODES), st.integers())
def test_however_the_bytes_are_cut_none_is_lost(data: bytes, mode: str, seed: int) -> None:
    writes = Writes(mode=mode)  # type: ignore[arg-type]  # drawn from the modes there are

    assert b"".join(writes.cut(data, random.Random(seed))) == data


@given(st.binary(min_size=1))
def test_bytes_are_written_one_by_one(data: bytes) -> None:
    assert all(len(write) == 1 for write in Writes("bytes").cut(data, random.Random(0)))


def test_the_same_seed_cuts_at_the_same_places() -> None:
    data, writes = bytes(1000), Writes("random")

    first = [list(writes.cut(data, random.Random(7))) for _ in range(2)]

    assert first[0] == first[1]
    assert first[0] != list(writes.cut(data, random.Random(8)))


def test_lines_are_written_one_by_one() -> None:
    cut = Writes("lines").cut(b": x\n\ndata: y\n\n", random.Random(0))

    assert list(cut) == [b": x\n", b"\n", b"data: y\n", b"\n"]


def test_lines_end_as_asked_for() -> None:
    event = b"event: error\ndata: x\n\n"

    assert Writes(newline="\r\n").dress(event) == b"event: error\r\ndata: x\r\n\r\n"
    assert Writes(newline="\r").dress(event) == b"event: error\rdata: x\r\r"


def test_the_space_after_the_colon_can_be_left_out() -> None:
    dressed = Writes(space_after_colon=False).dress(b': x\n\nevent: e\ndata: {"a": 1}\n\n')

    assert dressed == b': x\n\nevent:e\ndata:{"a": 1}\n\n'


def test_a_mode_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"mode must be one of event, .* got 'words'"):
        Writes("words")  # type: ignore[arg-type]  # that is the point


def test_an_end_of_line_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"newline must be LF, CRLF or CR, got '\\n\\r'"):
        Writes(newline="\n\r")  # type: ignore[arg-type]  # that is the point
