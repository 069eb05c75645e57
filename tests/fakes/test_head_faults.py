"""Faults in the head of a response, and in the way its body is sent."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from typing import Any

import pytest

from fake_openai import (
    HTTP10,
    Compressed,
    Cut,
    EarlyHints,
    FakeOpenAI,
    Fault,
    OddHeaders,
    Reset,
    Stall,
    UnknownEvent,
    Writes,
    WrongContentLength,
    WrongContentType,
)
from support.openai_client import ask_on, chat, encoded
from support.raw_socket import Wire, wire

TEXT = "one two three é four"
STREAMED = [True, False]


async def both(*faults: Fault, **more: Any) -> list[Wire]:
    """Return the answer as it should be, and the same with `faults` in it."""
    told = []
    for some in ((), faults):
        async with FakeOpenAI() as fake:
            fake.reply(TEXT)
            if some:
                fake.fail(some)
            told.append(await wire(fake, chat(**more), seconds=3))
            assert sorted(map(repr, fake.requests[0].faults)) == sorted(map(repr, some))
    return told


def names(told: Wire, *but: str) -> list[str]:
    return sorted(name for name, _ in told.headers if name not in but)


@pytest.mark.parametrize("streamed", STREAMED)
async def test_a_wrong_content_type_is_all_that_is_wrong(streamed: bool) -> None:
    whole, spoiled = await both(WrongContentType("text/plain"), stream=streamed)

    assert spoiled.header("content-type") == [b"text/plain"]
    assert spoiled.body == whole.body
    assert names(spoiled) == names(whole)


async def test_there_may_be_no_content_type() -> None:
    whole, spoiled = await both(WrongContentType(None))

    assert spoiled.header("content-type") == []
    assert spoiled.body == whole.body
    assert names(spoiled) == names(whole, "content-type")


@pytest.mark.parametrize("streamed", STREAMED)
@pytest.mark.parametrize("by", [-10, 0, 7])
async def test_a_content_length_is_as_wrong_as_asked_for(by: int, streamed: bool) -> None:
    whole, spoiled = await both(WrongContentLength(by), stream=streamed)

    assert spoiled.header("content-length") == [str(len(whole.body) + by).encode()]
    assert spoiled.header("transfer-encoding") == []
    assert (spoiled.rest, spoiled.end) == (whole.body, "eof")


async def test_a_content_length_may_stand_beside_chunks() -> None:
    whole, spoiled = await both(WrongContentLength(5, chunked=True))

    assert spoiled.header("content-length") == [str(len(whole.body) + 5).encode()]
    assert spoiled.header("transfer-encoding") == [b"chunked"]
    assert spoiled.body == whole.body


async def test_a_content_length_counts_what_other_faults_add() -> None:
    faults = (WrongContentLength(0), UnknownEvent(), Stall(after=1, seconds=0.01, comments=True))
    _, spoiled = await both(*faults)

    assert spoiled.header("content-length") == [str(len(spoiled.rest)).encode()]


@pytest.mark.parametrize("streamed", STREAMED)
async def test_http10_has_no_chunks_and_ends_with_the_connection(streamed: bool) -> None:
    whole, spoiled = await both(HTTP10(), stream=streamed)

    assert spoiled.head.startswith(b"HTTP/1.0 200 OK\r\n")
    assert spoiled.header("transfer-encoding") == spoiled.header("content-length") == []
    assert (spoiled.rest, spoiled.end) == (whole.body, "eof")


async def test_http10_ends_the_connection_of_a_client_that_would_keep_it() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(HTTP10())
        told = await wire(fake, chat(), headers={"Connection": "keep-alive"})

    assert told.end == "eof"


@pytest.mark.parametrize("status", [100, 102, 103])
async def test_interim_responses_come_before_the_real_one(status: int) -> None:
    whole, spoiled = await both(EarlyHints(status, n=2, headers={"X-A": "b"}))

    line, header, *_ = spoiled.before.split(b"\r\n")
    assert line.startswith(f"HTTP/1.1 {status} ".encode())
    assert header == b"X-A: b"
    assert spoiled.before.count(b"HTTP/1.1") == 2
    assert spoiled.head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert spoiled.body == whole.body


async def test_early_hints_have_a_link() -> None:
    _, spoiled = await both(EarlyHints())

    assert spoiled.before.startswith(b"HTTP/1.1 103 Early Hints\r\nLink: </")


async def test_the_connection_serves_on_after_early_hints() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(EarlyHints())
        reader, writer = await asyncio.open_connection(fake.host, fake.port)
        writer.write(encoded(chat()))
        await reader.readuntil(b"\r\n\r\n")
        first = await reader.readuntil(b"0\r\n\r\n")
        second = await ask_on(reader, writer, chat())
        writer.close()

    assert first.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
    assert (second.status, second.end) == (200, "whole")


@pytest.mark.parametrize("form", ["long", "many", "duplicate", "odd", "folded", "injected"])
@pytest.mark.parametrize("streamed", STREAMED)
async def test_odd_headers_leave_the_body_alone(form: Any, streamed: bool) -> None:
    whole, spoiled = await both(OddHeaders(form, size=30), stream=streamed)

    assert spoiled.body == whole.body
    assert set(names(whole)) <= set(names(spoiled))


async def test_odd_headers_are_those_asked_for() -> None:
    sent = {
        form: (await both(OddHeaders(form, size=300)))[1]  # type: ignore[arg-type]  # drawn below
        for form in ("long", "many", "duplicate", "odd", "folded", "injected")
    }

    assert sent["long"].header("x-long") == [b"x" * 300]
    assert len([name for name, _ in sent["many"].headers if name.startswith("x-many-")]) == 300
    assert sent["duplicate"].header("content-type") == [b"text/event-stream; charset=utf-8"] * 2
    assert sent["odd"].header("x-empty") == [b""]
    assert sent["odd"].header("x-latin") == [b"caf\xe9"]
    assert b"X-Folded: one\r\n two\r\n\tthree\r\n" in sent["folded"].head + b"\r\n"
    assert sent["injected"].header("x-injected") == []
    assert b"%0d%0aX-Injected" in sent["injected"].header("x-percent")[0]


UNPACK = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "raw_deflate": lambda data: zlib.decompress(data, wbits=-15),
}


@pytest.mark.parametrize("encoding", UNPACK)
@pytest.mark.parametrize("streamed", STREAMED)
async def test_a_compressed_body_is_the_same_when_unpacked(encoding: Any, streamed: bool) -> None:
    whole, spoiled = await both(Compressed(encoding), stream=streamed)

    told = b"gzip" if encoding == "gzip" else b"deflate"
    assert spoiled.header("content-encoding") == [told]
    assert UNPACK[encoding](spoiled.body) == whole.body
    assert len(spoiled.body) < len(whole.body)


@pytest.mark.parametrize("encoding", UNPACK)
async def test_each_write_of_a_compressed_stream_is_an_event_that_can_be_read(
    encoding: Any,
) -> None:
    whole, spoiled = await both(Compressed(encoding))

    wbits = {"gzip": 31, "deflate": 15, "raw_deflate": -15}[encoding]
    unpacker = zlib.decompressobj(wbits=wbits)
    read = [unpacker.decompress(chunk) for chunk in spoiled.chunks]
    assert [part for part in read if part] == whole.chunks
    assert unpacker.eof


async def test_a_compressed_body_may_be_cut_at_a_byte_of_it() -> None:
    (_, packed), (_, spoiled) = [
        await both(*faults) for faults in ([Compressed()], [Compressed(), Cut(at_byte=100)])
    ]

    assert (spoiled.body, spoiled.end) == (packed.body[:100], "eof")


async def test_a_compressed_body_that_is_cut_after_an_event_has_all_before_it() -> None:
    whole, spoiled = await both(Compressed(), Cut(after=2))

    assert zlib.decompressobj(wbits=31).decompress(spoiled.body) == b"".join(whole.chunks[:2])


async def test_what_a_later_fault_writes_is_compressed_too() -> None:
    ping = b'event: ping\ndata: {"type":"ping"}\n\n'
    whole, spoiled = await both(Compressed(), UnknownEvent())

    assert gzip.decompress(spoiled.body) == ping + whole.body


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.02, float("inf")])
async def test_comments_of_a_stall_are_compressed_too(seconds: float) -> None:
    stall = Stall(after=1, seconds=seconds, comments=True, every=0.005)
    async with FakeOpenAI() as fake:
        fake.reply(TEXT)
        fake.fail((stall, Compressed()))
        told = await wire(fake, chat(), seconds=0.3 if seconds > 1 else 5)

    body = zlib.decompressobj(wbits=31).decompress(told.body)
    assert body.count(b": keep-alive\n\n") >= 4
    assert (body.endswith(b"data: [DONE]\n\n")) is (seconds < 1)


async def test_borders_of_writes_are_inside_characters_before_they_are_compressed() -> None:
    async with FakeOpenAI(writes=Writes("utf8")) as fake:
        fake.reply(TEXT)
        fake.fail(Compressed())
        told = await wire(fake, chat())

    unpacker = zlib.decompressobj(wbits=31)
    read = [unpacker.decompress(chunk) for chunk in told.chunks]
    assert any(part.endswith(b"\xc3") for part in read)
    assert "é" in b"".join(read).decode()


async def test_what_an_answer_and_a_request_say_reaches_no_header() -> None:
    evil = "x\r\nX-Evil: 1\r\n\r\nbody"
    async with FakeOpenAI() as fake:
        fake.reply(evil)
        body = {**chat(evil), "model": evil, "user": evil}
        heads = [(await wire(fake, {**body, "stream": s})).head for s in STREAMED]
        fake.fail(EarlyHints())
        heads.append((await wire(fake, body)).head)

    assert not any(b"evil" in head.lower() for head in heads)


async def test_a_reset_comes_after_a_head_of_our_own_too() -> None:
    _, spoiled = await both(WrongContentLength(0), Reset(after=1))

    assert spoiled.end == "reset"
    assert spoiled.body.startswith(b"data: {")


async def test_a_client_of_http10_gets_no_chunks_and_no_interim_responses() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one")
        fake.fail((EarlyHints(), OddHeaders()))
        told = await wire(fake, chat(stream=False), version="1.0")

    assert told.before == b""
    assert told.header("transfer-encoding") == []
    assert json.loads(told.rest)["object"] == "chat.completion"
