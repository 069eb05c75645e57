"""Responses in the background: they go on by themselves, and can be followed from any event on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import (
    Answer,
    Cut,
    ErrorEvent,
    FakeOpenAI,
    Fault,
    Latency,
    ManualClock,
    Reset,
    Status,
    VirtualClock,
)
from fake_openai.responses.kept import Run
from support.openai_client import Raw, ask

PATH = "/v1/responses"
SLOW = Latency(first_token=5, between=1)
TEXT = "one two three four five six"
QUEUED = ["response.created", "response.queued", "response.in_progress"]


def test_what_was_told_is_due_however_times_are_rounded() -> None:
    began, wait = 25506.903, 0.20311
    assert began + wait - began < wait

    assert Run(began, [wait], lambda _: (), streamed=True).events_by(began + wait) == 1


async def begin(fake: FakeOpenAI, **more: Any) -> Raw:
    body = {"model": "gpt-4.1", "input": "hi", "background": True, **more}
    return await ask(fake, body, PATH)


async def get(fake: FakeOpenAI, id: str, query: str = "") -> Raw:
    return await ask(fake, b"", f"{PATH}/{id}{query}", method="GET")


async def follow(fake: FakeOpenAI, id: str, after: int | None = None) -> Raw:
    more = "" if after is None else f"&starting_after={after}"
    return await get(fake, id, f"?stream=true{more}")


async def post(fake: FakeOpenAI, id: str, action: str) -> Raw:
    return await ask(fake, b"", f"{PATH}/{id}/{action}", method="POST")


def numbers(raw: Raw) -> list[int]:
    return [event["sequence_number"] for event in raw.events]


def id_of(raw: Raw) -> str:
    return raw.events[0]["response"]["id"]  # type: ignore[no-any-return]


async def status(fake: FakeOpenAI, id: str) -> str:
    return (await get(fake, id)).json()["status"]  # type: ignore[no-any-return]


async def test_it_is_queued_then_under_way_then_completed() -> None:
    async with FakeOpenAI(clock=VirtualClock(), latency=SLOW) as fake:
        begun = (await begin(fake)).json()
        seen = [begun["status"], await status(fake, begun["id"])]
        await asyncio.sleep(3600)
        last = (await get(fake, begun["id"])).json()

    assert seen == ["queued", "in_progress"]
    assert (last["status"], last["background"]) == ("completed", True)
    assert last["output"][0]["content"][0]["text"]


async def test_its_stream_tells_that_it_was_queued_and_pads_nothing() -> None:
    async with FakeOpenAI() as fake:
        told = (await begin(fake, stream=True)).events

    assert [event["type"] for event in told[:3]] == QUEUED
    assert [event["response"]["status"] for event in told[:3]] == [
        "queued",
        "queued",
        "in_progress",
    ]
    assert not any("obfuscation" in event for event in told)


async def test_it_goes_on_when_the_client_is_gone() -> None:
    async with FakeOpenAI(clock=VirtualClock(), latency=SLOW) as fake:
        fake.reply(TEXT)
        fake.fail(Reset(after=7))
        left = await begin(fake, stream=True)
        id = id_of(left)
        under_way = await status(fake, id)
        await asyncio.sleep(60)

        assert left.end == "reset"
        assert under_way == "in_progress"
        assert await status(fake, id) == "completed"


@given(
    after=st.lists(st.integers(0, 14), min_size=1, max_size=4),
    bytes=st.booleans(),
    waits=st.lists(st.sampled_from([0.0, 0.5, 3.0, 30.0]), min_size=4, max_size=4),
)
@settings(max_examples=25)
def test_wherever_it_is_cut_each_event_comes_exactly_once(
    after: list[int],
    bytes: bool,
    waits: list[float],
) -> None:
    async def run() -> tuple[list[Any], list[Any]]:
        async with FakeOpenAI(clock=VirtualClock(), latency=SLOW) as fake:
            fake.reply(TEXT)
            whole = await begin(fake, stream=True, input="whole")
            # A cut in the middle of an event tears it: a client has not had it.
            faults: list[Fault] = [
                Cut(at_byte=1500 + 400 * place) if bytes else Cut(after=place) for place in after
            ]
            fake.fail(Cut(after=1), *faults)
            raw = await begin(fake, stream=True, input="cut")
            events, id = list(raw.events), id_of(raw)
            for wait in (*waits, 0.0):
                await asyncio.sleep(wait)
                raw = await follow(fake, id, events[-1]["sequence_number"])
                events += raw.events
            return events, whole.events

    events, whole = asyncio.run(run())

    assert [e["sequence_number"] for e in events] == list(range(len(whole)))
    assert [e["type"] for e in events] == [e["type"] for e in whole]
    assert [e.get("delta") for e in events] == [e.get("delta") for e in whole]


async def test_what_is_told_again_is_the_same_to_the_byte() -> None:
    async with FakeOpenAI() as fake:
        first = await begin(fake, stream=True)
        again = await follow(fake, id_of(first))
        rest = await follow(fake, id_of(first), 4)

    assert again.body == first.body
    assert first.body.endswith(rest.body)
    assert numbers(rest)[0] == 5


async def test_who_follows_early_gets_the_rest_as_it_comes() -> None:
    async with FakeOpenAI(clock=VirtualClock(), latency=SLOW) as fake:
        fake.reply(TEXT)
        fake.fail(Cut(after=6))
        id = id_of(await begin(fake, stream=True))
        rest = await follow(fake, id, 5)
        sent = fake.requests[-1].sent
        at = [round(one.at) for one in sent]

    assert numbers(rest) == list(range(6, 15))
    assert at == [6, 7, 8, 9, 10, 10, 10, 10, 10]


async def test_two_may_follow_at_once() -> None:
    async with FakeOpenAI(clock=VirtualClock(), latency=SLOW) as fake:
        begun = asyncio.ensure_future(begin(fake, stream=True))
        await asyncio.sleep(1)
        id = fake.requests[0].sent[0].data.decode().split('"id":"')[1].split('"')[0]
        one, two = await asyncio.gather(follow(fake, id), follow(fake, id))

    assert one.body == two.body == (await begun).body


async def test_padding_can_be_asked_for_when_it_is_told_again() -> None:
    async with FakeOpenAI() as fake:
        id = id_of(await begin(fake, stream=True))
        raw = await get(fake, id, "?stream=true&include_obfuscation=true")

    assert all("obfuscation" in event for event in raw.events if "delta" in event)


async def test_a_clock_moved_by_hand_moves_it() -> None:
    clock = ManualClock()
    async with FakeOpenAI(clock=clock, latency=SLOW) as fake:
        id = (await begin(fake)).json()["id"]
        before = await status(fake, id)
        await clock.advance(1000)

        assert before == "in_progress"
        assert await status(fake, id) == "completed"


async def test_cancelling_ends_it_and_whoever_follows() -> None:
    async with FakeOpenAI(clock=VirtualClock(), latency=SLOW) as fake:
        fake.reply(TEXT)
        begun = asyncio.ensure_future(begin(fake, stream=True))
        await asyncio.sleep(6.5)
        id = fake.requests[0].sent[0].data.decode().split('"id":"')[1].split('"')[0]
        cancelled = (await post(fake, id, "cancel")).json()
        raw = await begun
        again = await post(fake, id, "cancel")
        late = await follow(fake, id)

        assert (cancelled["status"], cancelled["output"]) == ("cancelled", [])
        assert (raw.end, numbers(raw)) == ("whole", list(range(7)))
        assert again.json() == cancelled
        assert await status(fake, id) == "cancelled"
        assert late.events == []


@pytest.mark.parametrize(
    ("answer", "more", "ended"),
    [
        ("x", {}, "a completed"),
        ("word " * 40, {"max_output_tokens": 16}, "an incomplete"),
    ],
)
async def test_what_has_ended_cannot_be_cancelled(
    answer: str, more: dict[str, Any], ended: str
) -> None:
    async with FakeOpenAI() as fake:
        fake.reply(answer)
        id = (await begin(fake, **more)).json()["id"]
        raw = await post(fake, id, "cancel")

    assert raw.status == 400
    assert raw.json()["error"]["message"] == f"Cannot cancel {ended} response."


async def test_what_is_not_in_the_background_cannot_be_cancelled() -> None:
    async with FakeOpenAI() as fake:
        id = (await begin(fake, background=False)).json()["id"]
        raw = await post(fake, id, "cancel")

    assert raw.status == 400
    assert raw.json()["error"]["message"] == "Cannot cancel a synchronous response."


async def test_deleting_ends_it_and_whoever_follows() -> None:
    async with FakeOpenAI(clock=VirtualClock(), latency=SLOW) as fake:
        fake.reply(TEXT)
        begun = asyncio.ensure_future(begin(fake, stream=True))
        await asyncio.sleep(6.5)
        id = fake.requests[0].sent[0].data.decode().split('"id":"')[1].split('"')[0]
        deleted = await ask(fake, b"", f"{PATH}/{id}", method="DELETE")
        raw = await begun

        assert deleted.json() == {"id": id, "object": "response", "deleted": True}
        assert numbers(raw) == list(range(7))
        assert (await get(fake, id)).status == 404


@pytest.mark.parametrize(
    ("more", "missing"),
    [({"background": False}, "background"), ({"stream": False}, "stream")],
)
async def test_what_was_not_made_for_it_is_not_streamed_again(
    more: dict[str, Any], missing: str
) -> None:
    async with FakeOpenAI() as fake:
        raw = await begin(fake, **{"stream": True, **more})
        id = raw.json()["id"] if missing == "stream" else id_of(raw)
        refused = await follow(fake, id)

    told = f"This response cannot be streamed because it was not created with {missing}=true."
    assert refused.status == 400
    assert refused.json()["error"] == {
        "message": told,
        "type": "invalid_request_error",
        "param": "stream",
        "code": "invalid_request_error",
    }


async def test_after_five_minutes_it_is_not_streamed_any_more() -> None:
    async with FakeOpenAI(clock=VirtualClock()) as fake:
        id = id_of(await begin(fake, stream=True))
        await asyncio.sleep(299)
        before = await follow(fake, id)
        await asyncio.sleep(2)
        after = await follow(fake, id)

    assert (before.status, after.status) == (200, 400)
    assert "more than 5 minutes old" in after.json()["error"]["message"]


@pytest.mark.parametrize(
    ("query", "param", "code"),
    [
        ("stream=maybe", "stream", "invalid_type"),
        ("stream=true&starting_after=x", "starting_after", "invalid_type"),
        ("stream=true&starting_after=-1", "starting_after", "integer_below_min_value"),
        ("stream=true&include=secrets", "include[0]", "invalid_value"),
        ("include[]=secrets", "include[0]", "invalid_value"),
    ],
)
async def test_a_wrong_query_is_refused(query: str, param: str, code: str) -> None:
    async with FakeOpenAI() as fake:
        id = id_of(await begin(fake, stream=True))
        raw = await get(fake, id, f"?{query}")

    assert raw.status == 400
    assert (raw.json()["error"]["param"], raw.json()["error"]["code"]) == (param, code)


async def test_an_error_of_the_model_fails_it_whoever_listens() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(ErrorEvent(after=8, message="Oh no."))
        begun = (await begin(fake)).json()
        last = (await get(fake, begun["id"])).json()

    assert (begun["status"], last["status"]) == ("queued", "failed")
    assert last["error"] == {"code": "server_error", "message": "Oh no."}


async def test_an_error_of_the_model_is_told_again() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(ErrorEvent(after=8))
        first = await begin(fake, stream=True)
        again = await follow(fake, id_of(first), 6)

    assert [e["type"] for e in again.events][1:] == ["error", "response.failed"]
    assert first.body.endswith(again.body)


async def test_faults_strike_those_who_follow() -> None:
    async with FakeOpenAI() as fake:
        id = id_of(await begin(fake, stream=True))
        fake.fail(Status(500), Cut(after=2))

        assert (await follow(fake, id)).status == 500
        assert (await follow(fake, id)).end == "cut"
        assert (await follow(fake, id)).end == "whole"


async def test_it_is_kept_although_it_is_not_to_be_stored() -> None:
    async with FakeOpenAI() as fake:
        begun = (await begin(fake, store=False)).json()
        raw = await get(fake, begun["id"])

    assert raw.json()["status"] == "completed"
    assert raw.json()["store"] is False


async def test_what_is_under_way_cannot_be_gone_on_from() -> None:
    async with FakeOpenAI(clock=VirtualClock(), latency=SLOW) as fake:
        id = (await begin(fake)).json()["id"]
        raw = await begin(fake, previous_response_id=id, background=False)

    assert raw.status == 400
    assert raw.json()["error"]["param"] == "previous_response_id"


async def test_a_stream_that_never_comes_can_be_cancelled() -> None:
    latency = Latency(first_token=float("inf"))
    async with FakeOpenAI(clock=VirtualClock(), latency=latency) as fake:
        id = (await begin(fake, stream=False)).json()["id"]
        await asyncio.sleep(10_000)
        before = await status(fake, id)
        await post(fake, id, "cancel")

        assert (before, await status(fake, id)) == ("in_progress", "cancelled")


async def test_answers_are_those_of_the_scripts() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(Answer("scripted"))
        id = (await begin(fake)).json()["id"]
        last = (await get(fake, id)).json()

    assert last["output"][0]["content"][0]["text"] == "scripted"
