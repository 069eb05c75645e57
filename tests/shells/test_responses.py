"""Responses through every shell: what is kept at the server, followed, and cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import openai
import pytest

from fake_openai import CleanEnd, Cut, ErrorEvent, FakeOpenAI, Latency, Reply, Stall, Status
from steadystream import (
    Answer,
    Backoff,
    Economy,
    Hedge,
    Message,
    ResponseAnswer,
    Retries,
    Rung,
    SteadyClient,
    SteadyStream,
    StreamFault,
    Timeouts,
    Verdict,
    answer_of,
)
from steadystream.integrations import openai_http_client
from support.response_events import Spoken, documents_in
from support.waiting import until
from support.wire import response, wire

TEXT = "one two three four five six"
QUICK = Backoff(base=0.001, cap=0.002)
KEPT = Retries(backoff=QUICK, background=True)
ASKED = {"model": "gpt-4.1", "input": "Count."}
HEADERS = {"Authorization": "Bearer sk-a-well-formed-key"}


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as server:
        server.reply(TEXT)
        yield server
        assert await server.quiet() == 0


def client_of(fake: FakeOpenAI, retries: Retries, **settings: object) -> SteadyClient:
    given: dict[str, object] = {"api_key": "sk-a-well-formed-key", "retries": retries, **settings}
    return SteadyClient(fake.base_url, **given)  # type: ignore[arg-type]


def paths(fake: FakeOpenAI) -> list[str]:
    """Return what was asked for: "made", "followed" or "cancelled"."""
    told = {"cancel": "cancelled", "responses": "made"}
    return [told.get(r.path.rpartition("/")[2], "followed") for r in fake.requests]


async def test_a_response_that_is_kept_is_followed_however_often_it_is_cut(
    fake: FakeOpenAI,
) -> None:
    for fault in (Cut(after=8), CleanEnd(after=2), Status(503), Cut(after=1)):
        fake.fail(fault)

    async with client_of(fake, KEPT) as client, client.responses.stream(**ASKED) as answer:
        text = "".join([piece async for piece in answer.text()])

    assert text == TEXT
    assert answer.verdict is Verdict.COMPLETE
    assert {seam.rung for seam in answer.seams} == {Rung.CURSOR}
    assert paths(fake) == ["made", "followed", "followed", "followed", "followed"]
    assert answer.cost.total.total_tokens == 11  # nothing is generated twice


async def test_nothing_is_kept_unless_it_is_allowed(fake: FakeOpenAI) -> None:
    fake.fail(Cut(after=8))

    async with client_of(fake, Retries(backoff=QUICK)) as client:
        whole = await client.responses.complete(**ASKED)

    assert whole["output"][0]["content"][0]["text"] == TEXT
    assert paths(fake) == ["made", "made"]
    assert "background" not in fake.requests[0].body


@pytest.mark.parametrize("said", [{"background": False}, {"store": False}], ids=repr)
async def test_what_the_caller_says_of_it_stays(fake: FakeOpenAI, said: dict[str, bool]) -> None:
    async with client_of(fake, KEPT) as client:
        await client.responses.complete(**ASKED, **said)

    assert {name: fake.requests[0].body.get(name) for name in said} == said
    assert fake.requests[0].body.get("background") is not True


async def test_a_response_that_is_gone_is_asked_for_again(fake: FakeOpenAI) -> None:
    fake.fail(Cut(after=8))
    fake.fail(Status(404))

    async with client_of(fake, KEPT) as client, client.responses.stream(**ASKED) as answer:
        whole = await answer.finish()

    assert answer.transcript.text == TEXT
    assert [seam.rung for seam in answer.seams] == [Rung.REGENERATE]
    assert whole["id"] == answer.transcript.id != answer.transcript.upstream_id
    assert paths(fake) == ["made", "followed", "made", "cancelled"]


async def test_a_response_that_failed_is_not_followed(fake: FakeOpenAI) -> None:
    fake.fail(ErrorEvent(after=8))

    async with client_of(fake, KEPT) as client, client.responses.stream(**ASKED) as answer:
        await answer.finish()

    assert answer.transcript.text == TEXT
    assert "followed" not in paths(fake)


SLOW = Latency(first_token=0, between=0.02)
Leave = Callable[[ResponseAnswer], Awaitable[None]]


async def by_leaving(answer: ResponseAnswer) -> None:
    async with answer:
        async for _ in answer.text():
            return


async def by_cancelling(answer: ResponseAnswer) -> None:
    async def read() -> None:
        async with answer:
            await answer.finish()

    task = asyncio.ensure_future(read())
    await asyncio.to_thread(until, lambda: bool(answer.transcript.text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def by_an_error_of_its_own(answer: ResponseAnswer) -> None:
    async def read() -> None:
        async with answer:
            async for _ in answer.text():
                raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await read()


LEAVES = [by_leaving, by_cancelling, by_an_error_of_its_own]


@pytest.mark.parametrize("leave", LEAVES, ids=lambda leave: leave.__name__)
async def test_what_we_put_into_the_background_is_cancelled_when_it_is_left(leave: Leave) -> None:
    async with FakeOpenAI(latency=SLOW) as fake:
        fake.reply(TEXT)
        async with client_of(fake, KEPT) as client:
            await leave(client.responses.stream(**ASKED))

        assert paths(fake) == ["made", "cancelled"]
        assert await fake.quiet() == 0


async def test_what_is_overtaken_is_cancelled_while_the_winner_goes_on() -> None:
    slow = Latency(first_token=0.5, between=0.02)
    async with FakeOpenAI(latency=Latency(first_token=0.02, between=0.02)) as fake:
        fake.plan = lambda request: Reply(TEXT, latency=slow if request.number == 1 else None)
        race = Economy(hedge=Hedge(after=0.05))
        async with client_of(fake, KEPT, economy=race) as client:
            await client.responses.complete(**ASKED)

        first, winner, cancel = fake.requests
        assert paths(fake) == ["made", "made", "cancelled"]
        assert (first.ended, winner.ended) == ("client left", "whole")
        assert cancel.time < (winner.ended_at or 0.0)


async def test_what_is_begun_anew_is_cancelled_while_the_next_goes_on() -> None:
    async with FakeOpenAI(latency=Latency(between=0.02)) as fake:
        fake.reply(TEXT)
        fake.fail(Cut(after=7))
        fake.fail(Status(401))
        async with client_of(fake, KEPT) as client:
            await client.responses.complete(**ASKED)

        _, _, again, cancel = fake.requests
        assert paths(fake) == ["made", "followed", "made", "cancelled"]
        assert cancel.time < (again.ended_at or 0.0)


async def test_closing_the_client_cancels_what_goes_on() -> None:
    async with FakeOpenAI(latency=SLOW) as fake:
        fake.reply(TEXT)
        client = client_of(fake, KEPT)
        async with client.responses.stream(**ASKED) as answer:
            async for _ in answer.text():
                break
            await client.close()

        assert paths(fake) == ["made", "cancelled"]


async def test_what_is_given_up_is_cancelled(fake: FakeOpenAI) -> None:
    for _ in range(2):
        fake.fail(Cut(after=5))

    async with client_of(fake, Retries(attempts=2, backoff=QUICK, background=True)) as client:
        with pytest.raises(StreamFault):
            await client.responses.complete(**ASKED)

    assert paths(fake) == ["made", "followed", "cancelled"]


async def test_a_cancellation_that_hangs_hides_nothing_and_ends(
    monkeypatch: pytest.MonkeyPatch, fake: FakeOpenAI
) -> None:
    monkeypatch.setattr("steadystream.stages.background.CANCEL_SECONDS", 0.05)
    fake.fail(Cut(after=5))
    fake.fail(Stall(after=0))

    async with client_of(fake, Retries(attempts=1, background=True)) as client:
        with pytest.raises(StreamFault, match="the connection ended"):
            await client.responses.complete(**ASKED)


async def test_what_the_caller_put_there_himself_is_left_alone() -> None:
    async with FakeOpenAI(latency=SLOW) as fake:
        fake.reply(TEXT)
        async with client_of(fake, KEPT) as client:
            await by_leaving(client.responses.stream(**ASKED, background=True))

        assert paths(fake) == ["made"]


def test_the_client_that_blocks_follows_and_cancels_too() -> None:
    from fake_openai import FakeOpenAIThread  # noqa: PLC0415  # for this test alone

    with FakeOpenAIThread(latency=SLOW) as fake:
        fake.reply(TEXT)
        fake.fail(Cut(after=8))
        with SteadyClient(fake.base_url, api_key="sk-a-key", retries=KEPT).sync() as client:
            assert client.responses.complete(**ASKED)["status"] == "completed"
            with client.responses.stream(**ASKED) as answer:
                for _ in answer.text():
                    break
            assert answer.transcript.in_background

        asked = [request.path.rpartition("/")[2] for request in fake.requests]
        assert asked[-1] == "cancel"
        assert asked.count("cancel") == 1


async def test_under_aiohttp_bytes_pass_as_they_came_where_nothing_was_spliced() -> None:
    body = b": hi\n\n" + Spoken().event("keepalive").message("One", " two").end().body
    script = [response("200 OK", body, "Content-Type: text/event-stream")]
    async with (
        wire(script) as server,
        aiohttp.ClientSession(middlewares=(SteadyStream(),)) as session,
        session.post(f"{server.url}/responses", json={**ASKED, "stream": True}) as got,
    ):
        assert await got.read() == body
        assert isinstance(answer_of(got), ResponseAnswer)


async def test_under_aiohttp_a_response_that_we_keep_is_cancelled_when_it_is_left() -> None:
    async with FakeOpenAI(latency=SLOW) as fake:
        fake.reply(TEXT)
        async with aiohttp.ClientSession(middlewares=(SteadyStream(retries=KEPT),)) as session:
            got = await session.post(
                f"{fake.base_url}/responses", json={**ASKED, "stream": True}, headers=HEADERS
            )
            await got.content.readany()
            got.close()
            await asyncio.to_thread(until, lambda: len(fake.requests) == 2)

        assert paths(fake) == ["made", "cancelled"]


async def test_a_response_that_somebody_follows_is_followed_through_cuts(fake: FakeOpenAI) -> None:
    steady = SteadyStream(retries=Retries(backoff=QUICK))
    async with aiohttp.ClientSession(middlewares=(steady,)) as session:
        url = f"{fake.base_url}/responses"
        body = {**ASKED, "stream": True, "background": True}
        async with session.post(url, json=body, headers=HEADERS) as made:
            whole = await made.read()
        answer = answer_of(made)
        assert answer is not None
        assert not isinstance(answer, Answer)
        fake.fail(Cut(after=3))
        fake.fail(Cut(after=2))
        followed = f"{url}/{answer.transcript.id}?stream=true&starting_after=2"
        async with session.get(followed, headers=HEADERS) as got:
            rest = await got.read()

    events = [line for line in rest.split(b"\n") if line.startswith(b"event:")]
    assert events == [line for line in whole.split(b"\n") if line.startswith(b"event:")][3:]
    assert paths(fake) == ["made", "followed", "followed", "followed"]


async def test_an_event_that_only_says_that_it_waits_does_not_feed_the_clock() -> None:
    slow = Latency(first_token=5)
    async with FakeOpenAI(latency=slow) as fake:
        once = Retries(attempts=1)
        limits = Timeouts(first_token=0.05)
        async with client_of(fake, once, timeouts=limits) as client:
            with pytest.raises(StreamFault, match=r"no first token within 0.05 s"):
                await client.responses.complete(**ASKED, background=True)


@pytest.mark.skipif(not hasattr(openai.AsyncOpenAI, "responses"), reason="older than the API")
@pytest.mark.parametrize("background", [False, True])
async def test_the_openai_sdk_reads_one_response_with_rising_numbers(
    fake: FakeOpenAI, background: bool
) -> None:
    fake.fail(Cut(after=8))
    http = openai_http_client(SteadyStream(retries=Retries(backoff=QUICK)))
    async with openai.AsyncOpenAI(
        base_url=fake.base_url, api_key="sk-a-key", max_retries=0, http_client=http
    ) as api:
        stream = await api.responses.create(
            model="gpt-4.1", input="Count.", stream=True, background=background
        )
        events = [event async for event in stream]

    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == TEXT
    assert len({event.response.id for event in events if hasattr(event, "response")}) == 1


async def test_every_event_is_decoded(fake: FakeOpenAI) -> None:
    async with client_of(fake, KEPT) as client, client.responses.stream(**ASKED) as answer:
        said = [event.said async for event in answer if isinstance(event, Message)]

    assert said[0] is not None
    assert said[0].type == "response.created"
    assert "".join(event.piece for event in said if event is not None and event.is_text) == TEXT


async def test_a_response_that_was_asked_for_again_is_gone_on_from_under_its_first_id(
    fake: FakeOpenAI,
) -> None:
    fake.fail(Cut(after=8))
    async with client_of(fake, Retries(backoff=QUICK)) as client:
        first = await client.responses.complete(**ASKED)
        await client.responses.complete(
            model="gpt-4.1",
            previous_response_id=first["id"],
            input=[{"type": "item_reference", "id": first["output"][0]["id"]}],
        )

    named = fake.requests[-1].body
    assert named["previous_response_id"] != first["id"]
    assert named["input"][0]["id"] != first["output"][0]["id"]


@pytest.mark.parametrize("leaves", ["events", "text"])
async def test_who_leaves_at_the_end_of_a_response_goes_on_from_it_too(
    fake: FakeOpenAI, leaves: str
) -> None:
    fake.fail(Cut(after=8))
    async with client_of(fake, Retries(backoff=QUICK)) as client:
        async with client.responses.stream(**ASKED) as answer:
            async for _ in answer if leaves == "events" else answer.text():
                if answer.transcript.is_finished:
                    break
            if leaves == "events":  # who sees the last event knows that it is over
                await client.responses.complete(**ASKED, previous_response_id=answer.transcript.id)
        await client.responses.complete(**ASKED, previous_response_id=answer.transcript.id)

    named = fake.requests[-1].body["previous_response_id"]
    assert named == answer.transcript.upstream_id is not None


async def test_under_aiohttp_too_a_response_is_gone_on_from_under_its_first_id(
    fake: FakeOpenAI,
) -> None:
    fake.fail(Cut(after=8))
    steady = SteadyStream(retries=Retries(backoff=QUICK))
    async with aiohttp.ClientSession(middlewares=(steady,), headers=HEADERS) as session:
        url = f"{fake.base_url}/responses"
        async with session.post(url, json={**ASKED, "stream": True}) as got:
            await got.read()
        answer = answer_of(got)
        assert answer is not None
        again = {**ASKED, "previous_response_id": answer.transcript.id}
        async with session.post(url, json=again) as got:
            assert got.status == 200
        async with session.post(url, json={**again, "stream": True}) as got:
            assert got.status == 200

    names = {request.body["previous_response_id"] for request in fake.requests[-2:]}
    assert names == {getattr(answer.transcript, "upstream_id", None)}


NO = {"error": {"code": "invalid_prompt", "message": "No."}}
STREAM = "Content-Type: text/event-stream"


async def read_from(*bodies: bytes) -> bytes:
    """Return what a session reads from a server that answers so, one body a request."""
    scripts = [[response("200 OK", body, STREAM)] for body in bodies]
    steady = SteadyStream(retries=Retries(backoff=QUICK))
    async with (
        wire(*scripts) as server,
        aiohttp.ClientSession(middlewares=(steady,)) as session,
        session.post(f"{server.url}/responses", json={**ASKED, "stream": True}) as got,
    ):
        return await got.read()


async def test_a_response_that_fails_at_once_is_told_from_its_beginning_on() -> None:
    failed = Spoken().end("failed", **NO).body

    assert await read_from(failed) == failed


async def test_a_failure_behind_a_seam_is_the_next_event_of_the_first_response() -> None:
    first = b"".join(Spoken("a").message("One", " two").raws[:5])
    again = Spoken("b").event("keepalive").message("One", " two", " three")
    failed = b"".join(again.raws[:8]) + Spoken("b").end("failed", **NO).raws[-1]

    events = documents_in(await read_from(first, failed))

    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert events[-1]["type"] == "response.failed"
    assert events[-1]["response"]["id"] == "resp_a"
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == "One two three"


async def test_a_failure_behind_a_torn_call_that_was_held_leaves_no_gap() -> None:
    spoken = Spoken().call("f", '{"a":')
    spoken.raws = spoken.raws[:4]
    torn = spoken.end("failed", **NO).body

    events = documents_in(await read_from(torn))

    assert [event["sequence_number"] for event in events] == [0, 1, 2]
