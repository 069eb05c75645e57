"""Which requests a script or a fault is for."""

from __future__ import annotations

import json
import re
from typing import Any

import aiohttp
import pytest

from fake_openai import (
    Answer,
    Cut,
    FakeOpenAI,
    Received,
    Reply,
    ResetBeforeHeaders,
    Status,
    tool_call,
)
from fake_openai.endpoint import Endpoint
from fake_openai.endpoints import ENDPOINTS
from fake_openai.scripts import rulebook
from fake_openai.scripts.match import Match, brief
from support.openai_client import ask, chat

KEY = {"Authorization": "Bearer any"}
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": {}}}


def received(question: str = "", **body: Any) -> Received:
    asked = {"messages": [{"role": "user", "content": question}], **body}
    model = body.get("model", "m")
    return Received("POST", "/v1/chat/completions", endpoint="chat", model=model, body=asked,
                    question=question)  # fmt: skip


async def post(fake: FakeOpenAI, path: str, body: Any) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(fake.base_url + path, json=body, headers=KEY) as response,
    ):
        await response.read()
        return response.status


@pytest.mark.parametrize(
    ("conditions", "asked", "meant"),
    [
        ({"model": "gpt-4o"}, received(model="gpt-4o"), True),
        ({"model": "gpt-4o"}, received(model="gpt-4o-mini"), False),
        ({"model": "gpt-4o*"}, received(model="gpt-4o-mini"), True),
        ({"model": "*[x]"}, received(model="a[x]"), True),
        ({"contains": "cat"}, received("a cat?"), True),
        ({"contains": "cat"}, received("a dog?"), False),
        ({"matching": r"^\d+$"}, received("42"), True),
        ({"matching": re.compile("CAT", re.IGNORECASE)}, received("a cat?"), True),
        ({"matching": r"^\d+$"}, received("a 42"), False),
        ({"tools": "get_weather"}, received(tools=[WEATHER]), True),
        ({"tools": ["get_weather", "other"]}, received(tools=[WEATHER]), False),
        ({"tools": []}, received(tools=[WEATHER]), False),
        ({"tools": []}, received(), True),
        ({"role": "tool"}, received(messages=[{"role": "tool", "content": "x"}]), True),
        ({"role": "tool"}, received("x"), False),
        ({"endpoint": "chat"}, received(), True),
        ({"endpoint": "models"}, received(), False),
        ({"when": lambda r: r.body.get("temperature") == 0}, received(temperature=0), True),
        ({"when": lambda r: r.body.get("temperature") == 0}, received(), False),
        ({"model": "m", "contains": "cat"}, received("a dog"), False),
    ],
)
def test_a_condition_says_which_requests_are_meant(
    conditions: dict[str, Any], asked: Received, meant: bool
) -> None:
    match = Match(**conditions)

    assert match.matches(asked) is meant
    assert (not match.differences(asked)) is meant


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ({"model": "gpt-4o"}, "model: wanted 'gpt-4o', got 'm'"),
        ({"contains": "cat"}, "contains: wanted 'cat', got 'a dog'"),
        ({"matching": "^c"}, "matching: wanted '^c', got 'a dog'"),
        ({"tools": ["f"]}, "tools: wanted 'f', got none"),
        ({"role": "tool"}, "role: wanted 'tool', got 'user'"),
        ({"endpoint": "models"}, "endpoint: wanted 'models', got 'chat'"),
    ],
)
def test_a_difference_says_what_was_wanted_and_what_came(
    conditions: dict[str, Any], told: str
) -> None:
    assert [str(one) for one in Match(**conditions).differences(received("a dog"))] == [told]


def test_a_long_text_is_shown_with_its_beginning_and_its_end() -> None:
    assert brief("a" * 500 + "z") == f"'{'a' * 59} ... {'a' * 58}z'"


