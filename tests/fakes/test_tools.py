from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import openai
import pytest

from fake_openai import Answer, FakeOpenAI, ToolCall
from support.openai_client import Raw, ask, chat, deltas, finish_reasons

WEATHER = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        "days": {"type": "integer", "minimum": 1, "maximum": 7},
    },
    "required": ["city", "unit", "days"],
    "additionalProperties": False,
}


def function(name: str, description: str = "", schema: Any = None, **more: Any) -> dict[str, Any]:
    inner = {"name": name, "description": description, "parameters": schema or WEATHER, **more}
    return {"type": "function", "function": inner}


GET_WEATHER = function("get_weather", "Get the weather forecast for a city.", strict=True)
SEND_MAIL = function("send_mail", "Send an electronic letter to somebody.")
BOTH = [GET_WEATHER, SEND_MAIL]


async def told(question: str = "Hello", tools: Any = BOTH, **more: Any) -> Raw:
    async with FakeOpenAI() as fake:
        return await ask(fake, chat(question, tools=tools, stream=False, **more))


def calls(raw: Raw) -> list[Any]:
    return raw.json()["choices"][0]["message"].get("tool_calls") or []


def names(raw: Raw) -> list[str]:
    return [call["function"]["name"] for call in calls(raw)]


async def test_a_tool_is_called_when_one_is_required() -> None:
    raw = await told(tool_choice="required")

    choice = raw.json()["choices"][0]
    assert names(raw) == ["get_weather"]
    assert (choice["message"]["content"], choice["finish_reason"]) == (None, "tool_calls")
    assert calls(raw)[0]["id"].startswith("call_")


@pytest.mark.parametrize("seed", range(5))
async def test_the_arguments_satisfy_the_schema(seed: int) -> None:
    raw = await told(f"Question {seed}", tool_choice="required")

    jsonschema.validate(json.loads(calls(raw)[0]["function"]["arguments"]), WEATHER)


@pytest.mark.parametrize(
    "question",
    [
        "What will the weather be like?",
        "Please use get_weather now.",
        "A forecast for my city, please.",
    ],
)
async def test_a_tool_is_called_when_the_question_asks_for_it(question: str) -> None:
    assert names(await told(question)) == ["get_weather"]


@pytest.mark.parametrize("question", ["Hello", "Tell me a joke.", "Whether it works, who knows?"])
async def test_no_tool_is_called_when_the_question_is_about_something_else(question: str) -> None:
    raw = await told(question)

    assert calls(raw) == []
    assert raw.json()["choices"][0]["finish_reason"] == "stop"


async def test_no_tool_is_called_where_that_is_forbidden() -> None:
    assert calls(await told("What is the weather?", tool_choice="none")) == []


async def test_a_tool_that_is_named_is_called_and_the_answer_stops() -> None:
    choice = {"type": "function", "function": {"name": "send_mail"}}

    raw = await told("What is the weather?", tool_choice=choice)

    assert names(raw) == ["send_mail"]
    assert raw.json()["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(("mode", "called"), [("required", ["send_mail"]), ("auto", [])])
async def test_only_allowed_tools_are_called(mode: str, called: list[str]) -> None:
    allowed = {"mode": mode, "tools": [{"type": "function", "function": {"name": "send_mail"}}]}

    raw = await told(
        "What is the weather?",
        tool_choice={"type": "allowed_tools", "allowed_tools": allowed},
    )

    assert names(raw) == called


async def test_two_tools_that_are_asked_for_are_called_in_parallel() -> None:
    raw = await told("Get the weather and send it by mail.")

    assert names(raw) == ["get_weather", "send_mail"]
    assert len({call["id"] for call in calls(raw)}) == 2


async def test_one_tool_is_called_for_each_thing_that_is_named() -> None:
    raw = await told("What is the weather in Paris and in Oslo?")

    assert [json.loads(call["function"]["arguments"])["city"] for call in calls(raw)] == [
        "Paris",
        "Oslo",
    ]


async def test_one_call_is_made_where_parallel_calls_are_not_wanted() -> None:
    raw = await told("What is the weather in Paris and in Oslo?", parallel_tool_calls=False)

    assert names(raw) == ["get_weather"]


async def test_scripted_calls_are_one_where_parallel_calls_are_not_wanted() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(Answer(tool_calls=[ToolCall("a"), ToolCall("b")]))
        body = chat(tools=BOTH, parallel_tool_calls=False, stream=False)
        raw = await ask(fake, body)

    assert names(raw) == ["a"]


async def test_parallel_calls_are_streamed_with_their_numbers() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat("Get the weather and send it by mail.", tools=BOTH))

    parts = [call for delta in deltas(raw.body) for call in delta.get("tool_calls", ())]
    begun = [(call["index"], call["function"]["name"]) for call in parts if "id" in call]
    assert begun == [(0, "get_weather"), (1, "send_mail")]
    assert [call["index"] for call in parts] == sorted(call["index"] for call in parts)
    assert finish_reasons(raw.body) == ["tool_calls"]


