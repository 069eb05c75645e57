from __future__ import annotations

import asyncio
import random
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_openai import Boundaries, FakeOpenAI, Writes
from support.openai_client import ask, chat, encoded
from support.raw_socket import wire

MODES = ["event", "whole", "bytes", "random", "lines", "utf8", "data", "crlf"]
TEXT = st.text("aé€🙂\r\n:dt", max_size=40)


@given(st.binary(), st.sampled_from(MODES), st.integers())
def test_however_the_bytes_are_cut_none_is_lost(data: bytes, mode: str, seed: int) -> None:
    writes = Writes(mode=mode, newline="\r\n")  # type: ignore[arg-type]  # drawn from the modes there are

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


def borders(data: bytes, mode: Any) -> set[int]:
    """Return where `data` is cut."""
    ends = accumulate(map(len, Writes(mode, newline="\r\n").cut(data, random.Random(0))))
    return {*ends} - {len(data)}


@given(TEXT)
def test_characters_are_cut_at_every_place_inside_them_and_nowhere_else(text: str) -> None:
    data = text.encode()

    inside = {at for at in range(1, len(data)) if data[at] & 0xC0 == 0x80}
    assert borders(data, "utf8") == inside


@given(TEXT)
def test_every_cr_is_cut_from_its_lf_and_nothing_else_is_cut(text: str) -> None:
    data = text.encode()

    between = {at for at in range(1, len(data)) if data[at - 1 : at + 1] == b"\r\n"}
    assert borders(data, "crlf") == between


@given(st.lists(st.sampled_from(["data: x", "data:", "data", ": data:", "é", ""]), max_size=9))
def test_every_data_at_the_beginning_of_a_line_is_cut_inside_its_name(lines: list[str]) -> None:
    for newline in ("\n", "\r", "\r\n"):
        data = "".join(line + newline for line in lines).encode()
        starts = list(accumulate((len((line + newline).encode()) for line in lines), initial=0))

        named = {at + 2 for at, line in zip(starts, lines, strict=False) if line[:5] == "data:"}
        assert borders(data, "data") == named


def test_a_byte_order_mark_hides_no_data() -> None:
    assert borders(b"\xef\xbb\xbfdata: x\r\n", "data") == {5}


def test_only_lines_that_end_with_crlf_can_be_cut_between_cr_and_lf() -> None:
    with pytest.raises(ValueError, match=r"mode crlf needs newline CRLF, got '\\n'"):
        Writes("crlf")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"bom": 1}, "bom must be true or false, got 1"),
        ({"space_after_colon": None}, "space_after_colon must be true or false, got None"),
        ({"gap": -1}, "gap must be 0 or more, got -1"),
        ({"gap": "1"}, "gap must be a number, got '1'"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused(wrong: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        Writes(**wrong)


LINES = {"\n": b"\n", "\r\n": b"\r\n", "\r": b"\r"}


async def sent(boundaries: Boundaries, *, setting: bool) -> list[bytes]:
    async with FakeOpenAI() as fake:
        fake.reply("é € 🙂")
        if setting:
            fake.writes = boundaries.writes()
        else:
            fake.fail(boundaries)
        told = await wire(fake, chat())
        assert fake.requests[0].faults == (() if setting else (boundaries,))
        return told.chunks


@pytest.mark.parametrize("setting", [True, False])
@pytest.mark.parametrize("newline", LINES)
@pytest.mark.parametrize("bom", [True, False])
@pytest.mark.parametrize("space", [True, False])
async def test_the_stream_is_the_same_however_it_is_written(
    newline: Any, bom: bool, space: bool, setting: bool
) -> None:
    true = b"".join(await sent(Boundaries("event"), setting=True))

    told = b"".join(await sent(Boundaries("random", newline, bom, space), setting=setting))
    assert told.startswith(b"\xef\xbb\xbf") is bom
    assert (b"data: " in told) is space
    plain = told.removeprefix(b"\xef\xbb\xbf").replace(LINES[newline], b"\n")
    assert (plain if space else plain.replace(b"data:", b"data: ")) == true


@pytest.mark.parametrize("setting", [True, False])
async def test_writes_end_inside_every_character(setting: bool) -> None:
    chunks = await sent(Boundaries("utf8"), setting=setting)

    told = b"".join(chunks)
    ends = {*accumulate(map(len, chunks))}
    for character in "é€🙂":
        whole = character.encode()
        start = told.index(whole)
        assert {start + size for size in range(1, len(whole))} <= ends


async def test_writes_end_inside_every_data() -> None:
    chunks = await sent(Boundaries("data"), setting=False)

    assert not any(b"\ndata:" in b"\n" + chunk for chunk in chunks)
    assert sum(chunk.endswith(b"da") for chunk in chunks) == b"".join(chunks).count(b"data:")


async def test_writes_end_between_every_cr_and_its_lf() -> None:
    chunks = await sent(Boundaries("crlf", "\r\n"), setting=False)

    assert not any(b"\r\n" in chunk for chunk in chunks)
    assert sum(chunk.endswith(b"\r") for chunk in chunks) == b"".join(chunks).count(b"\r\n")


async def test_one_byte_a_write_is_one_byte_a_write() -> None:
    assert {len(chunk) for chunk in await sent(Boundaries("bytes"), setting=False)} == {1}


async def test_the_whole_stream_may_be_one_write() -> None:
    assert len(await sent(Boundaries("whole"), setting=False)) == 1


async def test_a_gap_between_writes_lets_a_client_read_each_by_itself() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("x y")
        fake.fail(Boundaries("event", gap=0.005))
        reader, writer = await asyncio.open_connection(fake.host, fake.port)
        writer.write(encoded(chat()))
        await reader.readuntil(b"\r\n\r\n")
        reads = [await reader.read(65536) for _ in range(3)]
        writer.close()

    assert [read.count(b"data: ") for read in reads] == [1, 1, 1]


CRLF = Boundaries("crlf", newline="\r\n")
HI = {"role": "user", "content": "hi"}


@pytest.mark.parametrize("fault", [None, CRLF], ids=["by setting", "by fault"])
@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/chat/completions", {"messages": [HI]}), ("/v1/responses", {"input": [HI]})],
)
async def test_json_is_sent_whole_where_crlf_would_be_cut(
    path: str, body: dict[str, Any], fault: Boundaries | None
) -> None:
    writes = Writes() if fault else Writes("crlf", newline="\r\n")
    async with FakeOpenAI(writes=writes) as fake:
        if fault:
            fake.fail(fault)
        told = await ask(fake, {"model": "gpt-4.1", **body}, path)

    assert told.status == 200
    assert told.json()["object"] in {"chat.completion", "response"}
