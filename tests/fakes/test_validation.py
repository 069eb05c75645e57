from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_openai import FakeOpenAI
from fake_openai.asking.rules import (
    Array,
    Either,
    Flag,
    Number,
    Record,
    Rule,
    Table,
    Tagged,
    Text,
    Whole,
)
from fake_openai.asking.validation import check
from fake_openai.dialects import DIALECTS
from fake_openai.errors.errors import ApiError
from fake_openai.inventing import schema
from fake_openai.schemas.chat import CHAT
from support.fidelity import extract
from support.openai_client import ask, chat

PART = Record(members={"a": Text(null="wrong"), "b": Whole(lowest=0, highest=9)}, required=("a",))


def refused(value: Any, rule: Rule, path: str = "x", **more: bool) -> ApiError:
    with pytest.raises(ApiError) as caught:
        check(value, rule, path, **more)
    return caught.value


@pytest.mark.parametrize(
    ("value", "rule", "param", "code", "message"),
    [
        (1, Text(), "x", "invalid_type", "expected a string, but got an integer"),
        ("1", Whole(), "x", "invalid_type", "expected an integer, but got a string"),
        (True, Whole(), "x", "invalid_type", "expected an integer, but got a boolean"),
        (1.5, Whole(), "x", "invalid_type", "expected an integer, but got a decimal number"),
        ("1", Number(), "x", "invalid_type", "expected a decimal, but got a string"),
        (0, Flag(), "x", "invalid_type", "expected a boolean, but got an integer"),
        ([], PART, "x", "invalid_type", "expected an object, but got an array"),
        ({}, Array(of=PART), "x", "invalid_type", "expected an array of objects, but got an"),
        ({}, Array(of=Text()), "x", "invalid_type", "expected an array of strings, but got an"),
        ({}, PART, "x.a", "missing_required_parameter", "Missing required parameter: 'x.a'."),
        ({"a": None}, PART, "x.a", "invalid_type", "expected a string, but got null"),
        ({"a": "", "c": 1}, PART, "x.c", "unknown_parameter", "Unknown parameter: 'x.c'."),
        ([{"a": 1}], Array(of=PART), "x[0].a", "invalid_type", "expected a string"),
        ({"a": "", "b": -1}, PART, "x.b", "integer_below_min_value", "Expected a value >= 0"),
        ({"a": "", "b": 10}, PART, "x.b", "integer_above_max_value", "Expected a value <= 9"),
        (2.5, Number(highest=2), "x", "decimal_above_max_value", "<= 2, but got 2.5 instead."),
        ([], Array(shortest=1), "x", "empty_array", "empty array. Expected an array with minimum"),
        ([1, 2], Array(longest=1), "x", "array_above_max_length", "got an array with length 2"),
        ("", Text(shortest=1), "x", "empty_string", "empty string. Expected a string with"),
        ("abc", Text(longest=2), "x", "string_above_max_length", "got a string with length 3"),
        ("a b", Text(pattern="^[a-z]+$"), "x", "invalid_value", "matches the pattern '^[a-z]+$'."),
        ("c", Text(choices=("a", "b")), "x", "invalid_value", "values are: 'a' and 'b'."),
        (1, Text(choices=("a", "b")), "x", "invalid_type", "expected one of 'a' or 'b', but got"),
        (
            1,
            Text(choices=("a", "b", "c")),
            "x",
            "invalid_type",
            "expected one of 'a', 'b', or 'c', but got an integer",
        ),
        (1, Either(rules=(Text(), PART)), "x", "invalid_type", "expected one of a string or objec"),
        ({}, Tagged(variants={"p": PART}), "x.type", "missing_required_parameter", "'x.type'"),
        (
            {"type": "q"},
            Tagged(variants={"p": PART, "r": PART}),
            "x.type",
            "invalid_value",
            "Invalid value: 'q'. Supported values are: 'p' and 'r'.",
        ),
        ({"k": 1}, Table(of=Text()), "x.k", "invalid_type", "expected a string"),
        ({"a": 1, "b": 2}, Table(most=1), "x", "object_above_max_properties", "at most 1 prop"),
        (
            {"k" * 9: 1},
            Table(longest_name=8),
            "x.kkkkkkkkk",
            "property_name_above_max_length",
            "Invalid property name in 'x': 'kkk...kkk' is too long.",
        ),
    ],
)
def test_what_was_expected_and_what_came_is_said(
    value: Any, rule: Rule, param: str, code: str, message: str
) -> None:
    error = refused(value, rule)

    assert (error.status, error.param, error.code) == (400, param, code)
    assert message in error.message


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("x", Rule()),
        (None, Rule()),
        (1, Number()),
        ({"a": "", "b": None}, PART),
        ({"a": "", "c": 1}, Record(members={"a": Text()}, open=True)),
        ({"any": {"thing": 1}}, Table()),
        (["x"], Either(rules=(Text(), Array(of=Text())))),
        ({"type": "p", "a": ""}, Tagged(variants={"p": Record(members={}, open=True)})),
    ],
)
def test_what_is_as_expected_passes(value: Any, rule: Rule) -> None:
    check(value, rule, "x")


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ({"a": "", "c": 1}, PART),
        ("c", Text(choices=("a", "b"))),
        ("a b", Text(pattern="^[a-z]+$")),
        ({"type": "q"}, Tagged(variants={"p": PART})),
    ],
)
def test_lenient_providers_take_what_they_do_not_know(value: Any, rule: Rule) -> None:
    check(value, rule, "x", strict=False)