def conversation(*results: str) -> list[dict[str, Any]]:
    called = [
        {
            "id": f"call_{at}",
            "type": "function",
            "function": {"name": "get_weather", "arguments": "{}"},
        }
        for at in range(len(results))
    ]
    answers = [
        {"role": "tool", "tool_call_id": f"call_{at}", "content": text}
        for at, text in enumerate(results)
    ]
    first = {"role": "user", "content": "What is the weather?"}
    return [first, {"role": "assistant", "tool_calls": called}, *answers]


async def test_what_a_tool_said_is_in_the_answer() -> None:
    raw = await told(messages=conversation("17 degrees", "rain"))

    content = raw.json()["choices"][0]["message"]["content"]
    assert content == "According to get_weather: 17 degrees; rain"


async def test_a_custom_tool_gets_text() -> None:
    tool = {"type": "custom", "custom": {"name": "run_code", "description": "Runs code."}}

    raw = await told(tools=[tool], tool_choice="required")

    call = calls(raw)[0]
    assert (call["type"], call["custom"]["name"]) == ("custom", "run_code")
    assert call["custom"]["input"]


async def test_a_custom_tool_gets_text_that_fits_its_pattern() -> None:
    form = {"type": "grammar", "grammar": {"syntax": "regex", "definition": r"^\d{3}-[ab]$"}}
    tool = {"type": "custom", "custom": {"name": "dial", "format": form}}

    raw = await told(tools=[tool], tool_choice={"type": "custom", "custom": {"name": "dial"}})

    assert re.fullmatch(r"\d{3}-[ab]", calls(raw)[0]["custom"]["input"])


async def test_a_custom_call_is_streamed_as_input() -> None:
    tool = {"type": "custom", "custom": {"name": "run_code"}}
    async with FakeOpenAI() as fake:
        fake.reply(ToolCall("run_code", "print(1)", custom=True))
        raw = await ask(fake, chat(tools=[tool]))

    first, *others = [c for d in deltas(raw.body) for c in d.get("tool_calls", ())]
    assert first["custom"] == {"name": "run_code", "input": ""}
    assert "".join(call["custom"]["input"] for call in others) == "print(1)"


async def test_older_functions_are_called_in_the_older_form() -> None:
    body = {**chat("What is the weather?", stream=False), "functions": [SEND_OLD, WEATHER_OLD]}
    async with FakeOpenAI() as fake:
        raw = await ask(fake, body)

    choice = raw.json()["choices"][0]
    assert choice["message"]["function_call"]["name"] == "get_weather"
    assert (choice["finish_reason"], "tool_calls" in choice["message"]) == ("function_call", False)


async def test_an_older_call_is_streamed_in_fragments() -> None:
    body = {**chat("Hi"), "functions": [WEATHER_OLD], "function_call": {"name": "get_weather"}}
    async with FakeOpenAI() as fake:
        raw = await ask(fake, body)

    parts = [d["function_call"] for d in deltas(raw.body) if "function_call" in d]
    assert parts[0] == {"name": "get_weather", "arguments": ""}
    jsonschema.validate(json.loads("".join(part["arguments"] for part in parts)), WEATHER)


WEATHER_OLD = {"name": "get_weather", "description": "The weather.", "parameters": WEATHER}
SEND_OLD = {"name": "send_mail", "parameters": {"type": "object", "properties": {}}}


async def test_the_same_request_gets_the_same_arguments() -> None:
    first = await told(tool_choice="required")
    second = await told(tool_choice="required")

    assert calls(first)[0]["function"] == calls(second)[0]["function"]


async def test_scripts_come_before_what_the_question_asks_for() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("No tools today.")
        raw = await ask(fake, chat("What is the weather?", tools=BOTH, stream=False))

    assert raw.json()["choices"][0]["message"]["content"] == "No tools today."


@pytest.mark.parametrize("dialect", ["mistral", "groq", "vllm", "deepseek", "openrouter", "qwen"])
async def test_every_dialect_calls_tools(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        raw = await ask(fake, chat("What is the weather?", tools=BOTH))

    parts = [call for delta in deltas(raw.body) for call in delta.get("tool_calls") or ()]
    arguments = "".join(part["function"]["arguments"] or "" for part in parts)
    jsonschema.validate(json.loads(arguments), WEATHER)


async def test_a_loop_over_tools_with_the_sdk_comes_to_an_end() -> None:
    messages: list[Any] = [{"role": "user", "content": "What is the weather in Oslo?"}]
    tools: Any = BOTH
    async with FakeOpenAI() as fake:
        client = openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-test")
        async with client:
            for _ in range(3):
                answer = await client.chat.completions.create(
                    model="gpt-4o", messages=messages, tools=tools
                )
                message = answer.choices[0].message
                messages.append(message.model_dump(exclude_none=True))
                if not message.tool_calls:
                    break
                messages += [
                    {"role": "tool", "tool_call_id": call.id, "content": "17 degrees"}
                    for call in message.tool_calls
                ]

    assert message.content == "According to get_weather: 17 degrees"


async def test_an_answer_that_uses_a_result_can_be_continued() -> None:
    whole = "According to get_weather: 17 degrees"
    partial = {"role": "assistant", "content": whole[:9], "prefix": True}
    async with FakeOpenAI("mistral") as fake:
        body = chat(tools=BOTH, messages=[*conversation("17 degrees"), partial])
        raw = await ask(fake, body)

    assert raw.text == whole
