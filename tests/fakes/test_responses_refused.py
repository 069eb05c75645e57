"""Requests for responses that are refused, in the words of the API."""

from __future__ import annotations

from typing import Any

import pytest

from fake_openai import FakeOpenAI
from support.openai_client import ask

PATH = "/v1/responses"
TOOL = {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}
STRICT = {**TOOL, "strict": True}
FORMAT = {"type": "json_schema", "name": "x", "strict": True, "schema": {"type": "object"}}
MOVED = (
    "Unsupported parameter: '{}'. In the Responses API, this parameter has moved to '{}'. Try again"
    " with the new parameter. See 'https://platform.openai.com/docs/guides/"
    "responses-vs-chat-completions' for more information."
)


async def refuse(change: dict[str, Any], path: str = PATH) -> dict[str, Any]:
    body = {"model": "gpt-4.1", "input": "hi", **change}
    async with FakeOpenAI() as fake:
        raw = await ask(fake, {k: v for k, v in body.items() if v is not ...}, path)
    assert raw.status == 400, raw.body
    error = raw.json()["error"]
    assert error["type"] == "invalid_request_error"
    return error  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("change", "message", "param", "code"),
    [
        ({"model": ...}, "Missing required parameter: 'model'.",
         "model", "missing_required_parameter"),
        ({"input": ...},
         ('One of "input" or "previous_response_id" or \'prompt\' or \'conversation_id\' must be'
          " provided."), "input", "missing_required_parameter"),
        ({"input": 7},
         ("Invalid type for 'input': expected one of a string or array of objects, but got an"
          " integer instead."), "input", "invalid_type"),
        ({"input": [7]},
         "Invalid type for 'input[0]': expected an object, but got an integer instead.",
         "input[0]", "invalid_type"),
        ({"input": [{"role": "user"}]}, "Missing required parameter: 'input[0].content'.",
         "input[0].content", "missing_required_parameter"),
        ({"input": [{"role": "robot", "content": "x"}]},
         ("Invalid value: 'robot'. Supported values are: 'user', 'assistant', 'system', and"
          " 'developer'."), "input[0].role", "invalid_value"),
        ({"input": [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]},
         "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
         "input[0].content[0].type", "invalid_value"),
        ({"input": [{"role": "user", "content": "x", "name": "Ann"}]},
         "Unknown parameter: 'input[0].name'.", "input[0].name", "unknown_parameter"),
        ({"input": [{"type": "function_call_output", "call_id": "c"}]},
         "Missing required parameter: 'input[0].output'.",
         "input[0].output", "missing_required_parameter"),
        ({"stop": "x"}, "Unknown parameter: 'stop'.", "stop", "unknown_parameter"),
        ({"temperature": -1},
         ("Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1"
          " instead."), "temperature", "decimal_below_min_value"),
        ({"max_output_tokens": 3},
         ("Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but"
          " got 3 instead."), "max_output_tokens", "integer_below_min_value"),
        ({"stream": "yes"},
         "Invalid type for 'stream': expected a boolean, but got a string instead.",
         "stream", "invalid_type"),
        ({"stream_options": {"include_obfuscation": True}},
         "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
         "stream_options", None),
        ({"include": ["secrets"]}, "Invalid value: 'secrets'.", "include[0]", "invalid_value"),
        ({"metadata": {"a": 1}}, "Invalid type for 'metadata.a'", "metadata.a", "invalid_type"),
        ({"messages": []}, MOVED.format("messages", "input"), "messages", "unsupported_parameter"),
        ({"max_tokens": 5}, MOVED.format("max_tokens", "max_output_tokens"),
         "max_tokens", "unsupported_parameter"),
        ({"response_format": {"type": "json_object"}},
         MOVED.format("response_format", "text.format"),
         "response_format", "unsupported_parameter"),
        ({"tools": [{"type": "function"}]}, "Missing required parameter: 'tools[0].name'.",
         "tools[0].name", "missing_required_parameter"),
        ({"tools": [{"type": "hammer"}]}, "Invalid value: 'hammer'.",
         "tools[0].type", "invalid_value"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]},
         "Missing required parameter: 'tools[0].name'.",
         "tools[0].name", "missing_required_parameter"),
        ({"tools": [STRICT]}, "Invalid schema for function 'f':",
         "tools[0].parameters", "invalid_function_parameters"),
        ({"tool_choice": "required"},
         "Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice", None),
        ({"tools": [TOOL], "tool_choice": {"type": "function", "name": "g"}},
         "Function tool choice 'g' not found in 'tools' parameter.", "tool_choice", None),
        ({"text": {"format": {"type": "json_schema", "name": "x"}}},
         "Missing required parameter: 'text.format.schema'.",
         "text.format.schema", "missing_required_parameter"),
        ({"text": {"format": FORMAT}}, "Invalid schema for response_format 'x':",
         "text.format.schema", "invalid_json_schema"),
        ({"text": {"format": {"type": "json_object"}}},
         "Response input messages must contain the word 'json' in some form", "input", None),
        ({"reasoning": {"effort": "low"}},
         "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
         "reasoning.effort", "unsupported_parameter"),
        ({"model": "gpt-5", "reasoning": {"effort": "none"}},
         "Unsupported value: 'reasoning.effort' does not support 'none' with this model.",
         "reasoning.effort", "unsupported_value"),
        ({"model": "gpt-5", "temperature": 0.5},
         "Unsupported parameter: 'temperature' is not supported with this model.",
         "temperature", "unsupported_parameter"),
        ({"model": "gpt-5", "include": ["message.output_text.logprobs"]},
         "logprobs are not supported with reasoning models.", "include", "unsupported_parameter"),
        ({"include": ["reasoning.encrypted_content"]},
         "Encrypted content is not supported with this model.", "include", None),
        ({"text": {"verbosity": "high"}},
         "Unsupported value: 'text.verbosity' does not support 'high' with this model.",
         "text.verbosity", "unsupported_value"),
        ({"previous_response_id": "chat_1"},
         "Invalid 'previous_response_id': 'chat_1'. Expected an ID that begins with 'resp'.",
         "previous_response_id", "invalid_value"),
        ({"previous_response_id": "resp 1"},
         ("Invalid 'previous_response_id': 'resp 1'. Expected an ID that contains letters, numbers,"
          " underscores, or dashes, but this value contained additional characters."),
         "previous_response_id", "invalid_value"),
        ({"previous_response_id": "resp_1", "conversation": "conv_1"},
         ("Mutually exclusive parameters: ['previous_response_id', 'conversation']. Ensure you are"
          " only providing one of these."), None, "mutually_exclusive_parameters"),
        ({"model": "gpt-4", "input": "word " * 9000},
         ("Your input exceeds the context window of this model. Please adjust your input and try"
          " again."), "input", "context_length_exceeded"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named(
    change: dict[str, Any], message: str, param: str | None, code: str | None
) -> None:
    told = await refuse(change)

    assert told["message"].startswith(message)
    assert (told["param"], told["code"]) == (param, code)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("conversation", "conv_1", "Conversation"),
        ("conversation", {"id": "conv_1"}, "Conversation"),
        ("prompt", {"id": "conv_1"}, "Prompt"),
    ],
)
async def test_what_nobody_has_made_is_not_found(name: str, value: Any, what: str) -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, {"model": "gpt-4.1", "input": "hi", name: value}, PATH)

    assert raw.status == 404
    assert raw.json()["error"]["message"] == f"{what} with id 'conv_1' not found."


