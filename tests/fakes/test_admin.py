"""The admin API: everything that Python can drive, over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from openapi_spec_validator import validate

from fake_openai import (
    Cut,
    FakeOpenAI,
    FakeOpenAIThread,
    Latency,
    ManualClock,
    Stall,
    Status,
    Writes,
)
from fake_openai.admin import conditions, openapi, settings
from fake_openai.admin.route import Route
from fake_openai.admin.table import ROUTES
from support.openai_client import ask, chat


class Admin:
    """Calls the admin API of a fake."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session

    async def __call__(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else json.dumps(body)
        url = f"{self.url}/_fake{path}"
        async with self.session.request(method, url, data=data, headers=sent) as response:
            text = await response.text()
            is_json = response.content_type == "application/json"
            return response.status, json.loads(text) if is_json else text


@asynccontextmanager
async def driven(**settings: Any) -> AsyncIterator[tuple[FakeOpenAI, Admin]]:
    async with FakeOpenAI(**settings) as fake, aiohttp.ClientSession() as session:
        yield fake, Admin(fake.url, session)


def test_the_description_is_valid_openapi_and_has_every_route() -> None:
    told = openapi.document(ROUTES)

    validate(told)
    described = {(m.upper(), path) for path, ms in told["paths"].items() for m in ms}
    assert described == {(route.method, route.path) for route in ROUTES}


async def test_the_description_is_served() -> None:
    async with driven() as (_, admin):
        assert await admin("GET", "/openapi.json") == (200, openapi.document(ROUTES))


async def test_a_scripted_answer_is_given() -> None:
    async with driven() as (fake, admin):
        status, rule = await admin("POST", "/replies", {"answer": "Hello.", "contains": "Hi"})

        assert (status, rule["match"], rule["used"]) == (201, {"contains": "Hi"}, 0)
        assert (await ask(fake, chat("Hi"))).text == "Hello."
        _, listed = await admin("GET", "/replies")
        assert [one["used"] for one in listed["replies"]] == [1]


async def test_a_tool_call_and_several_answers_in_order_are_json() -> None:
    call = {"name": "get_weather", "arguments": {"city": "Oslo"}}
    async with driven() as (fake, admin):
        await admin("POST", "/replies", {"answers": [[call], {"text": "Sunny."}], "in_order": True})
        first = await ask(fake, chat("a", stream=False))
        second = await ask(fake, chat("b"))

    function = first.json()["choices"][0]["message"]["tool_calls"][0]["function"]
    assert function == {"name": "get_weather", "arguments": '{"city":"Oslo"}'}
    assert second.text == "Sunny."


@pytest.mark.parametrize(
    "fault", [{"kind": "cut", "after": 2}, "cut:after=2", [{"kind": "cut", "after": 2}]]
)
async def test_a_fault_strikes_once(fault: Any) -> None:
    async with driven() as (fake, admin):
        assert (await admin("POST", "/faults", {"fault": fault}))[0] == 201
        ends = [(await ask(fake, chat())).end for _ in range(2)]

        assert ends == ["cut", "whole"]
        assert fake.requests[0].faults == (Cut(after=2),)


async def test_faults_are_dealt_out_one_after_another_and_for_ever_if_times_is_null() -> None:
    async with driven() as (fake, admin):
        body = {"faults": ["status:503", "status:429"], "times": None}
        await admin("POST", "/faults", body)

        assert [(await ask(fake, chat())).status for _ in range(5)] == [503, 429, 503, 429, 503]


async def test_the_schema_of_faults_is_told() -> None:
    async with driven() as (_, admin):
        status, schema = await admin("GET", "/faults/schema")

    kinds = {one["properties"]["kind"]["const"] for one in schema["oneOf"]}
    assert status == 200
    assert {"cut", "stall", "status"} <= kinds


async def test_settings_are_changed_one_by_one() -> None:
    async with driven() as (fake, admin):
        body = {"seed": 7, "dialect": "groq", "latency": {"first_token": 0.5}, "writes": "lines"}
        status, told = await admin("PATCH", "/settings", body)

        assert (status, told["seed"], told["dialect"], told["strict"]) == (200, 7, "groq", False)
        assert (fake.seed, fake.dialect.name) == (7, "groq")
        assert (fake.latency, fake.writes) == (Latency(0.5), Writes("lines"))
        assert (await admin("GET", "/settings"))[1] == told


async def test_the_models_of_a_scope_are_its_own() -> None:
    async with driven() as (fake, admin):
        await admin("POST", "/scopes", {"name": "x", "models": ["only-this"]})
        mine = {"X_Fake_Scope": "x"}

        assert (await admin("GET", "/settings", **mine))[1]["models"] == ["only-this"]
        assert (await admin("GET", "/settings"))[1]["models"] is None
        assert fake.scope("x").models == ("only-this",)


async def test_a_scope_is_made_used_and_deleted() -> None:
    async with driven() as (fake, admin):
        status, scope = await admin("POST", "/scopes", {"name": "my test", "strict": True})
        mine = {"X_Fake_Scope": "my test"}
        await admin("POST", "/replies", {"answer": "mine"}, **mine)
        answered = await ask_as(fake, scope["api_key"])

        assert status == 201
        assert scope["headers"] == {"X-Fake-Scope": "my test"}
        assert answered == "mine"
        names = [one["name"] for one in (await admin("GET", "/scopes"))[1]["scopes"]]
        assert names == ["default", "my test"]
        assert (await admin("GET", "/scopes/my%20test"))[1]["requests"] == 1
        assert (await admin("GET", "/journal"))[1] == {"requests": [], "total": 0}
        assert (await admin("GET", "/journal?scope=my+test"))[1]["total"] == 1
        assert (await admin("DELETE", "/scopes/my%20test"))[0] == 204
        assert (await admin("GET", "/scopes/my%20test"))[0] == 404


async def ask_as(fake: FakeOpenAI, key: str) -> str:
    headers = {"Authorization": f"Bearer {key}"}
    url = f"{fake.base_url}/chat/completions"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, json=chat(stream=False)) as response,
    ):
        return str((await response.json())["choices"][0]["message"]["content"])


