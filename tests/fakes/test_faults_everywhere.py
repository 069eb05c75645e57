"""Faults in the Responses API, at endpoints where no model answers, and in virtual time."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from fake_openai import (
    ChangedId,
    ChunkAfterDone,
    CommentEveryEvent,
    Compressed,
    Cut,
    DuplicateFinish,
    EarlyHints,
    ErrorEvent,
    FakeOpenAI,
    Fault,
    LongLine,
    LyingUsage,
    NoDone,
    OddHeaders,
    SecondRole,
    SplitData,
    Stall,
    UnknownFields,
    VirtualClock,
    WrongContentLength,
    WrongContentType,
)
from fake_openai.dialects import DIALECTS
from support.openai_client import ask, chat
from support.raw_socket import Wire, wire

ASK = {"model": "gpt-4.1", "input": "hi", "stream": True}


async def responses(*faults: Fault) -> tuple[list[Any], list[Any]]:
    """Return the events of a response as they should be, and with `faults` among them."""
    told = []
    for some in ((), faults):
        async with FakeOpenAI() as fake:
            fake.reply("one two")
            if some:
                fake.fail(some)
            told.append(values((await wire(fake, ASK, "/v1/responses")).body))
            assert fake.requests[0].faults == some
    return told[0], told[1]


def values(body: bytes) -> list[Any]:
    """Return name and value of each event."""
    found = []
    for event in body.decode().split("\n\n"):
        name, _, data = event.rpartition("data: ")
        if data:
            found.append((name.removeprefix("event: ").strip(), json.loads(data)))
    return found


async def test_an_error_of_the_responses_api_is_an_event_and_a_failed_response() -> None:
    whole, spoiled = await responses(ErrorEvent(after=4, message="no", code="c"))

    assert spoiled[:4] == whole[:4]
    (error, told), (failed, last) = spoiled[4:]
    assert (error, failed) == ("error", "response.failed")
    inner = {"type": "server_error", "code": "c", "message": "no", "param": None}
    assert told == {"type": "error", "sequence_number": 4, "error": inner}
    assert last["sequence_number"] == 5
    assert last["response"]["status"] == "failed"
    assert last["response"]["error"] == {"code": "c", "message": "no"}
    assert last["response"]["id"] == whole[0][1]["response"]["id"]


async def test_the_last_event_of_a_response_comes_twice() -> None:
    whole, spoiled = await responses(DuplicateFinish())

    assert whole[-1][0] == "response.completed"
    assert spoiled == [*whole, whole[-1]]


async def test_an_event_comes_after_the_last_one_of_a_response() -> None:
    whole, spoiled = await responses(ChunkAfterDone())

    assert spoiled[:-1] == whole
    assert spoiled[-1] in whole


async def test_ids_of_items_change_in_the_middle_of_a_response() -> None:
    whole, spoiled = await responses(ChangedId("fresh", after=3))

    def ids(events: list[Any]) -> list[str]:
        return [value["item_id"] for _, value in events if "item_id" in value]

    assert ids(spoiled) != ids(whole)
    assert len(set(ids(spoiled)[1:])) == len(ids(spoiled)[1:])
    assert [name for name, _ in spoiled] == [name for name, _ in whole]


async def test_the_usage_of_a_response_lies() -> None:
    whole, spoiled = await responses(LyingUsage(5))

    true, told = (events[-1][1]["response"]["usage"] for events in (whole, spoiled))
    assert told["total_tokens"] == 5 * true["total_tokens"]


async def test_a_long_event_of_a_response_is_a_keepalive() -> None:
    whole, spoiled = await responses(LongLine(3000, after=2))

    name, value = spoiled.pop(2)
    assert (name, value["type"], value["sequence_number"]) == ("keepalive", "keepalive", 2)
    assert len(value["padding"]) > 2500
    assert spoiled == whole


@pytest.mark.parametrize("fault", [CommentEveryEvent(), SplitData()], ids=repr)
async def test_the_framing_of_a_response_may_be_odd(fault: Fault) -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one two")
        fake.fail(fault)
        body = (await wire(fake, ASK, "/v1/responses")).body

    plain = body.replace(b": keep-alive\n\n", b"").replace(b"\ndata: ", b"\n")
    assert b"one two" in plain
    assert fake.requests[0].faults == (fault,)


async def test_unknown_fields_stand_in_the_response_and_its_items() -> None:
    _, spoiled = await responses(UnknownFields("x"))

    assert all("x" in value for _, value in spoiled)
    assert all("x" in value["response"] for _, value in spoiled if "response" in value)


@pytest.mark.parametrize("fault", [NoDone(), SecondRole(after=1)], ids=repr)
async def test_what_a_response_has_not_cannot_go_wrong(fault: Fault) -> None:
    async with FakeOpenAI() as fake:
        fake.fail(fault)
        await wire(fake, ASK, "/v1/responses")

    assert (fake.requests[0].faults, fake.requests[0].ended) == ((), "whole")


async def completion(fault: Fault) -> list[Any]:
    async with FakeOpenAI() as fake:
        fake.reply("one two three")
        fake.fail(fault)
        ask = {"model": "gpt-3.5-turbo-instruct", "prompt": "hi", "stream": True}
        told = await wire(fake, ask, "/v1/completions")
        assert fake.requests[0].faults == (fault,)
    return [value for _, value in values(told.body.replace(b"data: [DONE]\n\n", b""))]


async def test_completions_have_faults_of_their_own_form() -> None:
    long = (await completion(LongLine(2000, after=1)))[1]
    assert (long["object"], long["choices"]) == ("text_completion", [])

    *_, finish, again = await completion(DuplicateFinish())
    assert finish == again

    assert (await completion(ErrorEvent(after=1, message="no")))[1]["error"]["message"] == "no"
    assert all("x" in one["choices"][0] for one in await completion(UnknownFields("x")))


async def models(*faults: Fault) -> Wire:
    async with FakeOpenAI() as fake:
        fake.fail(faults, endpoint="models")
        told = await wire(fake, b"", "/v1/models", method="GET")
        assert fake.requests[0].faults == faults
        return told


async def test_lists_can_be_cut_compressed_and_sent_under_wrong_heads() -> None:
    async with FakeOpenAI() as fake:
        true = (await wire(fake, b"", "/v1/models", method="GET")).body

    assert (await models(Cut(at_byte=50))).body == true[:50]
    assert gzip.decompress((await models(Compressed())).body) == true
    wrong = await models(WrongContentLength(3), WrongContentType("a/b"), EarlyHints())
    assert wrong.header("content-length") == [str(len(true) + 3).encode()]
    assert wrong.header("content-type") == [b"a/b"]
    assert wrong.before.startswith(b"HTTP/1.1 103 ")
    assert (await models(OddHeaders("duplicate"))).body == true


async def test_a_place_in_virtual_time_is_reached_at_that_time() -> None:
    async with FakeOpenAI(clock=VirtualClock()) as fake:
        fake.fail((Stall(after=2, seconds=3600), Cut(at_seconds=1800)))
        raw = await ask(fake, chat())
        entry = fake.requests[0]

    assert (raw.end, len(raw.events)) == ("cut", 2)
    assert round(entry.ended_at - entry.time) == 1800


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_long_line_is_json_in_every_dialect(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.reply("one")
        fake.fail(LongLine(1000, after=1))
        raw = await ask(fake, chat())

    assert "x" * 500 in next(e for e in raw.events if e != "[DONE]" and "padding" in e)["padding"]
