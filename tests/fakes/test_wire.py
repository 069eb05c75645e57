"""Borders of writes and form of lines, as they arrive."""

from __future__ import annotations

import asyncio

import pytest

from fake_openai import FakeOpenAI, Writes
from support.openai_client import ask, chat, encoded, text

TEXT = "ø 日本 🌊"


async def test_each_event_is_a_write_of_its_own() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(TEXT)
        raw = await ask(fake, chat())

    assert all(chunk.startswith(b"data: ") and chunk.count(b"\n\n") == 1 for chunk in raw.chunks)


async def test_all_events_can_come_in_one_write() -> None:
    async with FakeOpenAI(writes=Writes("whole")) as fake:
        raw = await ask(fake, chat())

    assert (len(raw.chunks), raw.events[-1]) == (1, "[DONE]")


async def test_each_byte_can_come_in_a_write_of_its_own() -> None:
    async with FakeOpenAI(writes=Writes("bytes")) as fake:
        fake.reply(TEXT)
        raw = await ask(fake, chat())

    assert {len(chunk) for chunk in raw.chunks} == {1}
    assert raw.text == TEXT


async def test_writes_can_be_cut_inside_characters() -> None:
    async with FakeOpenAI(writes=Writes("random"), seed=3) as fake:
        fake.reply(TEXT * 20)
        raw = await ask(fake, chat())

    def is_torn(chunk: bytes) -> bool:
        try:
            chunk.decode()
        except UnicodeDecodeError:
            return True
        return False

    assert any(is_torn(chunk) for chunk in raw.chunks)
    assert raw.text == TEXT * 20


async def test_a_client_in_the_same_loop_reads_write_by_write() -> None:
    async with FakeOpenAI(writes=Writes("bytes")) as fake:
        reader, writer = await asyncio.open_connection(fake.host, fake.port)
        fake.reply("x")
        writer.write(encoded(chat()))
        await reader.readuntil(b"\r\n\r\n")
        reads = [await reader.read(65536) for _ in range(50)]
        writer.close()

    assert sum(map(len, reads)) / len(reads) < 20


@pytest.mark.parametrize(("newline", "mark"), [("\r\n", b"\r\n\r\n"), ("\r", b"\r\r")])
async def test_lines_end_as_asked_for(newline: str, mark: bytes) -> None:
    writes = Writes(newline=newline)  # type: ignore[arg-type]  # one of those there are
    async with FakeOpenAI("openrouter", writes=writes) as fake:
        fake.reply(TEXT)
        raw = await ask(fake, chat())

    assert raw.body.count(mark) == len(raw.chunks)
    assert text(raw.body.replace(newline.encode(), b"\n")) == TEXT


async def test_the_body_can_begin_with_a_byte_order_mark() -> None:
    async with FakeOpenAI(writes=Writes(bom=True)) as fake:
        raw = await ask(fake, chat())

    assert raw.body.startswith(b"\xef\xbb\xbfdata: {")


async def test_the_space_after_the_colon_can_be_missing() -> None:
    async with FakeOpenAI(writes=Writes(space_after_colon=False)) as fake:
        raw = await ask(fake, chat())

    assert raw.body.startswith(b'data:{"id"')
    assert raw.body.endswith(b"data:[DONE]\n\n")


async def test_a_whole_answer_has_no_form_of_lines() -> None:
    async with FakeOpenAI(writes=Writes("bytes", newline="\r", bom=True)) as fake:
        fake.reply("hello")
        raw = await ask(fake, chat(stream=False))

    assert raw.json()["choices"][0]["message"]["content"] == "hello"


@pytest.mark.slow
async def test_a_slow_reader_holds_the_writer_back() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("word " * 200_000)
        reader, writer = await asyncio.open_connection(fake.host, fake.port, limit=1024)
        writer.write(encoded(chat()))
        await reader.readuntil(b"\r\n\r\n")
        sent = -1
        while sent != fake.requests[0].bytes_sent:
            sent = fake.requests[0].bytes_sent
            await asyncio.sleep(0.05)
        writer.close()

    # Buffers of the kernel take some megabytes; the whole answer would be fifty.
    assert sent < 20_000_000