@pytest.mark.parametrize(
    ("conditions", "error", "told"),
    [
        ({"modle": "x"}, TypeError, "no condition 'modle': did you mean 'model'"),
        ({"model": 3}, TypeError, "model must be text or None, got 3"),
        ({"endpoint": "chats"}, ValueError, "no endpoint 'chats': did you mean 'chat'"),
        ({"matching": "("}, ValueError, "matching must be a regular expression, got '\\('"),
        ({"tools": 3}, TypeError, "tools must be a name or a list of names, got 3"),
        ({"when": True}, TypeError, "when must be a function, got True"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_where_it_is_given(
    conditions: dict[str, Any], error: type[Exception], told: str
) -> None:
    fake = FakeOpenAI()

    for call in (fake.reply, fake.sequence):
        with pytest.raises(error, match=told):
            call("x", **conditions)
    with pytest.raises(error, match=told):
        fake.fail(Cut(after=1), **conditions)


async def test_a_script_with_a_condition_serves_what_it_is_for() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("else")
        fake.reply("numbers", matching=r"^\d+$")
        fake.reply("by rule", when=lambda asked: asked.question.startswith("!"))

        assert [(await ask(fake, chat(q))).text for q in ("7", "!x", "hi")] == [
            "numbers",
            "by rule",
            "else",
        ]


async def test_a_tool_call_is_an_answer() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(tool_call("get_weather", city="Oslo"), tools="get_weather")
        whole = await ask(fake, chat("Hi", stream=False, tools=[WEATHER]))

    call = whole.json()["choices"][0]["message"]["tool_calls"][0]["function"]
    assert call == {"name": "get_weather", "arguments": '{"city":"Oslo"}'}


async def test_a_list_of_tool_calls_is_one_answer() -> None:
    async with FakeOpenAI() as fake:
        fake.reply([tool_call("a"), tool_call("b")])

        assert fake.answer_to(chat()) == Answer(tool_calls=[tool_call("a"), tool_call("b")])


async def test_a_sequence_is_dealt_out_in_order_and_then_is_over() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("after")
        fake.sequence("one", "two")
        fake.sequence("three")

        said = [(await ask(fake, chat(f"q{n}"))).text for n in range(4)]

    assert said == ["one", "two", "three", "after"]


async def test_a_script_in_order_waits_for_those_before_it() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("else")
        fake.reply("first", contains="a", in_order=True)
        fake.reply("second", contains="b", in_order=True)

        said = [(await ask(fake, chat(q))).text for q in ("b1", "a", "b2")]

    assert said == ["else", "first", "second"]


async def test_a_condition_may_script() -> None:
    async with FakeOpenAI() as fake:

        def more(asked: Received) -> bool:
            fake.reply("later", contains="later")
            return True

        fake.reply("now", when=more, times=1)

        assert (await ask(fake, chat("hi"))).text == "now"
        assert (await ask(fake, chat("later"))).text == "later"


async def test_strict_refuses_what_no_script_matches_and_names_the_nearest() -> None:
    async with FakeOpenAI() as fake:
        fake.strict = True
        fake.reply("far", model="other", contains="nothing alike")
        fake.reply("near", contains="weather")
        raw = await ask(fake, chat("the wether", stream=False))

    error = raw.json()["error"]
    assert (raw.status, error["code"]) == (400, "fake_no_script")
    assert "The nearest is reply('near', contains='weather'), used 0" in error["message"]
    assert "contains: wanted 'weather', got 'the wether'" in error["message"]


async def test_strict_says_where_all_scripts_are_used_up() -> None:
    async with FakeOpenAI() as fake:
        fake.strict = True
        fake.sequence("one")
        answers = [await ask(fake, chat(q, stream=False)) for q in ("a", "b")]

    assert "All 1 scripts are used up" in answers[1].json()["error"]["message"]


async def test_strict_lets_a_retry_have_the_answer_of_its_conversation() -> None:
    async with FakeOpenAI() as fake:
        fake.strict = True
        fake.sequence("one")
        fake.fail(Status(500))

        assert [(await ask(fake, chat())).status for _ in range(2)] == [500, 200]


async def test_a_refused_request_uses_up_no_fault() -> None:
    async with FakeOpenAI() as fake:
        fake.strict = True
        fake.fail(Status(503))
        assert (await ask(fake, chat("a"))).status == 400
        fake.reply("x")

        assert (await ask(fake, chat("a"))).status == 503


async def test_a_fault_strikes_get_only_where_it_names_the_endpoint() -> None:
    async with FakeOpenAI() as fake, aiohttp.ClientSession(headers=KEY) as session:
        fake.fail(Status(503))
        async with session.get(f"{fake.base_url}/models") as untouched:
            assert untouched.status == 200
        fake.fail(Status(502), endpoint="models")
        async with session.get(f"{fake.base_url}/models") as struck:
            assert struck.status == 502

        assert (await ask(fake, chat())).status == 503


async def test_a_fault_in_the_body_cuts_what_no_model_made() -> None:
    async with FakeOpenAI() as fake, aiohttp.ClientSession(headers=KEY) as session:
        fake.fail(Cut(at_byte=10), endpoint="models")
        async with session.get(f"{fake.base_url}/models") as cut:
            with pytest.raises(aiohttp.ClientPayloadError):
                await cut.read()
        entry = fake.requests[0]

    assert (entry.ended, entry.bytes_sent, entry.faults) == ("fault", 10, (Cut(at_byte=10),))
    assert b"".join(one.data for one in entry.sent) == b'{\n  "objec'


BODIES: dict[str, dict[str, Any]] = {
    "/chat/completions": {"model": "m", "messages": [{"role": "user", "content": "cat"}]},
    "/completions": {"model": "gpt-3.5-turbo-instruct", "prompt": "cat"},
    "/responses": {"model": "gpt-4o-mini", "input": "cat"},
    "/embeddings": {"model": "text-embedding-3-small", "input": "cat"},
    "/moderations": {"input": "cat"},
}
POSTS = [endpoint for endpoint in ENDPOINTS if endpoint.method == "POST"]


@pytest.mark.parametrize("endpoint", POSTS, ids=lambda endpoint: endpoint.path)
async def test_faults_reach_every_endpoint_that_is_asked_with_post(endpoint: Endpoint) -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(503), ResetBeforeHeaders())
        path = endpoint.path.replace("{id}", "x")
        body = BODIES.get(endpoint.path, {})

        assert await post(fake, path, body) == 503
        with pytest.raises(aiohttp.ClientError):
            await post(fake, path, body)
        assert [entry.faults for entry in fake.requests] == [
            (Status(503),),
            (ResetBeforeHeaders(),),
        ]


@pytest.mark.parametrize("path", BODIES)
async def test_conditions_on_the_text_are_met_at_every_endpoint(path: str) -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(503), contains="cat", times=None)
        fake.fail(Status(500), contains="dog", times=None)

        assert await post(fake, path, BODIES[path]) == 503
        dog = json.loads(json.dumps(BODIES[path]).replace("cat", "dog"))
        assert await post(fake, path, dog) == 500


@pytest.mark.parametrize("path", BODIES)
async def test_a_cut_cuts_the_body_of_every_endpoint(path: str) -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Cut(at_byte=20))
        with pytest.raises(aiohttp.ClientPayloadError):
            await post(fake, path, BODIES[path])

        assert (fake.requests[0].bytes_sent, fake.requests[0].ended) == (20, "fault")


async def test_what_a_plan_says_is_for_every_endpoint() -> None:
    async with FakeOpenAI() as fake:
        fake.plan = lambda asked: Reply("x", Status(503) if asked.attempt == 1 else ())

        for path, body in BODIES.items():
            assert [await post(fake, path, body) for _ in range(2)] == [503, 200]


def test_of_scripts_that_are_used_up_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulebook, "_KEPT", 3)
    rules = rulebook.Rules()
    lasting = rulebook.Rule(["lasting"], None)
    rules.add(lasting)
    for number in range(10):
        rules.add(rulebook.Rule([number], 1, used=1))

    assert [rule.items[0] for rule in rules.list()] == ["lasting", 7, 8, 9]
