from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any, Literal

import openai
import pytest
from pydantic import BaseModel, Field

from fake_openai import Answer, FakeOpenAI
from support.openai_client import Raw, ask, chat, text


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


class Address(BaseModel):
    street: str
    zip: Annotated[str, Field(pattern=r"^\d{4}$")]


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


class Person(BaseModel):
    name: str
    age: Annotated[int, Field(ge=0, le=120)]
    nickname: str | None
    color: Color
    addresses: list[Address]
    pet: Cat | Dog
    scores: list[float]


class Node(BaseModel):
    value: int
    children: list[Node]


class Linked(BaseModel):
    label: str
    next: Linked | None


@pytest.mark.parametrize("model", [Address, Person, Node, Linked])
@pytest.mark.parametrize("question", ["one", "two", "three"])
async def test_the_sdk_parses_answers_into_models(model: type[BaseModel], question: str) -> None:
    async with FakeOpenAI() as fake:
        client = openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-test")
        async with client:
            answer = await client.chat.completions.parse(
                model="gpt-4o-2024-08-06",
                messages=[{"role": "user", "content": question}],
                response_format=model,
            )

    assert isinstance(answer.choices[0].message.parsed, model)


async def test_the_sdk_parses_arguments_of_strict_tools() -> None:
    async with FakeOpenAI() as fake:
        client = openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-test")
        async with client:
            answer = await client.chat.completions.parse(
                model="gpt-4o",
                messages=[{"role": "user", "content": "hi"}],
                tools=[openai.pydantic_function_tool(Person)],
                tool_choice="required",
            )

    calls = answer.choices[0].message.tool_calls
    assert calls is not None
    assert isinstance(calls[0].function.parsed_arguments, Person)


async def test_the_sdk_parses_streams_of_models() -> None:
    async with FakeOpenAI() as fake:
        client = openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-test")
        async with (
            client,
            client.chat.completions.stream(
                model="gpt-4o",
                messages=[{"role": "user", "content": "hi"}],
                response_format=Person,
            ) as stream,
        ):
            answer = await stream.get_final_completion()

    assert isinstance(answer.choices[0].message.parsed, Person)


async def test_a_refusal_stands_in_the_place_of_a_model() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(Answer(refusal="I cannot help with that."))
        client = openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-test")
        async with client:
            answer = await client.chat.completions.parse(
                model="gpt-4o",
                messages=[{"role": "user", "content": "hi"}],
                response_format=Person,
            )

    message = answer.choices[0].message
    assert (message.parsed, message.refusal) == (None, "I cannot help with that.")


def form(schema: Any, *, strict: bool = True) -> dict[str, Any]:
    inner = {"name": "thing", "strict": strict, "schema": schema}
    return {"type": "json_schema", "json_schema": inner}


def record(**members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


async def told(response_format: Any, question: str = "hi", dialect: str = "openai") -> Raw:
    async with FakeOpenAI(dialect) as fake:
        return await ask(fake, chat(question, response_format=response_format))


async def test_a_json_object_is_answered_with_one() -> None:
    raw = await told({"type": "json_object"}, "Answer in JSON.")

    assert isinstance(json.loads(text(raw.body)), dict)


@pytest.mark.parametrize("dialect", ["openai", "azure", "groq", "qwen"])
async def test_json_must_be_mentioned_where_an_object_is_asked_for(dialect: str) -> None:
    raw = await told({"type": "json_object"}, dialect=dialect)

    error = raw.json()["error"]
    assert raw.status == 400
    assert error["message"] == (
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type"
        " 'json_object'."
    )


async def test_the_answer_follows_what_is_asked_for_even_after_another_attempt() -> None:
    async with FakeOpenAI() as fake:
        first = await ask(fake, chat("hi"))
        second = await ask(fake, chat("hi", response_format=form(record(a={"type": "integer"}))))

    assert not text(first.body).startswith("{")
    assert isinstance(json.loads(text(second.body))["a"], int)


INTEGER = {"type": "integer"}
NO_LOOSE = "'additionalProperties' is required to be supplied and to be false."
ALL = "'required' is required to be supplied and to be an array including every key in properties."


@pytest.mark.parametrize(
    ("schema", "told_"),
    [
        ({"type": "object", "properties": {}}, f"In context=(), {NO_LOOSE}"),
        ({**record(a=INTEGER), "required": []}, f"In context=(), {ALL} Missing 'a'."),
        (
            {**record(a=INTEGER), "required": ["a", "b"]},
            f"In context=(), {ALL} Extra required key 'b' supplied.",
        ),
        (
            record(a={"type": "object", "properties": {}}),
            f"In context=('properties', 'a'), {NO_LOOSE}",
        ),
        (
            record(a={"type": "array", "items": {"type": "object"}}),
            f"In context=('properties', 'a', 'items'), {NO_LOOSE}",
        ),
        (
            {**record(a={"$ref": "#/$defs/b"}), "$defs": {"b": {"type": "object"}}},
            f"In context=('$defs', 'b'), {NO_LOOSE}",
        ),
        (
            record(a={"anyOf": [{"type": "object"}, {"type": "null"}]}),
            f"In context=('properties', 'a', 'anyOf', '0'), {NO_LOOSE}",
        ),
        (record(a={"oneOf": [INTEGER]}), "In context=('properties', 'a'), 'oneOf' is not"),
        (record(a={"allOf": [INTEGER]}), "In context=('properties', 'a'), 'allOf' is not"),
        (record(a={}), "In context=('properties', 'a'), schema must have a 'type' key."),
        (record(a={"type": "array"}), "In context=('properties', 'a'), array schema missing items"),
        (INTEGER, "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"integer\"'."),
    ],
)
async def test_a_strict_schema_that_breaks_a_rule_is_refused(schema: Any, told_: str) -> None:
    raw = await told(form(schema))

    error = raw.json()["error"]
    assert raw.status == 400
    assert error["message"].startswith(f"Invalid schema for response_format 'thing': {told_}")
    assert (error["param"], error["code"]) == ("response_format", None)


async def test_a_schema_that_is_not_strict_may_be_looser() -> None:
    raw = await told(form({"type": "object", "properties": {"a": INTEGER}}, strict=False))

    assert isinstance(json.loads(text(raw.body)), dict)


async def test_a_strict_function_that_breaks_a_rule_is_refused() -> None:
    function = {"name": "f", "strict": True, "parameters": {"type": "object", "properties": {}}}
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat(tools=[{"type": "function", "function": function}]))

    error = raw.json()["error"]
    assert error["message"] == f"Invalid schema for function 'f': In context=(), {NO_LOOSE}"
    assert error["param"] == "tools[0].function.parameters"
    assert error["code"] == "invalid_function_parameters"


@pytest.mark.parametrize("dialect", ["vllm", "openrouter", "mistral"])
async def test_servers_without_those_rules_take_any_schema(dialect: str) -> None:
    raw = await told(form({"type": "object", "properties": {"a": INTEGER}}), dialect=dialect)

    assert raw.status == 200