async def test_a_count_is_refused_as_a_response_is() -> None:
    told = await refuse({"stream": True}, f"{PATH}/input_tokens")

    assert (told["param"], told["code"]) == ("stream", "unknown_parameter")


async def test_input_that_is_too_long_is_cut_where_that_is_asked_for() -> None:
    input = [{"role": "user", "content": "word " * 9000}, {"role": "user", "content": "hi"}]
    async with FakeOpenAI() as fake:
        body = {"model": "gpt-4", "input": input, "truncation": "auto"}
        raw = await ask(fake, body, PATH)

    assert raw.status == 200
    assert raw.json()["usage"]["input_tokens"] < 20


async def test_lenient_providers_ignore_what_they_do_not_know() -> None:
    async with FakeOpenAI("deepseek") as fake:
        raw = await ask(fake, {"model": "deepseek-chat", "input": "hi", "whatever": 1}, PATH)

    assert raw.status == 200


@pytest.mark.parametrize(
    "change",
    [
        {"tools": [{"type": "function"}]},
        {"input": [{"role": "user"}]},
        {"input": [{"type": "function_call_output", "output": "x"}]},
        {"text": {"format": {"type": "json_schema"}}},
    ],
)
async def test_lenient_providers_refuse_what_lacks_a_part(change: dict[str, Any]) -> None:
    async with FakeOpenAI("deepseek") as fake:
        raw = await ask(fake, {"model": "deepseek-chat", "input": "hi", **change}, PATH)

    assert raw.status == 422
