"""Requests that are refused, in the words of each provider."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import FakeOpenAI, Status
from fake_openai.dialects import DIALECTS
from fake_openai.errors.errors import masked
from support.openai_client import CHAT, ask, chat


async def error(body: Any, dialect: str = "openai", **more: Any) -> Any:
    async with FakeOpenAI(dialect) as fake:
        raw = await ask(fake, body, **more)
        assert raw.status == 400, raw
        return raw.json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"null", b"\xff", b'{"a":' * 5000])
async def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    told = await error(body)

    assert told["message"].startswith("We could not parse the JSON body of your request. (HINT:")
    assert (told["type"], told["param"], told["code"]) == ("invalid_request_error", None, None)


@pytest.mark.parametrize(
    ("change", "message", "param", "code"),
    [
        ({"model": None}, "Invalid type for 'model': expected a string, but got null instead.",
         "model", "invalid_type"),
        ({"model": ""}, "you must provide a model parameter", None, None),
        ({"messages": None}, "Missing required parameter: 'messages'.",
         "messages", "missing_required_parameter"),
        ({"messages": "hi"},
         "Invalid type for 'messages': expected an array of objects, but got a string instead.",
         "messages", "invalid_type"),
        ({"messages": []},
         ("Invalid 'messages': empty array. Expected an array with minimum length 1, but got an"
         " empty array instead."), "messages", "empty_array"),
        ({"messages": [7]},
         "Invalid type for 'messages[0]': expected an object, but got an integer instead.",
         "messages[0]", "invalid_type"),
        ({"messages": [{"content": "x"}]}, "Missing required parameter: 'messages[0].role'.",
         "messages[0].role", "missing_required_parameter"),
        ({"messages": [{"role": "boss", "content": "x"}]},
         ("Invalid value: 'boss'. Supported values are: 'system', 'assistant', 'user', 'function',"
         " 'tool', and 'developer'."), "messages[0].role", "invalid_value"),
        ({"messages": [{"role": "user"}]},
         "Invalid value for 'content': expected a string, got null.",
         "messages.[0].content", None),
        ({"messages": [{"role": "developer"}]},
         "Missing required parameter: 'messages[0].content'.",
         "messages[0].content", "missing_required_parameter"),
        ({"messages": [{"role": "user", "content": {}}]},
         ("Invalid type for 'messages[0].content': expected one of a string or array of objects,"
         " but got an object instead."), "messages[0].content", "invalid_type"),
        ({"messages": [{"role": "user", "content": [{"text": "x"}]}]},
         "Missing required parameter: 'messages[0].content[0].type'.",
         "messages[0].content[0].type", "missing_required_parameter"),
        ({"stream": "yes"},
         "Invalid type for 'stream': expected a boolean, but got a string instead.",
         "stream", "invalid_type"),
        ({"stream": 1},
         "Invalid type for 'stream': expected a boolean, but got an integer instead.",
         "stream", "invalid_type"),
        ({"max_tokens": 1.5},
         "Invalid type for 'max_tokens': expected an integer, but got a decimal number instead.",
         "max_tokens", "invalid_type"),
        ({"max_tokens": True},
         "Invalid type for 'max_tokens': expected an integer, but got a boolean instead.",
         "max_tokens", "invalid_type"),
        ({"max_tokens": 0},
         ("Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0"
         " instead."), "max_tokens", "integer_below_min_value"),
        ({"n": 129},
         "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.",
         "n", "integer_above_max_value"),
        ({"temperature": -1},
         ("Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1"
         " instead."), "temperature", "decimal_below_min_value"),
        ({"top_p": 1.5},
         ("Invalid 'top_p': decimal above maximum value. Expected a value <= 1, but got 1.5"
         " instead."), "top_p", "decimal_above_max_value"),
        ({"stream_options": []},
         "Invalid type for 'stream_options': expected an object, but got an array instead.",
         "stream_options", "invalid_type"),
        ({"stream_options": {"include_usage": "yes"}},
         ("Invalid type for 'stream_options.include_usage': expected a boolean, but got a string"
         " instead."), "stream_options.include_usage", "invalid_type"),
        ({"stream": False, "stream_options": {}},
         "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
         "stream_options", None),
    ],
)  # fmt: skip
async def test_a_wrong_part_is_named(
    change: dict[str, Any], message: str, param: str | None, code: str | None
) -> None:
    told = await error({**chat(), **change})

    assert told == {
        "message": message,
        "type": "invalid_request_error",
        "param": param,
        "code": code,
    }


async def test_a_request_without_a_model_is_refused() -> None:
    body = chat()
    del body["model"]

    assert (await error(body))["message"] == "you must provide a model parameter"


@pytest.mark.parametrize(
    ("dialect", "status", "content_type", "body"),
    [
        ("deepseek", 422, "text/plain", b"Failed to deserialize the JSON body into the target"),
        (
            "mistral",
            422,
            "application/json",
            b'{"detail":[{"type":"bool_type","loc":["body","stream"]',
        ),
        ("vllm", 400, "application/json", b'{"error":{"message":"1 validation error:\\n  {\'type'),
        (
            "sglang",
            400,
            "application/json",
            b'{"object":"error","message":"[{\'type\': \'bool_type',
        ),
        ("openrouter", 400, "application/json", b'{"error":{"message":"Invalid type for'),
        ("groq", 400, "application/json", b'{"error":{"message":"Invalid type for \'stream\''),
    ],
)
async def test_other_providers_refuse_in_their_own_form(
    dialect: str, status: int, content_type: str, body: bytes
) -> None:
    async with FakeOpenAI(dialect) as fake:
        raw = await ask(fake, chat(stream="yes"))

    assert (raw.status, raw.headers["content-type"]) == (status, content_type)
    assert raw.body.startswith(body)


NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header"
)


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer ", "sk-bare"])
async def test_a_request_without_a_key_is_refused(header: str) -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat(), headers={"Authorization": header})

    assert (raw.status, raw.json()["error"]["code"]) == (401, None)
    assert raw.json()["error"]["message"].startswith(NO_KEY)
    assert raw.headers["www-authenticate"] == 'Bearer realm="OpenAI API"'


async def test_only_the_keys_that_were_given_are_accepted() -> None:
    async with FakeOpenAI(api_keys=["sk-good"]) as fake:
        good = await ask(fake, chat(), headers={"Authorization": "Bearer sk-good"})
        bad = await ask(fake, chat(), headers={"Authorization": "Bearer sk-wrong-long-key"})

    assert (good.status, bad.status) == (200, 401)
    assert bad.json()["error"] == {
        "message": "Incorrect API key provided: sk-wrong*****-key. You can find your API key at"
        " https://platform.openai.com/account/api-keys.",
        "type": "invalid_request_error",
        "param": None,
        "code": "invalid_api_key",
    }


@pytest.mark.parametrize("key", ["sk with space", "sk-ø"])
async def test_a_key_that_is_none_is_refused(key: str) -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat(), headers={"Authorization": f"Bearer {key}"})

    assert (raw.status, raw.json()["error"]["code"]) == (401, "invalid_api_key")


def test_a_short_key_is_shown_and_a_long_one_masked() -> None:
    assert masked("sk-fake-key") == "sk-fake-key"
    assert masked("12345678abcdefgh9012") == "12345678********9012"


@pytest.mark.parametrize(
    ("dialect", "body"),
    [
        ("azure", b'{"error":{"code":"401","message":"Access denied due to invalid subscription'),
        ("deepseek", b'{"error":{"message":"Authentication Fails, Your api key: ****-key is'),
        ("mistral", b'{"detail":"Invalid API Key"}\n'),
        ("groq", b'{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":'),
        ("vllm", b'{"error":"Unauthorized"}'),
        ("openrouter", b'{"error":{"message":"No auth credentials found","code":401}}'),
    ],
)
async def test_a_wrong_key_is_refused_in_the_words_of_the_provider(
    dialect: str, body: bytes
) -> None:
    async with FakeOpenAI(dialect, api_keys=["good"]) as fake:
        raw = await ask(fake, chat(), headers={"Authorization": "Bearer wrong-key"})

    assert raw.status == 401
    assert raw.body.startswith(body)


@pytest.mark.parametrize(("dialect", "status"), [("vllm", 200), ("sglang", 200), ("qwen", 401)])
async def test_servers_one_hosts_oneself_want_no_key(dialect: str, status: int) -> None:
    async with FakeOpenAI(dialect) as fake:
        assert (await ask(fake, chat(), headers={"Authorization": ""})).status == status


async def test_azure_takes_its_key_from_its_own_header_and_the_model_from_the_path() -> None:
    body = chat()
    del body["model"]
    async with FakeOpenAI("azure", api_keys=["k"]) as fake:
        path = "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
        raw = await ask(fake, body, path, headers={"Authorization": "", "api-key": "k"})

    assert raw.status == 200
    assert raw.events[1]["model"] == "gpt-4o"


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("POST", "/v1/foo", 404, "Invalid URL (POST /v1/foo)"),
        ("GET", "/", 404, "Invalid URL (GET /)"),
        ("PUT", CHAT, 405, (f"Not allowed to PUT on {CHAT}. (HINT: Perhaps you meant to use a"
         " different HTTP method?)")),
        ("DELETE", "/v1/models", 405, ("Not allowed to DELETE on /v1/models. (HINT: Perhaps you"
         " meant to use a different HTTP method?)")),
    ],
)  # fmt: skip
async def test_what_the_api_does_not_have_is_refused(
    method: str, path: str, status: int, message: str
) -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, b"", path, method=method)

    assert (raw.status, raw.json()["error"]["message"]) == (status, message)


async def test_an_error_of_openai_is_indented_json() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, b"", "/v1/foo", method="GET")

    assert raw.body == (
        b'{\n  "error": {\n    "message": "Invalid URL (GET /v1/foo)",\n'
        b'    "type": "invalid_request_error",\n    "param": null,\n    "code": null\n  }\n}'
    )
    assert raw.headers["content-type"] == "application/json"
    assert raw.headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("status", [400, 401, 402, 404, 408, 418, 429, 500, 503, 529])
async def test_every_status_of_every_dialect_says_something(dialect: str, status: int) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.fail(Status(status))
        raw = await ask(fake, chat())

    assert raw.status == status
    assert len(raw.body) > 15


@pytest.mark.parametrize(
    ("dialect", "type", "code"),
    [
        ("openai", "requests", "rate_limit_exceeded"),
        ("mistral", "rate_limited", "1300"),
        ("groq", "tokens", "rate_limit_exceeded"),
    ],
)
async def test_a_rate_limit_has_the_type_and_code_of_the_provider(
    dialect: str, type: str, code: str
) -> None:
    async with FakeOpenAI(dialect) as fake:
        fake.fail(Status(429))
        told = (await ask(fake, chat())).json()

    told = told.get("error", told)
    assert (told["type"], told["code"]) == (type, code)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["role", "content", "type", "text", "tool_calls", "prefix", "partial"])
MESSAGES = st.lists(
    st.dictionaries(NAMES, JSON | st.sampled_from(["user", "assistant"]), max_size=4) | JSON,
    max_size=3,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "model": JSON | st.just("m"),
        "messages": MESSAGES | JSON,
        "stream": JSON | st.booleans(),
        "stream_options": JSON,
        "n": JSON | st.integers(1, 3),
        "max_tokens": JSON,
        "temperature": JSON,
        "response_format": JSON,
        "continue_final_message": JSON,
    },
)


@pytest.mark.slow
@given(FIELDS, st.sampled_from(sorted(DIALECTS)))
@settings(max_examples=150)
async def test_no_json_breaks_the_server(body: dict[str, Any], dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        raw = await ask(fake, body)

    assert raw.status in (200, 400, 422)
    assert raw.end == "whole"