def test_lenient_providers_insist_on_firm_choices() -> None:
    assert refused("c", Text(choices=("a", "b"), firm=True), strict=False).code == "invalid_value"


def test_what_may_have_been_meant_is_said() -> None:
    rule = Record(members={"temperature": Number(), "stop": Rule(), "store": Rule()})

    assert refused({"temperatur": 1}, rule, "").message == (
        "Unknown parameter: 'temperatur'. Did you mean 'temperature'?"
    )
    assert refused({"stor": 1}, rule, "").message == (
        "Unknown parameter: 'stor'. Did you mean 'stop' or 'store'?"
    )


async def error(dialect: str = "openai", **more: Any) -> Any:
    async with FakeOpenAI(dialect) as fake:
        raw = await ask(fake, {**chat(), **more})
        assert raw.status in (400, 422), raw
        return raw.json()


async def test_older_models_have_other_words_for_what_is_unknown() -> None:
    told = (await error(model="gpt-4o", foo=1, bar=2))["error"]

    assert told["message"] == "Unrecognized request arguments supplied: foo, bar"
    assert (told["param"], told["code"]) == (None, None)


async def test_newer_models_name_the_first_unknown_parameter() -> None:
    told = (await error(model="gpt-5", foo=1))["error"]

    assert told["message"] == "Unknown parameter: 'foo'."
    assert (told["param"], told["code"]) == ("foo", "unknown_parameter")


async def test_groq_says_that_a_property_is_unsupported() -> None:
    assert (await error("groq", foo=1))["error"] == {
        "message": "property 'foo' is unsupported",
        "type": "invalid_request_error",
    }


async def test_mistral_permits_no_extra_inputs() -> None:
    told = (await error("mistral", foo=1))["detail"][0]

    assert (told["type"], told["loc"]) == ("extra_forbidden", ["body", "foo"])


@pytest.mark.parametrize("dialect", ["vllm", "sglang", "deepseek", "openrouter", "qwen", "kimi"])
async def test_other_providers_ignore_what_they_do_not_know(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        raw = await ask(fake, chat(foo=1, top_k=5, guided_json={}))

    assert raw.status == 200


@pytest.mark.parametrize(
    ("dialect", "extra"),
    [("groq", "reasoning_format"), ("azure", "user_security_context")],
)
async def test_providers_take_their_own_parameters(dialect: str, extra: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        raw = await ask(fake, chat(**{extra: "parsed"}))

    assert raw.status == 200


IMAGE = {"type": "image_url", "image_url": {"url": "ftp://x"}}


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"messages": [{"role": "user", "content": [IMAGE]}]},
         "messages[0].content[0].image_url.url", "invalid_value"),
        ({"messages": [{"role": "user", "content": [{"type": "video"}]}]},
         "messages[0].content[0].type", "invalid_value"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]},
         "messages[0].content[0].text", "invalid_type"),
        ({"messages": [{"role": "user", "content": "x", "foo": 1}]},
         "messages[0].foo", "unknown_parameter"),
        ({"messages": [{"role": "tool", "content": "x"}]},
         "messages[0].tool_call_id", "missing_required_parameter"),
        ({"messages": [{"role": "user", "content": "x", "name": "a b"}]},
         "messages[0].name", "invalid_value"),
        ({"tools": []}, "tools", "empty_array"),
        ({"tools": None}, "tools", "invalid_type"),
        ({"tools": [{"type": "function"}]}, "tools[0].function", "missing_required_parameter"),
        ({"tools": [{"type": "function", "function": {"name": "a.b"}}]},
         "tools[0].function.name", "invalid_value"),
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": []}}]},
         "tools[0].function.parameters", "invalid_type"),
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "x"}}}]},
         "tools[0].function.parameters", "invalid_function_parameters"),
        ({"tool_choice": "sometimes"}, "tool_choice", "invalid_value"),
        ({"tool_choice": "auto"}, "tool_choice", None),
        ({"parallel_tool_calls": True}, "parallel_tool_calls", None),
        ({"function_call": "auto"}, "function_call", None),
        ({"functions": [{"name": "f"}], "function_call": {"name": "g"}}, "function_call", None),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop", "array_above_max_length"),
        ({"stop": 7}, "stop", "invalid_type"),
        ({"logit_bias": {"a": 1}}, "logit_bias", None),
        ({"logit_bias": {"1": 101}}, "logit_bias.1", "decimal_above_max_value"),
        ({"metadata": {"a": "b"}}, "metadata", None),
        ({"metadata": {"a": 1}, "store": True}, "metadata.a", "invalid_type"),
        ({"top_logprobs": 3}, "top_logprobs", None),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs", "integer_above_max_value"),
        ({"response_format": {"type": "xml"}}, "response_format.type", "invalid_value"),
        ({"response_format": {"type": "json_schema", "json_schema": {}}},
         "response_format.json_schema.name", "missing_required_parameter"),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}},
         "response_format.json_schema.schema", "missing_required_parameter"),
        ({"max_tokens": 5, "max_completion_tokens": 5}, "max_tokens",
         "invalid_parameter_combination"),
        ({"service_tier": "gold"}, "service_tier", "invalid_value"),
        ({"prediction": {"type": "content", "content": "x"}, "n": 2}, "n", None),
        ({"audio": {"voice": "alloy", "format": "wav"}}, "audio", None),
        ({"modalities": ["audio"]}, "modalities", "unsupported_value"),
        ({"stream_options": {"foo": 1}}, "stream_options.foo", "unknown_parameter"),
        ({"seed": "x"}, "seed", "invalid_type"),
        ({"web_search_options": {"user_location": {"type": "exact"}}},
         "web_search_options.user_location.type", "invalid_value"),
    ],
)  # fmt: skip
async def test_the_offending_part_is_named(
    change: dict[str, Any], param: str, code: str | None
) -> None:
    told = (await error(**change))["error"]

    assert (told["param"], told["code"]) == (param, code)


