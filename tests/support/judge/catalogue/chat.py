"""`/v1/chat/completions`."""

from __future__ import annotations

from typing import Any

from fake_openai import Answer, Status, ToolCall
from support.judge.asking import Ask, Case

CHAT = "/v1/chat/completions"
HI = [{"role": "user", "content": "Hi, how are you?"}]
JSON = [{"role": "user", "content": "Hi, in JSON please."}]
USAGE = {"stream_options": {"include_usage": True}}
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tell the weather.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city", "days"],
            "additionalProperties": False,
        },
    },
}
CALL = Answer(tool_calls=[ToolCall("weather", {"city": "Oslo", "days": 2})])
CALLS = Answer(tool_calls=[*CALL.tool_calls, ToolCall("weather", {"city": "Bergen", "days": 1})])
REFUSAL = Answer(refusal="I cannot help with that.")


def chat(**more: Any) -> Ask:
    """Return a chat request."""
    return Ask(CHAT, {"model": "gpt-4.1-mini", "messages": HI, **more})


NAMED = {"type": "function", "function": {"name": "weather"}}
ALLOWED = {
    "type": "allowed_tools",
    "allowed_tools": {"mode": "required", "tools": [NAMED]},
}
CUSTOM = {"type": "custom", "custom": {"name": "run_code"}}


def both(name: str, *answers: Answer, **more: Any) -> list[Case]:
    """Return a chat request streamed, streamed with usage, and not streamed."""
    return [
        Case(f"chat, {name}", [chat(**more)], answers),
        Case(f"chat, {name}, streamed", [chat(stream=True, **more)], answers),
        Case(f"chat, {name}, streamed with usage", [chat(stream=True, **USAGE, **more)], answers),
    ]


def refused(name: str, status: int = 400, **more: Any) -> Case:
    """Return a chat request that is refused."""
    asked = chat(**more)
    return Case(f"refused, {name}", [Ask(asked.path, asked.body, status=status)])


CHATS = [
    *both("nothing set"),
    *both("nothing set, a newer model", model="gpt-5"),
    *both("several choices", n=3),
    *both("a limit", max_completion_tokens=3),
    *both("the old limit", max_tokens=3),
    *both("a tool call", CALL, tools=[TOOL]),
    *both("two tool calls", CALLS, tools=[TOOL]),
    *both("two tool calls, several choices", CALLS, tools=[TOOL], n=2),
    *both("text and a tool call", Answer("Wait.", tool_calls=CALL.tool_calls), tools=[TOOL]),
    *both("a tool must be called", tools=[TOOL], tool_choice="required"),
    *both("no tool", tools=[TOOL], tool_choice="none"),
    *both("a tool that is named", tools=[TOOL], tool_choice=NAMED),
    *both("an allowed tool", tools=[TOOL], tool_choice=ALLOWED),
    *both("a custom tool", tools=[CUSTOM], tool_choice="required"),
    *both("an older function", functions=[TOOL["function"]], function_call={"name": "weather"}),
    *both("a limit inside of a tool call", tools=[TOOL], tool_choice="required", max_tokens=3),
    *both("log probabilities of a newer model", model="gpt-5.2", logprobs=True),
    *both("reasoning", Answer("42", reasoning="Let me think."), model="o4-mini"),
    *both("effort", reasoning_effort="low", model="gpt-5"),
    *both("a refusal", REFUSAL),
    *both("an empty answer", Answer("")),
    *both("filtered", Answer("Once", finish_reason="content_filter")),
    *both("log probabilities", logprobs=True),
    *both("log probabilities with rivals", logprobs=True, top_logprobs=3),
    *both("log probabilities of a refusal", REFUSAL, logprobs=True),
    *both("log probabilities beside a tool call", CALL, logprobs=True, tools=[TOOL]),
    *both("stop", stop=["e", "i"]),
    *both("sampling", temperature=0.5, top_p=0.5, presence_penalty=1, frequency_penalty=-1),
    *both("seed", seed=7),
    *both("tier", service_tier="auto"),
    *both("user and metadata", user="u-1", metadata={"a": "b"}, store=True),
    *both("JSON", response_format={"type": "json_object"}, messages=JSON),
    *both("bias", logit_bias={"50256": -100}),
    *both("prediction", prediction={"type": "content", "content": "Hello there."}),
    *both(
        "parts",
        messages=[
            {"role": "system", "content": [{"type": "text", "text": "Be short."}]},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0="}},
                ],
            },
        ],
    ),
    *both(
        "a turn with tools",
        messages=[
            *HI,
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "weather", "arguments": "{}"},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        ],
        tools=[TOOL],
    ),
    *both(
        "a schema",
        response_format={
            "type": "json_schema",
            "json_schema": {
                "name": "weather",
                "strict": True,
                "schema": TOOL["function"]["parameters"],  # type: ignore[index]
            },
        },
    ),
    Case(
        "chat, no padding",
        [chat(stream=True, stream_options={"include_obfuscation": False})],
    ),
]

REFUSED = [
    Case("refused, no key", [Ask(CHAT, {}, status=401, key="")]),
    Case("refused, no JSON", [Ask(CHAT, status=400)]),
    Case("refused, the wrong method", [Ask(CHAT, method="PUT", status=405)]),
    refused("no messages", messages=[]),
    refused("a wrong role", messages=[{"role": "robot", "content": "hi"}]),
    refused("a wrong type", temperature="hot"),
    refused("out of range", temperature=3),
    refused("options without a stream", stream_options={}),
    *(
        Case(f"refused, {status}", [Ask(CHAT, chat().body, status=status)], faults=[Status(status)])
        for status in (400, 401, 403, 404, 409, 422, 429, 500, 503)
    ),
]