async def test_the_key_of_a_scope_names_it_in_the_admin_api_too() -> None:
    async with driven() as (fake, admin):
        with fake.scope() as scope:
            key = f"Bearer {scope.api_key}"
            await admin("POST", "/replies", {"answer": "mine"}, Authorization=key)

            assert await ask_as(fake, scope.api_key) == "mine"


async def test_a_scope_that_is_there_is_a_conflict() -> None:
    async with driven() as (_, admin):
        await admin("POST", "/scopes", {"name": "x"})

        assert (await admin("POST", "/scopes", {"name": "x"}))[0] == 409
        assert (await admin("DELETE", "/scopes/default"))[0] == 409


async def test_the_journal_tells_requests_and_one_of_them_whole() -> None:
    async with driven() as (fake, admin):
        fake.fail(Status(503))
        for question in ("cat", "dog"):
            await ask(fake, chat(question))
        _, listed = await admin("GET", "/journal?contains=cat")
        number = listed["requests"][0]["number"]
        _, whole = await admin("GET", f"/journal/{number + 1}")

    assert [(one["question"], one["status"]) for one in listed["requests"]] == [("cat", 503)]
    assert listed["requests"][0]["faults"] == [{"kind": "status", "status": 503}]
    assert whole["body"]["messages"] == [{"role": "user", "content": "dog"}]
    assert whole["headers"]["authorization"] == "(removed)"
    assert whole["writes"][-1]["text"] == "data: [DONE]\n\n"
    assert sum(one["size"] for one in whole["writes"]) == whole["bytes_sent"]
    times = [one["at"] for one in whole["writes"]]
    assert whole["time"] <= whole["began"] <= times[0] <= times[-1] <= whole["ended_at"]


async def test_a_reset_forgets_and_keeps_settings() -> None:
    async with driven() as (fake, admin):
        fake.reply("x")
        fake.seed = 4
        await ask(fake, chat())
        assert (await admin("POST", "/reset"))[0] == 204

        assert (fake.requests, fake.seed) == ([], 4)
        assert (await admin("GET", "/replies"))[1] == {"replies": []}


async def test_a_reset_of_all_reaches_every_scope() -> None:
    async with driven() as (fake, admin):
        with fake.scope() as scope:
            scope.reply("x")
            await admin("POST", "/reset", {"all": True})

            assert scope._scope.desk.answers.list() == []


