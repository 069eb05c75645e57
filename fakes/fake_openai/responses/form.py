"""What a provider's Responses API looks like, as a record of plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

_KEYS = (
    "id",
    "object",
    "created_at",
    "status",
    "background",
    "billing",
    "completed_at",
    "content_filters",
    "error",
    "frequency_penalty",
    "incomplete_details",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "model",
    "moderation",
    "output",
    "parallel_tool_calls",
    "presence_penalty",
    "previous_response_id",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "temperature",
    "text",
    "tool_choice",
    "tool_usage",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "usage",
    "user",
    "metadata",
)
_IMAGES = {"image_tokens": 0, "text_tokens": 0}
TOOL_USAGE = {
    "image_gen": {
        "input_tokens": 0,
        "input_tokens_details": _IMAGES,
        "output_tokens": 0,
        "output_tokens_details": _IMAGES,
        "total_tokens": 0,
    },
    "web_search": {"num_requests": 0},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsesForm:
    """One provider's form of responses, items and events.

    Attributes:
        keys: members of a response, in order.
        hidden: those of them that it does not have.
        hidden_in_events: those that stand in bodies and not in events.
        item_keys: members of an item that come first; the others follow by name.
        tool_keys: members of a tool that come first; the others follow by name.
        ids: `hex` = OpenAI's, which hold the time; `uuid`.
        reasoning: `summary` = it is hidden, and told as a summary where one is asked for; `text` =
            it is told as it is.
        open_models: models, a pattern, whose reasoning is told as it is all the same.
        item_status: whether items of reasoning have a `status`.
        phases: models, a pattern, whose messages have a `phase`.
        retains: whether it says how long prompts stay in the cache.
        cache_writes: whether usage counts tokens written to the cache.
        reasoning_values: what `reasoning` holds for models that do not reason.
        thinking_values: the same for those that do, where the request does not say.
        tells_effort: whether the effort in force is told where the request does not say.
        pads: whether deltas are padded.
        filters: what content filters said, once a response has ended; empty = there are none.
        tier: `service_tier` while a response is under way.
        verbosity: of texts where the request does not say.
        stores: whether responses can be asked for again.
        indent: spaces of indentation of a body; None = compact.
        done: whether `[DONE]` ends a stream.
    """

    keys: tuple[str, ...] = _KEYS
    hidden: frozenset[str] = frozenset({"content_filters"})
    hidden_in_events: frozenset[str] = frozenset({"billing"})
    item_keys: tuple[str, ...] = ("id", "type", "status")
    tool_keys: tuple[str, ...] = ("type",)
    ids: Literal["hex", "uuid"] = "hex"
    reasoning: Literal["summary", "text"] = "summary"
    open_models: str = r"gpt-oss.*"
    item_status: bool = False
    phases: str = r"gpt-5\.[4-9].*"
    retains: bool = True
    cache_writes: bool = True
    reasoning_values: Mapping[str, Any] = field(
        default_factory=lambda: {"context": None, "effort": None, "summary": None}
    )
    thinking_values: Mapping[str, Any] = field(
        default_factory=lambda: {
            "context": "current_turn",
            "effort": None,
            "mode": "standard",
            "summary": None,
        }
    )
    tells_effort: bool = True
    pads: bool = True
    filters: tuple[Mapping[str, Any], ...] = ()
    tier: str = "auto"
    verbosity: str | None = "medium"
    stores: bool = True
    indent: int | None = 2
    done: bool = False


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
