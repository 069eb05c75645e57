"""`POST /chat/completions`: what its body may hold."""

from __future__ import annotations

from collections.abc import Mapping

from fake_openai.asking.rules import Array, Either, Flag, Number, Record, Rule, Table, Text, Whole

from .chat_messages import MESSAGE, TEXT_PART
from .chat_tools import FUNCTION_CALL, OLD_FUNCTION, TOOL, TOOL_CHOICE
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
    WEB_SEARCH_LOCATION,
    kinds,
    some,
)

_PENALTY = Number(lowest=-2, highest=2)
_VOICE = Either(
    rules=(Text(), Record(members={"id": Text(null="wrong")}, required=("id",))),
    null="wrong",
)
_FORMATS = ("wav", "aac", "mp3", "flac", "opus", "pcm16")
_RESPONSE_FORMAT = kinds(
    json_object=Record(members={}),
    json_schema=Record(
        members={
            "json_schema": Record(
                members={
                    "name": NAME,
                    "description": Text(),
                    "schema": JSON_SCHEMA,
                    "strict": Flag(),
                },
                required=("name",),
            )
        },
        required=("json_schema",),
    ),
    text=Record(members={}),
)
# In the order in which the API looks at them.
CHAT = Record(
    members={
        "model": Text(null="wrong"),
        "messages": some(MESSAGE),
        "functions": some(OLD_FUNCTION, most=128),
        "function_call": FUNCTION_CALL,
        "tools": Array(of=TOOL, shortest=1, longest=128, null="wrong"),
        "tool_choice": TOOL_CHOICE,
        "parallel_tool_calls": Flag(),
        "max_completion_tokens": Whole(lowest=1),
        "n": Whole(lowest=1, highest=128),
        "temperature": TEMPERATURE,
        "top_p": TOP_P,
        "presence_penalty": _PENALTY,
        "frequency_penalty": _PENALTY,
        "logprobs": Flag(),
        "top_logprobs": TOP_LOGPROBS,
        "user": Text(),
        "seed": Whole(lowest=-(2**63), highest=2**63),
        "moderation": MODERATION,
        "safety_identifier": Text(longest=64),
        "prompt_cache_options": CACHE_OPTIONS,
        "prompt_cache_key": Text(),
        "prompt_cache_retention": CACHE_RETENTION,
        "response_format": _RESPONSE_FORMAT,
        "service_tier": Text(choices=SERVICE_TIERS),
        "max_tokens": Whole(lowest=1),
        "reasoning_effort": Text(choices=EFFORTS),
        "logit_bias": Table(of=Number(lowest=-100, highest=100, null="wrong")),
        "stop": Either(rules=(Text(), Array(of=Text(null="wrong"), shortest=1, longest=4))),
        "stream": STREAM,
        "stream_options": Record(
            members={"include_usage": Flag(), "include_obfuscation": Flag()},
        ),
        "store": Flag(),
        "metadata": METADATA,
        "prediction": kinds(
            content=Record(
                members={"content": Either(rules=(Text(), some(kinds(text=TEXT_PART))))},
                required=("content",),
            )
        ),
        "verbosity": Text(choices=SIZES),
        "modalities": Array(of=Text(choices=("text", "audio"), null="wrong")),
        "audio": Record(
            members={"voice": _VOICE, "format": Text(choices=_FORMATS, null="wrong")},
            required=("voice", "format"),
        ),
        "web_search_options": Record(
            members={
                "search_context_size": Text(choices=SIZES),
                "user_location": kinds(
                    approximate=Record(
                        members={"approximate": Record(members=WEB_SEARCH_LOCATION)},
                        required=("approximate",),
                    )
                ),
            }
        ),
    },
    required=("messages",),
)
# What providers take besides; those that refuse unknown parameters name them all here.
EXTRAS: Mapping[str, Mapping[str, Rule]] = {
    "azure": {"data_sources": Array(), "user_security_context": Rule()},
    "groq": {
        name: Rule()
        for name in (
            "citation_options",
            "compound_custom",
            "disable_tool_validation",
            "documents",
            "exclude_domains",
            "include_domains",
            "include_reasoning",
            "reasoning_format",
            "search_settings",
        )
    },
    "mistral": {
        "random_seed": Whole(),
        "safe_prompt": Flag(),
        "prompt_mode": Text(),
        "guardrails": Rule(),
    },
}
