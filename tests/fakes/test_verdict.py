"""What the fake says of the client under test."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_openai import Cut, DuplicateChunk, ErrorEvent, FakeOpenAI, Limits, Received, Stall, Status
from fake_openai.claiming.verdict import Verdict, judge
from fake_openai.keeping.tape import Tapes
from support.openai_client import ask, chat

KEY = {"Authorization": "Bearer any"}


async def post(fake: FakeOpenAI, body: Any, **headers: str) -> int:
    url = f"{fake.base_url}/chat/completions"
    async with aiohttp.ClientSession(headers={**KEY, **headers}) as session:
        async with session.post(url, json=body) as response:
            await response.read()
            return response.status


async def test_a_client_that_asks_again_has_retried() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(503))
        for _ in range(2):
            await ask(fake, chat())
        (one,) = fake.verdict()

    assert (one.did, one.next, one.recovered) == ("retried", fake.requests[1], True)
    assert one.after is not None
    assert one.after >= 0


async def test_a_client_that_does_not_ask_again_has_given_up() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(503))
        await ask(fake, chat("a"))
        await ask(fake, chat("b"))
        (one,) = fake.verdict()

    assert (one.did, one.next, one.after, one.recovered) == ("gave up", None, None, False)


@pytest.mark.parametrize(("waits", "obeyed"), [(0.0, False), (0.12, True)])
async def test_whether_retry_after_was_obeyed_is_said(waits: float, obeyed: bool) -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(429, retry_after_ms=100))
        await ask(fake, chat())
        await asyncio.sleep(waits)
        await ask(fake, chat())
        (one,) = fake.verdict()

    assert (one.did, one.retry_after, one.obeyed) == ("retried", 0.1, obeyed)


async def test_a_client_still_waits_while_retry_after_is_not_over() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(429, retry_after=60))
        await ask(fake, chat())

        assert [one.did for one in fake.verdict()] == ["waits"]


def continued(prefix: str) -> dict[str, Any]:
    body = chat()
    body["messages"].append({"role": "assistant", "content": prefix, "partial": True})
    return body


@pytest.mark.parametrize(
    ("brought", "lost"), [("One two", False), ("One", True), ("Something else", True)]
)
async def test_a_client_that_brings_its_partial_has_continued(brought: str, lost: bool) -> None:
    async with FakeOpenAI("qwen") as fake:
        fake.reply("One two three four.")
        fake.fail(Cut(after=3))
        with contextlib.suppress(aiohttp.ClientPayloadError):
            await post(fake, chat())
        await post(fake, continued(brought))
        (one,) = fake.verdict()

    assert (one.did, one.delivered, one.brought) == ("continued", 7, len(brought))
    assert one.lost is lost


async def test_a_client_that_asks_for_all_again_has_lost_its_partial() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("One two three four.")
        fake.fail(Cut(after=3))
        for _ in range(2):
            await ask(fake, chat())
        (one,) = fake.verdict()

    assert (one.did, one.delivered, one.brought, one.lost) == ("retried", 7, 0, True)


async def test_an_answer_cut_twice_is_continued_twice() -> None:
    async with FakeOpenAI("qwen") as fake:
        fake.reply("One two three four.")
        fake.fail(Cut(after=3), Cut(after=2))
        for body in (chat(), continued("One two"), continued("One two three")):
            with contextlib.suppress(aiohttp.ClientPayloadError):
                await post(fake, body)
        first, second = fake.verdict()

    assert [(one.did, one.delivered, one.lost) for one in (first, second)] == [
        ("continued", 7, False),
        ("continued", 13, False),
    ]
    assert first.recovered
    assert second.recovered


async def test_a_client_that_leaves_a_silent_stream_has_left_after_its_patience() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Stall(after=2))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await ask(fake, chat())
        await fake.quiet()
        (one,) = fake.verdict()

    assert one.did == "left"
    assert one.silence is not None
    assert 0.01 < one.silence < 5


async def test_a_client_that_leaves_and_asks_again_at_once_has_retried() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Stall(after=2))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await ask(fake, chat())
        await ask(fake, chat())
        await fake.quiet()
        (one,) = fake.verdict()

    assert (one.did, one.recovered, one.silence is not None) == ("retried", True, True)


async def test_what_does_not_spoil_the_answer_is_borne() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(DuplicateChunk(after=1))
        await ask(fake, chat())
        (one,) = fake.verdict()

    assert (one.did, one.recovered) == ("bore it", True)


async def test_a_request_under_way_is_not_judged() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Stall(after=2))
        asking = asyncio.ensure_future(ask(fake, chat()))
        while not (fake.requests and fake.requests[0].chunks_sent == 2):  # noqa: ASYNC110
            await asyncio.sleep(0.001)

        assert [one.did for one in fake.verdict()] == ["under way"]
        asking.cancel()


async def test_errors_that_nobody_planned_are_judged_too() -> None:
    async with FakeOpenAI(limits=Limits(requests_per_minute=1)) as fake:
        for _ in range(2):
            await ask(fake, chat())
        (one,) = fake.verdict()

    assert (one.fault, one.did) == ("status 429", "waits")
    assert one.retry_after is not None


async def test_the_verdict_is_a_table_and_can_be_asked_by_kind() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("One two three four.")
        fake.fail(Status(429, retry_after_ms=1), Cut(after=3), ErrorEvent(after=1))
        for _ in range(3):
            await ask(fake, chat())
            await asyncio.sleep(0.01)
        verdict = fake.verdict()

    lines = str(verdict).splitlines()
    assert lines[0].split() == [
        *("request", "fault", "the", "client", "after", "Retry-After", "partial", "recovered")
    ]
    assert lines[1].startswith("#1       status:status=429,retry_after_ms=1")
    assert "0.001 s obeyed" in lines[1]
    assert "retried in #3" in lines[2]
    assert "0 of 7 lost" in lines[2]
    assert lines[-1] == "3 failed requests: 2 retried, 1 gave up"
    assert [one.request.number for one in verdict.of(Cut, ErrorEvent)] == [2, 3]
    assert str(verdict.judgements[0]).startswith(
        "#1 status:status=429,retry_after_ms=1: the client retried in #2 after 0.0"
    )


async def test_the_verdict_is_json_and_a_table_over_http() -> None:
    async with FakeOpenAI() as fake, aiohttp.ClientSession() as session:
        fake.fail(Status(503))
        for _ in range(2):
            await ask(fake, chat())
        async with session.get(f"{fake.url}/_fake/verdict") as response:
            told = await response.json()
        async with session.get(
            f"{fake.url}/_fake/verdict", headers={"Accept": "text/plain"}
        ) as response:
            table = await response.text()

    assert told == json.loads(json.dumps(fake.verdict().to_json()))
    assert told["counts"] == {"retried": 1}
    assert table == f"{fake.verdict()}\n"


async def test_nothing_that_failed_is_said_so() -> None:
    async with FakeOpenAI() as fake:
        await ask(fake, chat())

        assert (str(fake.verdict()), len(fake.verdict())) == ("no request failed", 0)


def test_equal_requests_side_by_side_are_told_apart_by_what_they_bring() -> None:
    requests = Simulation().run(
        [
            Client("q", [Act("cut", 5, "continue", 0.5)]),
            Client("q", [Act("cut", 9, "continue", 0.5)]),
        ]
    )

    judged = judge(requests, 1000)

    assert [(one.delivered, one.brought, one.lost) for one in judged] == [
        (5, 5, False),
        (9, 9, False),
    ]


def test_an_idempotency_key_tells_equal_requests_apart() -> None:
    first, second, third, fourth = (Received("POST", "/x", conversation="q") for _ in range(4))
    for number, (request, key) in enumerate(
        zip((first, second, third, fourth), ("a", "b", "b", "a"), strict=True), 1
    ):
        request.number, request.status, request.time = number, 200, number / 10
        request.headers = {"idempotency-key": key}
        request.ended, request.ended_at = "whole", max(0.25, number / 10)
    for request in (first, second):
        request.status = 503

    assert [one.next for one in judge([first, second, third, fourth], 9)] == [fourth, third]


@dataclass(frozen=True)
class Act:
    """What goes wrong with a request, and what the client does then."""

    fault: str
    amount: int
    does: str
    after: float

    def expected(self) -> tuple[str, bool | None, int | None]:
        did = {"retry": "retried", "continue": "continued", "give up": "gave up"}[self.does]
        if self.fault == "cut":
            return (did, None, self.amount)
        obeyed = None if self.does == "give up" else self.after >= self.amount
        return ("retried" if did == "continued" else did, obeyed, 0)


@dataclass(frozen=True)
class Client:
    """One conversation: an act for each request that fails; the one after them is served."""

    conversation: str
    acts: list[Act]
    begins: float = 0.0


class Simulation:
    """Journals of clients whose doing is known."""

    text = "abcdefghijklmnopqrstuvwxyz"

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.tapes = Tapes()

    def run(self, clients: list[Client]) -> list[Received]:
        for client in clients:
            self._run(client)
        self.requests.sort(key=lambda one: one.time)
        for number, request in enumerate(self.requests, 1):
            request.number = number
        return self.requests

    def _run(self, client: Client) -> None:
        now, prefix = client.begins, ""
        for act in client.acts:
            request = self._request(client, now, prefix)
            now += 0.01
            request.ended, request.ended_at = "fault", now
            if act.fault == "cut":
                request.faults = (Cut(after=3),)
                self._tell(request, self.text[len(prefix) : len(prefix) + act.amount])
            else:
                request.status, request.retry_after = 429, act.amount
                request.faults = (Status(429, retry_after=act.amount),)
            if act.does == "give up":
                return
            if act.does == "continue" and act.fault == "cut":
                prefix = self.text[: len(prefix) + act.amount]
            elif act.fault == "cut":
                prefix = ""
            now += act.after
        self._tell(self._request(client, now, prefix), self.text[len(prefix) :])

    def _request(self, client: Client, now: float, prefix: str) -> Received:
        request = Received("POST", "/v1/chat/completions", body={"stream": True})
        request.conversation, request.prefix, request.time = client.conversation, prefix, now
        request.status, request.ended, request.ended_at = 200, "whole", now + 0.01
        request.tape = self.tapes.new()
        self.requests.append(request)
        return request

    def _tell(self, request: Received, text: str) -> None:
        event = {"choices": [{"index": 0, "delta": {"content": text}}]}
        request.tape.add(request.time, (f"data: {json.dumps(event)}\n\n".encode(),))


ACTS = st.builds(
    Act,
    st.sampled_from(["cut", "429"]),
    st.integers(1, 5),
    st.sampled_from(["retry", "continue", "give up"]),
    st.sampled_from([0.1, 1.0, 5.5]),
)


@given(st.lists(st.lists(ACTS, min_size=1, max_size=4), min_size=1, max_size=12), st.randoms())
def test_of_many_conversations_at_once_each_is_judged_by_itself(
    rows: list[list[Act]], chance: random.Random
) -> None:
    clients = [Client(f"q{n}", acts, chance.random() * 3) for n, acts in enumerate(rows)]

    judged = judge(Simulation().run(clients), 1e6)

    for client in clients:
        mine = [one for one in judged if one.request.conversation == client.conversation]
        done = [act.expected() for act in until_given_up(client.acts)]
        assert [(one.did, one.obeyed) for one in mine] == [(did, ob) for did, ob, _ in done]


@given(ACTS, st.integers(1, 8))
def test_equal_requests_that_are_treated_alike_are_judged_alike(act: Act, clients: int) -> None:
    judged = judge(Simulation().run([Client("q", [act]) for _ in range(clients)]), 1e6)

    done = Counter((one.did, one.obeyed, one.delivered) for one in judged)
    assert done == Counter({act.expected(): clients})


@given(st.lists(st.sampled_from([1, 2, 3, 5, 8]), min_size=1, max_size=8), st.randoms())
def test_equal_clients_that_all_obey_are_all_said_to_obey(
    waits: list[int], chance: random.Random
) -> None:
    clients = [
        Client("q", [Act("429", wait, "retry", wait + chance.random() / 10)], chance.random() / 100)
        for wait in waits
    ]

    judged = judge(Simulation().run(clients), 1e6)

    assert all(one.obeyed for one in judged)


def until_given_up(acts: list[Act]) -> list[Act]:
    taken: list[Act] = []
    for act in acts:
        taken.append(act)
        if act.does == "give up":
            break
    return taken


BEHAVIOURS = ("retry", "obey", "give up", "leave")


@pytest.mark.slow
async def test_many_real_clients_at_once_are_each_judged_right() -> None:
    async def client(fake: FakeOpenAI, question: str, does: str) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1 if does == "leave" else 60):
                await ask(fake, chat(question))
        if does in ("retry", "obey"):
            await asyncio.sleep(0.25 if does == "obey" else 0)
            await ask(fake, chat(question))

    async with FakeOpenAI() as fake:
        chance = random.Random(3)
        does = {f"question {n}": chance.choice(BEHAVIOURS) for n in range(60)}
        for question, behaviour in does.items():
            fault = Stall(after=1) if behaviour == "leave" else Status(429, retry_after_ms=200)
            fake.fail(fault, contains=question + "!")
        await asyncio.gather(*(client(fake, q + "!", d) for q, d in does.items()))
        await fake.quiet()
        await asyncio.sleep(0.25)
        verdict = fake.verdict()

    expected = {
        "retry": ("retried", False),
        "obey": ("retried", True),
        "give up": ("gave up", None),
        "leave": ("left", None),
    }
    judged = {one.request.question[:-1]: (one.did, one.obeyed) for one in verdict}
    assert judged == {question: expected[behaviour] for question, behaviour in does.items()}


def test_a_verdict_on_nothing_is_empty() -> None:
    assert list(Verdict(())) == []


async def test_a_stored_response_that_is_told_on_is_resumed() -> None:
    body = {"model": "gpt-4o-mini", "input": "Hi", "stream": True, "background": True}
    async with FakeOpenAI() as fake, aiohttp.ClientSession(headers=KEY) as session:
        fake.reply("One two three four.")
        fake.fail(Cut(after=8))
        async with session.post(f"{fake.base_url}/responses", json=body) as response:
            raw = b""
            with contextlib.suppress(aiohttp.ClientPayloadError):
                async for chunk in response.content.iter_any():
                    raw += chunk
        id = json.loads(raw.split(b"data: ", 2)[1].split(b"\n")[0])["response"]["id"]
        url = f"{fake.base_url}/responses/{id}?stream=true&starting_after=7"
        async with session.get(url) as response:
            rest = await response.read()
        (one,) = fake.verdict()

    assert b"response.completed" in rest
    assert (one.did, one.lost, one.recovered) == ("resumed", False, True)
    assert one.next is fake.requests[1]