async def test_claims_are_checked_by_the_server() -> None:
    async with driven() as (fake, admin):
        fake.reply("never", contains="bird")
        await ask(fake, chat("cat"))
        right = await admin("POST", "/assert/called", {"contains": "cat", "times": 1})
        wrong = await admin("POST", "/assert/called", {"contains": "car"})
        unused = await admin("POST", "/assert/all_used")

    assert right == (200, {"ok": True, "message": "", "requests": [1]})
    assert wrong[1]["ok"] is False
    assert "contains: wanted 'car', got 'cat'" in wrong[1]["message"]
    assert unused[1]["message"].startswith("1 of 1 scripts and faults are not used up")


@pytest.mark.parametrize(
    ("method", "path", "body", "told", "param"),
    [
        ("POST", "/replies", {"anser": "x"}, "did you mean 'answer'?", "anser"),
        ("POST", "/replies", {"answer": 3}, "expected text, an object, or an array", "answer"),
        ("POST", "/replies", {"answer": {"txt": "x"}}, "did you mean 'text'?", "answer"),
        ("POST", "/replies", {"answer": [{"nam": "f"}]}, "did you mean 'name'?", "answer"),
        ("POST", "/replies", {}, "exactly one of answer and answers", "answer"),
        ("POST", "/replies", {"answers": []}, "at least one answer", "answers"),
        ("POST", "/replies", {"answer": "x", "times": 0}, "times must be 1 or more", "times"),
        ("POST", "/replies", {"answer": "x", "times": True}, "times must be integer", "times"),
        ("POST", "/replies", {"answer": "x", "matching": "("}, "regular expression", "matching"),
        ("POST", "/replies", {"answer": "x", "endpoint": "chats"}, "mean 'chat'?", "endpoint"),
        ("POST", "/faults", {"fault": {"kind": "stal"}}, "did you mean 'stall'?", "fault"),
        ("POST", "/faults", {"fault": "cut:aftr=1"}, "did you mean 'after'?", "fault"),
        ("POST", "/faults", {"faults": []}, "at least one fault", "faults"),
        ("PATCH", "/settings", {"dialect": "grok"}, "grok", "dialect"),
        ("PATCH", "/settings", {"latency": {"frist": 1}}, "did you mean 'first_token'?", "latency"),
        ("PATCH", "/settings", {"writes": "line"}, "mode must be one of", "writes"),
        ("PATCH", "/settings", {"limits": {"concurent": 1}}, "mean 'concurrent'?", "limits"),
        ("PATCH", "/settings", {"tokenizer": "owl"}, "one of own, auto, o200k_base", "tokenizer"),
        ("PATCH", "/settings", {"models": [3]}, "models", "models"),
        ("POST", "/scopes", {"name": "ø"}, "printable ASCII", "name"),
        ("GET", "/journal?limt=3", None, "did you mean 'limit'?", "limt"),
        ("GET", "/journal?limit=x", None, 'limit must be integer, got "x"', "limit"),
    ],
)
async def test_what_is_wrong_is_refused_by_name(
    method: str, path: str, body: Any, told: str, param: str | None
) -> None:
    async with driven() as (_, admin):
        status, said = await admin(method, path, body)

    assert status == 400
    assert told in said["error"]["message"]
    assert said["error"]["param"] == param


async def test_a_body_that_is_no_json_is_refused() -> None:
    async with driven() as (fake, admin):
        async with admin.session.post(f"{fake.url}/_fake/replies", data="{") as response:
            assert response.status == 400
            assert "the body is no JSON" in (await response.json())["error"]["message"]


async def test_paths_and_methods_that_are_not_there_are_refused() -> None:
    async with driven() as (_, admin):
        assert (await admin("GET", "/jurnal"))[1]["error"]["message"].endswith("'/_fake/journal'?")
        assert (await admin("PUT", "/journal"))[0] == 405
        assert (await admin("GET", "/journal?scope=nobody"))[0] == 404


async def test_calls_are_not_in_the_journal() -> None:
    async with driven() as (fake, admin):
        await admin("GET", "/journal")

        assert fake.requests == []


async def test_a_token_is_asked_for_where_one_is_set() -> None:
    async with driven(admin="s3cret") as (_, admin):
        assert (await admin("GET", "/journal"))[0] == 401
        assert (await admin("GET", "/journal", X_Fake_Admin="wrong"))[0] == 401
        assert (await admin("GET", "/journal", X_Fake_Admin="s3cret"))[0] == 200
        assert (await admin("GET", "/journal", Authorization="Bearer s3cret"))[0] == 200


