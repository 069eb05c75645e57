"""Answers over several servers, on real sockets, through the client and under aiohttp."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest

from fake_openai import Cut, ErrorEvent, FakeOpenAI, FakeOpenAIThread, Fault, Stall, Status
from steadystream import (
    Answer,
    Backoff,
    Economy,
    Fallback,
    GaveUp,
    InvalidRequest,
    Profile,
    Rejected,
    Retries,
    Rung,
    SteadyClient,
    SteadyStream,
    StreamFault,
    Timeouts,
    Verdict,
    answer_of,
    fault_of,
)
from support.wire import END, OK, http_chunk, response, wire

TEXT = "Once upon a time there was a small server that never gave up, and it went on and on."
MESSAGES = [{"role": "user", "content": "Tell me a story."}]
BODY: dict[str, Any] = {"model": "m", "messages": MESSAGES, "stream": True}
KEYS = {name: f"sk-key-of-{name}-only" for name in "abc"}
QUICK = Retries(attempts=5, backoff=Backoff(base=0.001, cap=0.002))
SHELLS = ("client", "middleware")


@asynccontextmanager
async def servers(*dialects: str) -> AsyncIterator[list[FakeOpenAI]]:
    """Serve one text in several dialects, each behind a key of its own."""
    async with AsyncExitStack() as stack:
        fakes = []
        for dialect, key in zip(dialects, KEYS.values(), strict=False):
            fake = await stack.enter_async_context(FakeOpenAI(dialect, api_keys=[key]))
            fake.reply(TEXT)
            fakes.append(fake)
        yield fakes
        for fake in fakes:
            assert await fake.quiet() == 0


def others(*fakes: FakeOpenAI) -> list[Fallback]:
    return [
        Fallback(
            base_url=fake.url + "/beta" if fake.dialect.name == "deepseek" else fake.base_url,
            api_key=key,
            model=f"model-{number}",
            dialect=fake.dialect.name,
        )
        for number, (fake, key) in enumerate(zip(fakes, list(KEYS.values())[1:], strict=False), 2)
    ]


async def ask(
    shell: str, first: FakeOpenAI, fallbacks: Sequence[Fallback], **settings: Any
) -> tuple[str, Answer]:
    """Return the text that a consumer got, and the answer behind it."""
    given = {"dialect": first.dialect.name, "retries": QUICK, "fallbacks": fallbacks} | settings
    if shell == "client":
        async with SteadyClient(first.base_url, api_key=KEYS["a"], **given) as client:
            async with client.stream(model="m", messages=MESSAGES) as answer:
                return "".join([text async for text in answer.text()]), answer
    headers = {"Authorization": f"Bearer {KEYS['a']}"}
    async with (
        aiohttp.ClientSession(middlewares=(SteadyStream(**given),)) as session,
        session.post(f"{first.base_url}/chat/completions", json=BODY, headers=headers) as got,
    ):
        body = await got.text()
        found = answer_of(got)
        assert isinstance(found, Answer)
    chunks = [json.loads(line[6:]) for line in body.split("\n") if line.startswith("data: {")]
    return "".join(c["delta"].get("content") or "" for x in chunks for c in x["choices"]), found


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "fault", [Status(401), Status(403), Status(404), Status(503), Cut(after=0), ErrorEvent(after=0)]
)
async def test_who_does_not_begin_to_answer_is_followed_by_the_next(
    shell: str, fault: Fault
) -> None:
    async with servers("openai", "vllm") as (one, two):
        one.fail(fault, times=None)

        text, answer = await ask(shell, one, others(two))

    assert text == TEXT
    assert answer.seams == ()
    assert answer.attempts[-1].upstream.startswith("model-2 at ")
    assert answer.verdict is Verdict.COMPLETE


@pytest.mark.parametrize("shell", SHELLS)
async def test_a_server_that_is_not_there_is_followed_by_the_next(shell: str) -> None:
    async with servers("openai", "vllm") as (one, two), one.refusing():
        text, answer = await ask(shell, one, others(two))

    assert text == TEXT
    assert len(answer.attempts) == 2


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("dialect", ["vllm", "deepseek", "mistral", "qwen", "kimi", "groq"])
async def test_another_server_goes_on_in_its_own_dialect(shell: str, dialect: str) -> None:
    async with servers("openai", dialect) as (one, two):
        one.fail(Cut(after=6), Status(401), times=None)

        text, answer = await ask(shell, one, others(two))

        assert len(two.requests) == 1
    assert text == TEXT
    (seam,) = answer.seams
    assert seam.rung in {Rung.EXACT_PREFIX, Rung.PREFILL}
    assert (seam.before.model, seam.after.model) == ("m", "model-2")
    assert seam.changes_model
    assert f"with another model than {seam.before.upstream}" in answer.explain()
    assert answer.transcript.model == "m"


@pytest.mark.parametrize("shell", SHELLS)
async def test_an_answer_may_come_from_three_servers(shell: str) -> None:
    async with servers("vllm", "deepseek", "mistral") as (one, two, three):
        one.fail(Cut(after=5), Status(401), times=None)
        two.fail(Cut(after=4), Status(404), times=None)

        text, answer = await ask(shell, one, others(two, three))

    assert text == TEXT
    assert [(s.before.model, s.after.model) for s in answer.seams] == [
        ("m", "model-2"),
        ("model-2", "model-3"),
    ]


@pytest.mark.parametrize("shell", SHELLS)
async def test_a_server_that_falls_silent_is_followed_by_the_next(shell: str) -> None:
    async with servers("vllm", "vllm") as (one, two):
        one.fail(Stall(after=5), Stall(after=0), times=None)

        text, _ = await ask(
            shell,
            one,
            others(two),
            timeouts=Timeouts(first_token=0.1, idle=0.1),
            retries=Retries(attempts_each=1, backoff=Backoff(base=0.001)),
        )

    assert text == TEXT


@pytest.mark.parametrize("shell", SHELLS)
async def test_where_only_regenerating_is_left_another_model_that_says_the_same_will_do(
    shell: str,
) -> None:
    async with servers("openai", "openai") as (one, two):
        one.fail(Cut(after=6), Status(401), times=None)

        text, answer = await ask(shell, one, others(two))

    assert text == TEXT
    assert [(s.rung, s.verified) for s in answer.seams] == [(Rung.REGENERATE, True)]


@pytest.mark.parametrize("shell", SHELLS)
async def test_of_another_model_that_says_something_else_nothing_is_delivered(shell: str) -> None:
    async with servers("openai", "openai") as (one, two):
        one.fail(Cut(after=6), Status(401), times=None)
        two.reply("Something else entirely.")

        with pytest.raises((StreamFault, aiohttp.ClientError)) as caught:
            await ask(shell, one, others(two))

    fault = fault_of(caught.value)
    assert fault is not None
    assert fault.gave_up is GaveUp.CONTINUATION_REFUSED
    assert fault.partial is not None
    assert TEXT.startswith(fault.partial.text)


async def test_what_is_wrong_with_a_request_is_asked_nobody_else() -> None:
    async with servers("openai", "vllm") as (one, two):
        one.fail(Status(400), times=None)

        with pytest.raises(Rejected, match="got status 400"):
            await ask("client", one, others(two))

        assert two.requests == []


async def test_under_aiohttp_it_is_returned_as_it_came() -> None:
    async with servers("openai", "vllm") as (one, two):
        one.fail(Status(400), times=None)
        middleware = SteadyStream(fallbacks=others(two))
        headers = {"Authorization": f"Bearer {KEYS['a']}"}
        async with (
            aiohttp.ClientSession(middlewares=(middleware,)) as session,
            session.post(one.base_url + "/chat/completions", json=BODY, headers=headers) as got,
        ):
            assert got.status == 400
            assert "error" in await got.json()

        assert two.requests == []


async def test_where_all_refuse_the_last_refusal_is_returned() -> None:
    async with servers("openai", "vllm") as (one, two):
        one.fail(Status(401), times=None)
        two.fail(Status(404), times=None)
        middleware = SteadyStream(fallbacks=others(two))
        headers = {"Authorization": f"Bearer {KEYS['a']}"}
        async with (
            aiohttp.ClientSession(middlewares=(middleware,)) as session,
            session.post(one.base_url + "/chat/completions", json=BODY, headers=headers) as got,
        ):
            assert got.status == 404


async def test_fallbacks_of_one_request_count_instead_of_the_clients() -> None:
    async with servers("openai", "vllm", "vllm") as (one, two, three):
        one.fail(Status(401), times=None)
        two_, three_ = others(two, three)
        async with SteadyClient(
            one.base_url, api_key=KEYS["a"], retries=QUICK, fallbacks=[two_]
        ) as client:
            whole = await client.complete(model="m", messages=MESSAGES, fallbacks=[three_])
            with pytest.raises(Rejected, match="401"):
                await client.complete(model="m", messages=MESSAGES, fallbacks=[])

        assert whole["choices"][0]["message"]["content"] == TEXT
        assert (len(two.requests), len(three.requests)) == (0, 1)


async def test_another_model_at_the_same_server_is_asked_with_the_same_key() -> None:
    async with servers("openai") as (one,):
        one.models = ["small"]
        async with SteadyClient(
            one.base_url, api_key=KEYS["a"], fallbacks=[Fallback(model="small")]
        ) as client:
            whole = await client.complete(model="large", messages=MESSAGES)

        assert [r.status for r in one.requests] == [404, 200]
    assert whole["choices"][0]["message"]["content"] == TEXT


async def test_a_fallback_is_spoken_to_as_the_profiles_say() -> None:
    async with servers("openai", "vllm") as (one, two):
        one.fail(Cut(after=6), Status(401), times=None)
        fallback = Fallback(base_url=two.base_url, api_key=KEYS["b"])

        text, answer = await ask(
            "client", one, [fallback], profiles=Profile(base_url=two.base_url, dialect="vllm")
        )

    assert text == TEXT
    assert [(s.rung, s.changes_model) for s in answer.seams] == [(Rung.EXACT_PREFIX, False)]


def test_without_an_event_loop_it_is_the_same() -> None:
    with (
        FakeOpenAIThread("openai", api_keys=[KEYS["a"]]) as one,
        FakeOpenAIThread("vllm", api_keys=[KEYS["b"]]) as two,
    ):
        for fake in (one, two):
            fake.reply(TEXT)
        one.fail(Cut(after=6), Status(401), times=None)
        fallback = Fallback(base_url=two.base_url, api_key=KEYS["b"], model="n", dialect="vllm")
        client = SteadyClient(one.base_url, api_key=KEYS["a"], retries=QUICK, fallbacks=[fallback])
        with client.sync() as steady, steady.stream(model="m", messages=MESSAGES) as answer:
            assert "".join(answer.text()) == TEXT
        assert [seam.after.model for seam in answer.seams] == ["n"]


async def test_the_keys_of_all_are_taken_out_of_what_each_says() -> None:
    said = json.dumps({"error": {"message": f"I was told {KEYS['a']} and {KEYS['b']}"}}).encode()
    refusal = response("401 No", said, "Content-Type: application/json")
    async with wire([refusal]) as one, wire([refusal]) as two:
        fallback = Fallback(base_url=two.url, api_key=KEYS["b"])
        async with SteadyClient(one.url, api_key=KEYS["a"], fallbacks=[fallback]) as client:
            with pytest.raises(Rejected) as caught:
                await client.complete(model="m", messages=MESSAGES)

    faults = [caught.value, caught.value.__cause__]
    assert [str(fault).count("[key]") for fault in faults] == [2, 2]


SECRET = {
    "Authorization": f"Bearer {KEYS['a']}",
    "api-key": "azure-key-of-a",
    "X-Api-Key": "x-key-of-a",
    "Cookie": "cookie-of-a=1",
    "OpenAI-Organization": "org-of-a",
    "OpenAI-Project": "project-of-a",
    "X-Stainless-Lang": "lang-of-a",
}
STREAM = [
    OK,
    http_chunk(b'data: {"id":"1","choices":[{"index":0,"delta":{"content":"one"}}]}\n\n'),
    http_chunk(b'data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'),
    END,
]


async def test_under_aiohttp_no_header_of_the_caller_reaches_another_host() -> None:
    async with wire([response("503 No", b"")]) as one, wire(STREAM) as two:
        middleware = SteadyStream(
            retries=QUICK, fallbacks=[Fallback(base_url=two.url, api_key=KEYS["b"])]
        )
        jar = aiohttp.CookieJar(unsafe=True)
        async with (
            aiohttp.ClientSession(
                middlewares=(middleware,), cookies={"jar": "jar-of-a"}, cookie_jar=jar
            ) as session,
            session.post(f"{one.url}/chat/completions", json=BODY, headers=SECRET) as got,
        ):
            assert b"one" in await got.read()

    for head, _ in one.requests:
        assert b"cookie-of-a" in head
        assert KEYS["b"].encode() not in head
    ((head, body),) = two.requests
    assert b"of-a" not in head
    assert f"Authorization: Bearer {KEYS['b']}\r\n".encode() in head
    assert f"Host: {two.url.split('/')[2]}\r\n".encode() in head
    assert head.startswith(b"POST /v1/chat/completions ")
    assert json.loads(body) == BODY


async def test_the_first_is_asked_as_before_after_another_was_asked() -> None:
    down = response("503 No", b"")
    async with wire([down], STREAM) as one, wire([down]) as two:
        middleware = SteadyStream(
            dialect="vllm",  # which knows no idempotency key
            retries=Retries(attempts_each=1, backoff=Backoff(base=0.001)),
            fallbacks=[Fallback(base_url=two.url, api_key=None, model="n")],
        )
        async with (
            aiohttp.ClientSession(middlewares=(middleware,)) as session,
            session.post(f"{one.url}/chat/completions", json=BODY, headers=SECRET) as got,
        ):
            assert b"one" in await got.read()

    (first, body), (again, same) = one.requests
    assert body == same
    assert sorted(first.split(b"\r\n")) == sorted(again.split(b"\r\n"))
    assert b"Authorization" not in two.requests[0][0]


async def test_a_redirect_of_another_host_is_not_followed_with_the_callers_headers() -> None:
    async with wire(STREAM) as trap:
        away = response("307 Away", b"", f"Location: {trap.url}/chat/completions")
        async with wire([response("401 No", b"")]) as one, wire([away]) as two:
            middleware = SteadyStream(
                retries=QUICK, fallbacks=[Fallback(base_url=two.url, api_key=None)]
            )
            async with aiohttp.ClientSession(middlewares=(middleware,)) as session:
                with pytest.raises(aiohttp.ClientPayloadError):
                    await session.post(f"{one.url}/chat/completions", json=BODY, headers=SECRET)

        assert trap.requests == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"headers": {"Authorization": "Bearer x"}}, "session must send no Authorization of its"),
        ({"headers": {"api-key": "x"}}, "session must send no api-key of its own"),
        ({"cookies": {"a": "b"}}, "session must have no cookies without a domain"),
    ],
)
async def test_a_session_whose_secrets_would_reach_another_host_is_refused(
    settings: dict[str, Any], message: str
) -> None:
    fallback = Fallback(base_url="https://two.example/v1", api_key=None)
    async with aiohttp.ClientSession(**settings) as session:
        client = SteadyClient(
            "https://one.example/v1", api_key=None, session=session, fallbacks=[fallback]
        )
        with pytest.raises(InvalidRequest, match=message):
            client.stream(model="m", messages=MESSAGES)
        client.stream(model="m", messages=MESSAGES, fallbacks=[Fallback(model="n")])


@pytest.mark.parametrize(
    "make", [SteadyStream, lambda **s: SteadyClient("http://h", api_key=None, **s)]
)
def test_another_host_without_a_key_is_refused(make: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"fallback\.api_key must be given for https://two"):
        make(fallbacks=[Fallback(base_url="https://two.example/v1")])


async def test_many_answers_share_a_breaker_for_each_upstream() -> None:
    async with servers("openai", "vllm") as (one, two):
        one.fail(Status(503), times=None)
        economy = Economy()
        async with SteadyClient(
            one.base_url, api_key=KEYS["a"], retries=QUICK, fallbacks=others(two), economy=economy
        ) as client:
            answers = await asyncio.gather(
                *[client.complete(model="m", messages=MESSAGES) for _ in range(20)]
            )
            again = client.stream(model="m", messages=MESSAGES)
            async with again:
                await again.finish()

    assert {a["choices"][0]["message"]["content"] for a in answers} == {TEXT}
    states = {name.split(" ")[0]: breaker for name, breaker in economy.breakers.items()}
    now = asyncio.get_running_loop().time()
    assert {name: str(b.state(now)) for name, b in states.items()} == {
        "m": "open",
        "model-2": "closed",
    }
    assert [type(a.fault).__name__ for a in again.attempts] == ["BreakerOpen", "NoneType"]
