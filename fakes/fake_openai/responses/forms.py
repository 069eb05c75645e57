"""The forms of providers whose Responses API is not quite OpenAI's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .form import ResponsesForm

_SAFE = {"filtered": False, "severity": "safe"}
_FOUND = {"detected": False, "filtered": False}
_JUDGED = {"hate": _SAFE, "sexual": _SAFE, "violence": _SAFE, "self_harm": _SAFE}


def _filter(source: str, results: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "blocked": False,
        "source_type": source,
        "content_filter_raw": [],
        "content_filter_results": results,
        "content_filter_offsets": {"start_offset": 0, "end_offset": 0, "check_offset": 0},
    }


AZURE = ResponsesForm(
    hidden=frozenset({"billing"}),
    filters=(
        _filter("prompt", {**_JUDGED, "jailbreak": _FOUND}),
        _filter(
            "completion",
            {"protected_material_code": _FOUND, "protected_material_text": _FOUND, **_JUDGED},
        ),
    ),
)

DEEPSEEK = ResponsesForm(
    hidden=frozenset({"billing", "tool_usage"}),
    item_keys=("type", "id", "status"),
    tool_keys=("type", "name", "description"),
    ids="uuid",
    reasoning="text",
    item_status=True,
    phases=".*",
    retains=False,
    cache_writes=False,
    tells_effort=False,
    reasoning_values={"effort": None, "summary": None},
    thinking_values={"effort": None, "summary": None},
    pads=False,
    tier="default",
    verbosity=None,
    stores=False,
    indent=None,
)

OPENROUTER = ResponsesForm(
    keys=(
        *("id", "object", "created_at", "model", "status", "completed_at", "output", "error"),
        *("incomplete_details", "tools", "tool_choice", "parallel_tool_calls"),
        *("max_output_tokens", "temperature", "top_p", "presence_penalty", "frequency_penalty"),
        *("top_logprobs", "max_tool_calls", "metadata", "background", "previous_response_id"),
        *("service_tier", "truncation", "store", "instructions", "text", "reasoning"),
        *("safety_identifier", "prompt_cache_key", "prompt_cache_options", "usage"),
    ),
    hidden=frozenset(),
    item_keys=(
        *("id", "type", "status", "role", "call_id", "name", "arguments", "input", "summary"),
        *("content", "encrypted_content", "format"),
    ),
    output_keys=("id", "type", "role", "status", "content"),
    part_keys=("type", "text", "annotations", "logprobs"),
    event_keys=(
        *("output_index", "item_id", "content_index", "summary_index", "annotation_index"),
        *("item", "part", "delta", "text", "logprobs"),
    ),
    names_events=False,
    ids="gen",
    open_models=r"(?!openai/(?!gpt-oss)).*",
    item_status=True,
    empty_content=False,
    sealed_format="openai-responses-v1",
    phases=r"(?!)",
    retains=False,
    cache_writes=False,
    costs=True,
    thinking_values={
        "effort": None,
        "summary": None,
        "context": "current_turn",
        "mode": "standard",
    },
    echoes_reasoning=True,
    tells_verbosity=False,
    plain_numbers=True,
    pads=False,
    verbosity=None,
    stores=False,
    indent=None,
    done=True,
    opens_with=(1, 2),
    comment=b": \n\n",
)
