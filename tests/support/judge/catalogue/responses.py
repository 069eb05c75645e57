"""Responses: streamed and not, in the background, asked for again."""

from __future__ import annotations

from typing import Any

from fake_openai import Answer, ErrorEvent, ToolCall
from support.judge.asking import Ask, Case

RESPONSES = "/v1/responses"
HI = "Hi, how are you?"
TOOL = {
    "type": "function",
    "name": "weather",
    "description": "Tell the weather.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city", "days"],
        "additionalProperties": False,
    },
    "strict": True,
}
NOTE = {"type": "custom", "name": "note", "description": "Take a note."}
CALL = ToolCall("weather", {"city": "Oslo", "days": 2})
SCHEMA = {
    "type": "json_schema",
    "name": "weather",
    "strict": True,
    "schema": TOOL["parameters"],
}
TURN = [
    {"role": "user", "content": "The weather?"},
    {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "call_1", "output": "rain"},
]
PARTS = [
    {"role": "developer", "content": [{"type": "input_text", "text": "Be short."}]},
    {
        "role": "user",
        "content": [
            {"type": "input_text", "text": "What is this?"},
            {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0=", "detail": "low"},
        ],
    },
    {"role": "assistant", "content": [{"type": "output_text", "text": "A cat."}]},
    {"role": "user", "content": "Sure?"},
]
LOGPROBS = {"include": ["message.output_text.logprobs"], "top_logprobs": 2}
SEALED = {"include": ["reasoning.encrypted_content"], "store": False}


def asked(status: int = 200, **more: Any) -> Ask:
    """Return a request for a response."""
    return Ask(RESPONSES, {"model": "gpt-4.1", "input": HI, **more}, status=status)


def both(name: str, *answers: Answer, **more: Any) -> list[Case]:
    """Return a request streamed and not."""
    return [
        Case(f"response, {name}", [asked(**more)], answers),
        Case(f"response, {name}, streamed", [asked(stream=True, **more)], answers),
    ]


def later(name: str, first: dict[str, Any], *then: Ask) -> Case:
    """Return requests about a response."""
    return Case(f"response, {name}", [asked(**first), *then])


def one(method: str, more: str = "", status: int = 200) -> Ask:
    """Return a request about the first response."""
    return Ask(f"{RESPONSES}/{{0.id}}{more}", method=method, status=status)


def refused(name: str, **more: Any) -> Case:
    """Return a request that is refused."""
    return Case(f"response refused, {name}", [asked(400, **more)])


ANSWERED = [
    *both("nothing set"),
    *both("a newer model", model="gpt-5.4"),
    *both("a reasoning model", model="gpt-5"),
    *both("a summary", model="gpt-5", reasoning={"effort": "low", "summary": "auto"}),
    *both("encrypted reasoning", model="o4-mini", **SEALED),
    *both("open reasoning", Answer("4", reasoning="2 + 2"), model="gpt-oss-120b"),
    *both("a limit", Answer("word " * 40), max_output_tokens=16),
    *both("filtered", Answer("Once", finish_reason="content_filter")),
    *both("a refusal", Answer(refusal="I cannot help with that.")),
    *both("an empty answer", Answer("")),
    *both("a call", Answer(tool_calls=[CALL]), tools=[TOOL]),
    *both("two calls", Answer("Wait.", tool_calls=[CALL, CALL]), tools=[TOOL], model="gpt-5.4"),
    *both("a custom call", Answer(tool_calls=[ToolCall("note", "milk")]), tools=[NOTE]),
    *both("a tool must be called", tools=[TOOL], tool_choice="required"),
    *both("a named tool", tools=[TOOL], tool_choice={"type": "function", "name": "weather"}),
    *both("log probabilities", **LOGPROBS),
    *both("JSON", input="Some JSON, please.", text={"format": {"type": "json_object"}}),
    *both("a schema", text={"format": SCHEMA, "verbosity": "medium"}),
    *both("a turn with tools", input=TURN, tools=[TOOL]),
    *both("parts", input=PARTS, instructions="Be kind."),
    *both(
        "all that is told again",
        metadata={"a": "b"},
        user="u-1",
        safety_identifier="s-1",
        prompt_cache_key="k",
        service_tier="flex",
        temperature=0.5,
        top_p=0.5,
        truncation="auto",
        parallel_tool_calls=False,
        max_tool_calls=3,
    ),
    Case(
        "response, no padding",
        [asked(stream=True, stream_options={"include_obfuscation": False})],
    ),
    Case("response, an error", [asked(stream=True)], faults=[ErrorEvent(after=6)]),
]
KEPT = [
    later("told again", {}, one("GET")),
    later("deleted", {}, one("DELETE"), one("GET", status=404)),
    later("its input", {"input": PARTS}, one("GET", "/input_items?limit=2&order=asc")),
    later("its input with tools", {"input": TURN}, one("GET", "/input_items")),
    later("the one after it", {}, asked(previous_response_id="{0.id}")),
    later("in the background", {"background": True}, one("GET")),
    later("streamed to nobody", {"background": True}, one("GET", "?stream=true", 400)),
    later("not cancelled", {}, one("POST", "/cancel", 400)),
    Case("response, in the background, streamed", [asked(background=True, stream=True)]),
    Case("no such response", [Ask(f"{RESPONSES}/resp_0", method="GET", status=404)]),
    Case("response, counted", [Ask(f"{RESPONSES}/input_tokens", {"input": PARTS})]),
]
NOT_ANSWERED = [
    refused("no input", input=None),
    refused("an unknown parameter", inputs="hi"),
    refused("a parameter of chats", messages=[]),
    refused("a small limit", max_output_tokens=3),
    refused("no such response before", previous_response_id="resp_0"),
    refused("a part of chats", input=[{"role": "user", "content": [{"type": "text"}]}]),
]

CASES = [*ANSWERED, *KEPT, *NOT_ANSWERED]
