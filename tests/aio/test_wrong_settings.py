"""What cannot work is refused where it is given, and says what was meant."""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from fake_openai import FakeOpenAI
from steadystream import EventSource, InvalidRequest, MessageEvent, SteadyClient, SteadyStream

ASKED: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Hello."}]}
KEY = "sk-a-key-nobody-may-see"


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as server:
        yield server


async def awaited(_: object) -> None:
    """Stands for a callback that would have to be awaited."""


class AsyncCallable:
    async def __call__(self, _: object) -> None:
        """Stands for a callback that would have to be awaited."""


@pytest.mark.parametrize("session", [3, "s", aiohttp.ClientSession])
def test_a_session_that_is_none_is_refused(session: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"session must be an aiohttp\.ClientSession or None"):
        SteadyClient("https://host/v1", api_key=None, session=session)
    with pytest.raises(InvalidRequest, match=r"session must be an aiohttp\.ClientSession or None"):
        EventSource("https://host/events", session=session)


@pytest.mark.parametrize("given", [3, awaited, functools.partial(awaited, 1), AsyncCallable()])
@pytest.mark.parametrize("name", ["on_open", "on_message", "on_error"])
def test_a_callback_that_is_no_plain_function_is_refused(name: str, given: Any) -> None:
    with pytest.raises(InvalidRequest, match=rf"{name} must be a plain function"):
        EventSource("https://host/events", **{name: given})


def test_a_callback_object_that_has_to_be_awaited_is_refused_by_the_middleware_too() -> None:
    with pytest.raises(InvalidRequest, match="on_answer must be a plain function of an answer"):
        SteadyStream(on_answer=AsyncCallable())  # type: ignore[arg-type]


def test_a_callback_may_be_anything_that_is_called_plainly() -> None:
    got: list[MessageEvent] = []

    EventSource("https://host/events", on_message=got.append, on_open=functools.partial(print))


def test_a_keyword_that_aiohttp_does_not_know_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidRequest, match=r"no argument 'heders'.*did you mean 'headers'\?"):
        EventSource("https://host/events", heders={})


def test_a_session_that_takes_any_keyword_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def instrumented(*args: Any, **kwargs: Any) -> None:
        """Take all, and do nothing with it."""

    monkeypatch.setattr(aiohttp.ClientSession, "_request", instrumented)

    EventSource("https://host/events", tenant="a")


@pytest.mark.parametrize(
    "headers", [{"a": "b\r\nc: d"}, [("a", "b\nc")], {"a": 3}, 3, {"": "a"}, ["abc"]]
)
def test_headers_of_an_event_source_that_cannot_be_sent_are_refused(headers: Any) -> None:
    with pytest.raises(InvalidRequest, match="headers must be"):
        EventSource("https://host/events", headers=headers)


@pytest.mark.parametrize("name", ["Content-Length", "host", "Transfer-Encoding", "connection"])
def test_headers_that_belong_to_the_connection_are_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match=f"headers must leave {name} to the connection"):
        SteadyClient("https://host/v1", api_key=None, headers={name: "3"})


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
def test_a_key_that_is_given_twice_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="either an api_key or an authorization") as caught:
        SteadyClient("https://host/v1", api_key=KEY, headers={name: "Bearer other"})
    with pytest.raises(InvalidRequest, match="either an api_key or a user and a password"):
        SteadyClient("https://user:secretpw@host/v1", api_key=KEY)
    with pytest.raises(InvalidRequest, match="either an authorization header or a user and a pass"):
        SteadyClient("https://user:secretpw@host/v1", api_key=None, headers={name: "Bearer b"})

    assert KEY not in str(caught.value)


async def test_a_header_takes_the_place_of_ours_however_it_is_written(fake: FakeOpenAI) -> None:
    headers = {"authorization": f"Bearer {fake.api_key}", "user-agent": "mine"}
    async with SteadyClient(fake.base_url, api_key=None, headers=headers) as client:
        await client.complete(**ASKED)

    sent = [v for k, v in fake.requests[0].headers.items() if k.lower() == "user-agent"]
    assert sent == ["mine"]


