"""What the admin API says of wrong input is said in words of JSON, whatever came, wherever."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from fake_openai import Answer, FakeOpenAI, Latency, Limits
from fake_openai.admin.table import ROUTES
from fake_openai.faults import KINDS
from support.openai_client import ask, chat

WRONG: list[Any] = [
    *(None, True, -1, 1.5, "none", "", [], {}, [None], [True], [{}], [[]], {"a": None}),
    *({"kind": None}, {"kind": True}, {"text": None}, {"name": None}),
]
PYTHON = re.compile(
    r"\b(None|True|False|NoneType|dict|tuple|str|bool|int|float|Mapping|mapping|iterable|inf|nan"
    r"|Answer|ToolCall|Citation|Chance|Latency|Limits|Writes|Fixed|Uniform|instance)\b|\{'|\['"
)
PARTS = {
    "answer": [
        "text",
        "reasoning",
        "tool_calls",
        "refusal",
        "finish_reason",
        "chunks",
        "citations",
    ],
    "latency": ["first_token", "between", "jitter", "per_prompt_token", "load", "profile"],
    "writes": ["mode", "newline", "bom", "space_after_colon", "gap"],
    "limits": ["requests_per_minute", "tokens_per_minute", "concurrent", "quota"],
}
Case = tuple[str, str, Any]


def of_routes() -> Iterator[Case]:
    """Yield a call for each member of each body with each wrong value, and such bodies."""
    for route in ROUTES:
        if route.body is None or "{" in route.path:
            continue
        names = [one.name for one in route.body]
        given = {"answer": "x"} if "answer" in names else {}
        given |= {"fault": "no_done"} if "fault" in names else {}
        for value in WRONG:
            yield route.method, route.path, value
            for name in names:
                others = {} if name.rstrip("s") in given else given
                yield route.method, route.path, {**others, name: value}


def of_parts() -> Iterator[Case]:
    for value in WRONG:
        for part, names in PARTS.items():
            for name in names:
                where = "/_fake/replies" if part == "answer" else "/_fake/settings"
                method = "POST" if part == "answer" else "PATCH"
                yield method, where, {part: {name: value}}
        for name in ("name", "arguments", "id", "custom"):
            yield "POST", "/_fake/replies", {"answer": [{"name": "f", name: value}]}
        for name in ("url", "title", "start", "end"):
            cited = [{"url": "u", name: value}]
            yield "POST", "/_fake/replies", {"answer": {"citations": cited}}
        for kind in ("fixed", "uniform", "normal", "lognormal", "recorded"):
            for name in ("seconds", "low", "median", "times", "mean"):
                time = {"kind": kind, name: value}
                yield "PATCH", "/_fake/settings", {"latency": {"between": time}}


def of_faults() -> Iterator[Case]:
    for name, kind in KINDS.items():
        placed = {"after": 1} if "after" in kind.arguments else {}
        for argument in (*kind.arguments, "probability"):
            given = {} if argument in {"at_byte", "at_seconds", "each"} else placed
            for value in WRONG:
                yield "POST", "/_fake/faults", {"fault": {"kind": name, **given, argument: value}}


@pytest.mark.slow
@pytest.mark.parametrize("cases", [of_routes, of_parts, of_faults])
async def test_no_message_has_words_of_python_in_it(cases: Any) -> None:
    refused, wrong = 0, []
    async with FakeOpenAI() as fake, aiohttp.ClientSession(fake.url) as session:
        for method, path, body in cases():
            data = json.dumps(body)
            async with session.request(method, path, data=data) as response:
                if response.status < 400:
                    continue
                text = await response.text()
                refused += 1
                if response.status != 400 or PYTHON.search(json.loads(text)["error"]["message"]):
                    wrong.append((method, path, data, response.status, text))

    assert refused > 100
    assert not wrong, wrong[:3]


async def said(method: str, path: str, body: Any) -> tuple[int, Any]:
    async with (
        FakeOpenAI() as fake,
        aiohttp.ClientSession(fake.url) as session,
        session.request(method, "/_fake" + path, data=json.dumps(body)) as response,
    ):
        return response.status, json.loads(await response.text() or "null")


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/settings", {"seed": None}, "seed must be integer, got null"),
        ("/settings", {"strict": {"a": True}}, 'strict must be boolean, got {"a": true}'),
        (
            "/settings",
            {"limits": {"quota": True}},
            "quota must be a whole number or null, got true",
        ),
        ("/settings", {"limits": {"quota": 0}}, "quota must be 1 or more, or null for no limit,"),
        ("/settings", {"limits": {"a": 1}}, "there is no member of limits 'a':"),
        ("/settings", {"latency": {"load": 3}}, "load must be an object, got 3"),
        ("/settings", {"latency": {"between": []}}, 'such as {"kind": "uniform",'),
        (
            "/settings",
            {"latency": {"between": {"kind": "recorded", "file": "/no/such"}}},
            "/no/such: No such file or directory",
        ),
    ],
)
async def test_settings_are_refused_in_words_of_json(path: str, body: Any, message: str) -> None:
    status, told = await said("PATCH", path, body)

    assert status == 400
    assert message in told["error"]["message"]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/replies", {"answer": 3}, "expected text, an object, or an array of tool calls, got 3"),
        ("/replies", {"answer": {"a": 1}}, "there is no member of an answer 'a':"),
        ("/replies", {"answer": {"tool_calls": "x"}}, "each of tool_calls of an answer must be"),
        ("/replies", {"answer": {"chunks": 3}}, "chunks of an answer must be an array of texts,"),
        ("/replies", {"answer": {"chunks": [None]}}, "chunks of an answer must be text, got null"),
        ("/replies", {"answer": {"citations": None}}, "citations of an answer must be an array of"),
        ("/faults", {"fault": {"kind": "cut", "after": None}}, "cut needs exactly one of after ("),
        ("/faults", {"fault": {"kind": "stall", "after": 1, "seconds": True}}, "seconds of stall"),
        ("/faults", {"fault": {"kind": "no_done", "probability": 2}}, "probability must be above"),
    ],
)
async def test_scripts_are_refused_in_words_of_json(path: str, body: Any, message: str) -> None:
    status, told = await said("POST", path, body)

    assert status == 400
    assert message in told["error"]["message"]


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
async def test_what_is_no_number_of_json_is_refused(constant: str) -> None:
    async with (
        FakeOpenAI() as fake,
        aiohttp.ClientSession(fake.url) as session,
        session.patch("/_fake/settings", data=f'{{"seed": {constant}}}') as response,
    ):
        told = await response.json()

    assert response.status == 400
    assert told["error"]["message"] == f"the body is no JSON: {constant} is no number of JSON"


async def test_null_takes_limits_latency_writes_and_models_away() -> None:
    async with FakeOpenAI() as fake, aiohttp.ClientSession(fake.url) as session:
        fake.limits, fake.latency = Limits(quota=1), Latency(first_token=60)
        fake.models = ["mine"]
        nothing = {"limits": None, "latency": None, "writes": None, "models": None}
        async with session.patch("/_fake/settings", json=nothing) as response:
            told = await response.json()
        answered = await ask(fake, chat())

    assert (response.status, answered.status) == (200, 200)
    assert (told["limits"], told["latency"], told["models"]) == ({}, {}, None)


async def test_null_is_no_condition_and_no_end() -> None:
    async with FakeOpenAI() as fake, aiohttp.ClientSession(fake.url) as session:
        none = dict.fromkeys(
            ["times", "model", "contains", "matching", "tools", "role", "endpoint"]
        )
        async with session.post("/_fake/replies", json={"answer": "yes", **none}) as response:
            told = await response.json()
        async with session.post("/_fake/assert/called", json=none) as claimed:
            claim = await claimed.json()
        answered = [await ask(fake, chat(question)) for question in ("a", "b")]

    assert (told["match"], told["times"]) == ({}, None)
    assert claim["ok"] is False
    assert [one.text for one in answered] == ["yes", "yes"]


async def test_a_scope_without_a_name_gets_one() -> None:
    status, told = await said("POST", "/scopes", {"name": None})

    assert (status, told["name"]) == (201, "scope-1")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"tool_calls": "x"}, "each of tool_calls of Answer must be a ToolCall, got 'x'"),
        ({"chunks": "abc"}, "chunks of Answer must be a list of texts, got 'abc'"),
        ({"chunks": [1]}, "each of chunks of Answer must be text, got 1"),
        ({"citations": 3}, "citations of Answer must be a list of Citation, got 3"),
    ],
)
def test_an_answer_of_wrong_parts_is_refused_where_it_is_made(wrong: Any, message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        Answer(**wrong)
