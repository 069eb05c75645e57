"""`POST /responses`: what its body may hold."""

from __future__ import annotations

from fake_openai.asking.rules import Array, Either, Flag, Record, Rule, Text, Whole

from .responses_input import INPUT
from .responses_tools import TOOL, TOOL_CHOICE
from .shared import (
    CACHE_OPTIONS,
    CACHE_RETENTION,
    EFFORTS,
    JSON_SCHEMA,
    METADATA,
    MODERATION,
    NAME,
    SERVICE_TIERS,
    SIZES,
    STREAM,
    TEMPERATURE,
    TOP_LOGPROBS,
    TOP_P,
    kinds,
)

INCLUDES = (
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
)
_SUMMARIES = ("auto", "concise", "detailed")
_TEXT = Record(
    members={
        "format": kinds(
            firm=True,
            text=Record(members={}),
            json_schema=Record(
                members={
                    "name": NAME,
                    "description": Text(),
                    "schema": JSON_SCHEMA,
                    "strict": Flag(),
                },
                required=("name", "schema"),
            ),
            json_object=Record(members={}),
        ),
        "verbosity": Text(choices=SIZES),
    }
)
_REASONING = Record(
    members={
        "effort": Text(choices=EFFORTS),
        "summary": Text(choices=_SUMMARIES),
        "generate_summary": Text(choices=_SUMMARIES),
        "context": Text(choices=("auto", "current_turn", "all_turns")),
        "mode": Text(choices=("standard", "pro")),
    }
)
_NAMED = Record(members={"id": Text(null="wrong")}, required=("id",))
_SHARED = {
    "model": Text(null="wrong"),
    "input": INPUT,
    "instructions": Text(),
    "previous_response_id": Text(),
    "conversation": Either(rules=(Text(), _NAMED)),
    "tools": Array(of=TOOL, longest=128),
    "tool_choice": TOOL_CHOICE,
    "parallel_tool_calls": Flag(),
    "text": _TEXT,
    "reasoning": _REASONING,
    "truncation": Text(choices=("auto", "disabled")),
}
RESPONSE = Record(
    members={
        **_SHARED,
        "background": Flag(),
        "context_management": Array(
            of=Record(
                members={"type": Text(null="wrong"), "compact_threshold": Whole(lowest=1000)},
                required=("type",),
            ),
            shortest=1,
        ),
        "include": Array(of=Text(choices=INCLUDES, null="wrong")),
        "max_output_tokens": Whole(lowest=16),
        "max_tool_calls": Whole(lowest=1),
        "metadata": METADATA,
        "moderation": MODERATION,
        "prompt": Record(
            members={"id": Text(null="wrong"), "version": Text(), "variables": Rule()},
            required=("id",),
        ),
        "prompt_cache_key": Text(),
        "prompt_cache_options": CACHE_OPTIONS,
        "prompt_cache_retention": CACHE_RETENTION,
        "safety_identifier": Text(longest=64),
        "service_tier": Text(choices=SERVICE_TIERS),
        "store": Flag(),
        "stream": STREAM,
        "stream_options": Record(members={"include_obfuscation": Flag()}),
        "temperature": TEMPERATURE,
        "top_logprobs": TOP_LOGPROBS,
        "top_p": TOP_P,
        "user": Text(),
    },
    required=("model",),
)
COUNTED = Record(members={**_SHARED, "personality": Text()})
# What is called otherwise in a chat.
MOVED = {
    "messages": "input",
    "response_format": "text.format",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "reasoning_effort": "reasoning.effort",
    "verbosity": "text.verbosity",
    "functions": "tools",
    "function_call": "tool_choice",
}