async def test_where_it_is_not_served_the_path_is_unknown_as_in_the_api() -> None:
    async with driven(admin=False) as (_, admin):
        status, told = await admin("GET", "/journal")

    assert (status, told["error"]["type"]) == (404, "invalid_request_error")


@pytest.mark.parametrize(
    ("host", "served"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False)],  # noqa: S104 (nothing is bound)
)
def test_it_is_served_by_itself_only_where_nobody_else_can_call(host: str, served: bool) -> None:
    assert FakeOpenAI(host=host)._service.admin is served
    assert FakeOpenAI(host=host, admin="token")._service.admin is True


@pytest.mark.parametrize("wrong", [3, b"x", ""])
def test_a_wrong_token_is_refused_and_not_shown(wrong: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"^admin must be a token"):
        FakeOpenAI(admin=wrong)


async def test_a_page_of_another_site_is_refused() -> None:
    async with driven() as (_, admin):
        assert (await admin("POST", "/reset", Sec_Fetch_Site="cross-site"))[0] == 403
        assert (await admin("POST", "/reset", Sec_Fetch_Site="same-origin"))[0] == 204


async def test_keys_do_not_matter_to_it() -> None:
    async with driven(api_keys=["sk-mine"]) as (_, admin):
        assert (await admin("GET", "/journal"))[0] == 200


def test_what_is_driven_over_http_and_from_another_thread_is_one_state() -> None:
    async def over_http(url: str) -> Any:
        async with aiohttp.ClientSession() as session:
            return await Admin(url, session)("GET", "/replies")

    with FakeOpenAIThread() as fake:
        fake.reply("x", contains="y")
        _, told = asyncio.run(over_http(fake.url))

    assert [one["text"] for one in told["replies"]] == ["reply('x', contains='y'), used 0"]


async def events(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any]]:
    name = ""
    async for line in response.content:
        if line.startswith(b"event: "):
            name = line[7:].decode().strip()
        elif line.startswith(b"data: "):
            yield name, json.loads(line[6:])


async def test_the_live_feed_tells_requests_their_writes_and_scripts_in_force() -> None:
    async with driven() as (fake, admin):
        fake.reply("One two.")
        await ask(fake, chat("before"))
        async with admin.session.get(f"{fake.url}/_fake/live") as feed:
            fake.fail(Stall(after=2))
            asking = asyncio.ensure_future(ask(fake, chat("after")))
            seen: dict[str, list[Any]] = {"request": [], "writes": [], "scopes": []}
            async with asyncio.timeout(5):
                async for name, data in events(feed):
                    seen[name].append(data)
                    under_way = [one for one in seen["request"] if one["question"] == "after"]
                    if under_way and under_way[-1]["chunks_sent"] == 2:
                        break
            asking.cancel()

    texts = "".join(w["text"] for told in seen["writes"] if told["number"] == 1
                    for w in told["writes"])  # fmt: skip
    assert texts.endswith("data: [DONE]\n\n")
    assert seen["request"][0]["question"] == "before"
    assert seen["scopes"][0]["scopes"][0]["replies"] == ["reply('One two.'), used 1"]


async def test_who_watches_does_not_move_time() -> None:
    clock = ManualClock()
    async with driven(clock=clock) as (fake, admin):
        async with admin.session.get(f"{fake.url}/_fake/live") as feed:
            fake.fail(Stall(after=1, seconds=3600))
            asking = asyncio.ensure_future(ask(fake, chat("slow")))
            async for _, data in events(feed):
                if data.get("chunks_sent") == 1:
                    break
            await fake.advance(3600, waits=1)
            assert (await asking).end == "whole"

    assert clock.now() == 3600


PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "fake-admin.md").read_text()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_call_is_on_the_page_with_what_it_takes(route: Route) -> None:
    row = next(line for line in PAGE.splitlines() if f"`{route.method} {route.path}`" in line)
    taken = {one.name for one in (*(route.body or ()), *route.query)} - set(conditions.NAMES)
    if route.path == "/_fake/scopes":
        taken -= {one.name for one in settings.FIELDS}

    assert all(f"`{name}`" in row for name in taken)