@pytest.mark.parametrize("url", ["https://example.com/a.png", "data:image/png;base64,aGk="])
async def test_pictures_by_address_and_by_content_are_accepted(url: str) -> None:
    part = {"type": "image_url", "image_url": {"url": url}}
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat(messages=[{"role": "user", "content": [part]}]))

    assert raw.status == 200


def test_every_documented_parameter_is_known() -> None:
    documented = json.loads(extract.FILE.read_text())["POST /chat/completions"]

    assert {name.partition(".")[0] for name in documented} == set(CHAT.members)


DOCUMENT = os.environ.get("STEADYSTREAM_OPENAPI", "")
REQUEST = {"$ref": "#/components/schemas/CreateChatCompletionRequest"}


# Lists that the document lets be empty and the API does not.
SHORTER_THAN_SERVED = ("ChatCompletionMessageToolCalls",)


@pytest.mark.skipif(not DOCUMENT, reason="STEADYSTREAM_OPENAPI names no document")
def test_documented_bodies_pass() -> None:
    document = json.loads(Path(DOCUMENT).read_text())
    for name in SHORTER_THAN_SERVED:
        document["components"]["schemas"][name]["minItems"] = 1
    for seed in range(300):
        made = schema.value({**document, **REQUEST}, str(seed))
        check(made, CHAT)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "name", "function", "custom", "content", "role", "schema"]),
            inner
            | st.sampled_from(
                ["function", "custom", "text", "json_schema", "tool", "user", "content"]
            ),
            max_size=3,
        )
    ),
    max_leaves=8,
)
SOUND = {
    "tools": [{"type": "function", "function": {"name": "f"}}],
    "functions": [{"name": "f"}],
    "response_format": {"type": "json_object"},
    "messages": [{"role": "user", "content": "json"}],
    "logprobs": True,
}
NAMES = st.sampled_from(sorted(CHAT.members))


@pytest.mark.slow
@given(
    st.dictionaries(NAMES, JSON, max_size=3),
    st.sets(st.sampled_from(sorted(SOUND))),
    st.sampled_from(sorted(DIALECTS)),
)
@settings(max_examples=300)
async def test_no_parameter_breaks_the_server(
    wrong: dict[str, Any], sound: set[str], dialect: str
) -> None:
    async with FakeOpenAI(dialect) as fake:
        raw = await ask(fake, {**chat(), **{name: SOUND[name] for name in sound}, **wrong})

    assert raw.status in (200, 400, 422), raw


@pytest.mark.parametrize(
    "change",
    [
        {"tools": [{"type": "custom", "custom": "x"}]},
        {"tools": [{"type": "custom", "custom": {"name": 1, "description": 2, "format": "x"}}]},
        {"tools": [{"type": "function", "function": 7}]},
        {"tools": [{"type": "function", "function": {"name": 7, "parameters": 7}}]},
        {"tools": [{"type": "web_search"}], "tool_choice": "required"},
        {"response_format": {"type": "json_schema", "json_schema": 7}},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": 7}}},
        {"response_format": {"type": "structural_tag"}},
        {"reasoning_effort": "default", "model": "openai/gpt-oss-20b"},
        {"verbosity": "huge", "prediction": {"type": "other"}},
        {"messages": [
            {"role": "user", "content": [{"type": "image_url", "image_url": "https://x/y"}]},
            {"role": "assistant", "tool_calls": [{"type": "function", "function": 7}]},
            {"role": "tool", "tool_call_id": "a", "content": [{"type": "video"}]},
        ]},
    ],
)  # fmt: skip
async def test_lenient_servers_bear_forms_of_their_own(change: dict[str, Any]) -> None:
    async with FakeOpenAI("vllm") as fake:
        raw = await ask(fake, chat(**change))

    assert raw.status == 200, raw
