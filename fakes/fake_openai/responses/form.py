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
    "conversation",
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
        output_keys: the same of a message in the response that ends a stream; empty = as elsewhere.
        part_keys: members of a part with text, in order.
        event_keys: members of an event behind its type that come first; the others follow by name,
            and `sequence_number` is the last of them all if there are any here.
        names_events: whether events have a line with their type.
        tool_keys: members of a tool that come first; the others follow by name.
        ids: `hex` = OpenAI's, which hold the time; `uuid`; `gen` = OpenRouter's.
        reasoning: `summary` = it is hidden, and told as a summary where one is asked for; `text` =
            it is told as it is.
        open_models: models, a pattern, whose reasoning is told as it is all the same.
        item_status: whether items of reasoning have a `status`.
        empty_content: whether items of reasoning have `content` where nothing is in it.
        sealed_format: what encrypted reasoning is said to be, and then it comes at the end of the
            item alone; empty = nothing is said, and it is there from the beginning.
        phases: models, a pattern, whose messages have a `phase`.
        retains: whether it says how long prompts stay in the cache.
        cache_writes: whether usage counts tokens written to the cache.
        costs: whether usage tells what it costs.
        reasoning_values: what `reasoning` holds for models that do not reason.
        thinking_values: the same for those that do, where the request does not say.
        tells_effort: whether the effort in force is told where the request does not say.
        echoes_reasoning: whether `reasoning` is what the request says until the response has ended.
        tells_verbosity: whether the verbosity in force is told where the request does not say.
        plain_numbers: whether numbers without a fraction are written without a point.
        pads: whether deltas are padded.
        filters: what content filters said, once a response has ended; empty = there are none.
        tier: `service_tier` while a response is under way.
        verbosity: of texts where the request does not say.
        stores: whether responses can be asked for again.
        indent: spaces of indentation of a body; None = compact.
        done: whether `[DONE]` ends a stream.
        opens_with: comments before the first event: how many.
        comment: sent then, and while nothing is ready; empty = none.
    """

    keys: tuple[str, ...] = _KEYS
    hidden: frozenset[str] = frozenset({"content_filters"})
    hidden_in_events: frozenset[str] = frozenset({"billing"})
    item_keys: tuple[str, ...] = ("id", "type", "status")
    output_keys: tuple[str, ...] = ()
    part_keys: tuple[str, ...] = ("type", "annotations", "logprobs", "text")
    event_keys: tuple[str, ...] = ()
    names_events: bool = True
    tool_keys: tuple[str, ...] = ("type",)
    ids: Literal["hex", "uuid", "gen"] = "hex"
    reasoning: Literal["summary", "text"] = "summary"
    open_models: str = r"gpt-oss.*"
    item_status: bool = False
    empty_content: bool = True
    sealed_format: str = ""
    phases: str = r"gpt-5\.[4-9].*"
    retains: bool = True
    cache_writes: bool = True
    costs: bool = False
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
    echoes_reasoning: bool = False
    tells_verbosity: bool = True
    plain_numbers: bool = False
    pads: bool = True
    filters: tuple[Mapping[str, Any], ...] = ()
    tier: str = "auto"
    verbosity: str | None = "medium"
    stores: bool = True
    indent: int | None = 2
    done: bool = False
    opens_with: tuple[int, int] = (0, 0)
    comment: bytes = b""