MEANT = {
    "timeout": r"timeouts=Timeouts\(total=30\)",
    "max_retries": r"retries=Retries\(attempts=",
    "dialect": r"SteadyClient\(dialect=",
    "extra_headers": r"SteadyClient\(headers=",
    "extra_query": "no query",
    "extra_body": "its members themselves",
    "api_key": r"SteadyClient\(api_key=",
    "base_url": r"SteadyClient\(base_url",
    "headers": r"SteadyClient\(headers=",
    "economy": r"SteadyClient\(economy=",
}


@pytest.mark.parametrize(("name", "says"), MEANT.items())
async def test_a_setting_given_as_a_parameter_names_what_is_meant(name: str, says: str) -> None:
    async with SteadyClient("https://host/v1", api_key=None) as client:
        with pytest.raises(InvalidRequest, match=f"no parameter of the API.*{says}"):
            client.stream(**ASKED, **{name: 30})
        with pytest.raises(InvalidRequest, match=f"no parameter of the API.*{says}"):
            client.responses.stream(model="m", input="Hello.", **{name: 30})


WRONG = [
    ({"temperature": math.nan}, "temperature must be a number that JSON can hold, got nan"),
    ({"top_p": -math.inf}, "top_p must be a number that JSON can hold, got -inf"),
    ({"stop": {"a"}}, "stop must be a list or a tuple, got set"),
    ({"logit_bias": {"5": math.inf}}, r"logit_bias\.5 must be a number that JSON can hold"),
    ({"tools": [{"x": frozenset("a")}]}, r"tools\.0\.x must be a list or a tuple, got frozenset"),
]


@pytest.mark.parametrize(("parameter", "says"), WRONG)
async def test_what_json_would_turn_into_something_else_is_refused(
    parameter: dict[str, Any], says: str
) -> None:
    async with SteadyClient("https://host/v1", api_key=None) as client:
        with pytest.raises(InvalidRequest, match=says):
            client.stream(**ASKED, **parameter)
        with pytest.raises(InvalidRequest, match=says):
            client.responses.stream(model="m", input="Hello.", **parameter)


async def test_a_number_in_a_message_that_json_cannot_hold_is_refused() -> None:
    async with SteadyClient("https://host/v1", api_key=None) as client:
        with pytest.raises(InvalidRequest, match=r"messages\.0\.x must be a number"):
            client.stream(model="m", messages=({"role": "user", "x": math.nan},))


async def test_tuples_and_keys_that_are_numbers_are_written_as_ever(fake: FakeOpenAI) -> None:
    async with SteadyClient(fake.base_url, api_key=fake.api_key) as client:
        await client.complete(**ASKED, stop=("a", "b"), logit_bias={50: 1.0})

    body = fake.requests[0].body
    assert (body["stop"], body["logit_bias"]) == (["a", "b"], {"50": 1.0})


def test_a_client_in_another_loop_says_which_is_its_own() -> None:
    client: SteadyClient | None = None

    async def first() -> None:
        nonlocal client
        async with FakeOpenAI() as fake:
            client = SteadyClient(fake.base_url, api_key=fake.api_key)
            await client.complete(**ASKED)

    async def second() -> None:
        assert client is not None
        async with client:
            await client.complete(**ASKED)

    asyncio.run(first())
    with pytest.raises(InvalidRequest, match=r"event loop in which it was first used.*\.sync\(\)"):
        asyncio.run(second())


def test_a_client_with_a_session_in_another_loop_says_so_too() -> None:
    async def first() -> SteadyClient:
        async with FakeOpenAI() as fake, aiohttp.ClientSession() as session:
            client = SteadyClient(fake.base_url, api_key=fake.api_key, session=session)
            await client.complete(**ASKED)
        return client

    async def second(client: SteadyClient) -> None:
        await client.complete(**ASKED)

    client = asyncio.run(first())
    with pytest.raises(InvalidRequest, match="event loop in which it was first used"):
        asyncio.run(second(client))


def test_a_client_without_a_loop_says_what_is_missing() -> None:
    client = SteadyClient("https://host/v1", api_key=None)

    with pytest.raises(InvalidRequest, match=r"running event loop.*\.sync\(\)"):
        client.stream(**ASKED)
