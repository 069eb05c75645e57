"""What kinds of events and items there are, as data.

Source: OpenAI's OpenAPI document, `ResponseStreamEvent` and `OutputItem`.
"""

from __future__ import annotations

from typing import NamedTuple


class Growing(NamedTuple):
    """A text that comes in deltas, and where it stands in the item that it belongs to.

    Attributes:
        place: the list of parts in the item: "content" or "summary"; "" = in the item itself.
        member: what it is called there, and in the event that tells all of it.
        part: type of the part that it makes; "" = it makes none.
    """

    place: str
    member: str
    part: str = ""


TEXT = Growing("content", "text", "output_text")
REFUSAL = Growing("content", "refusal", "refusal")
REASONING = Growing("content", "text", "reasoning_text")
SUMMARY = Growing("summary", "text", "summary_text")

_GROWING = {
    "response.output_text": TEXT,
    "response.refusal": REFUSAL,
    "response.reasoning_text": REASONING,
    "response.reasoning_summary_text": SUMMARY,
    "response.function_call_arguments": Growing("", "arguments"),
    "response.mcp_call_arguments": Growing("", "arguments"),
    "response.custom_tool_call_input": Growing("", "input"),
    "response.code_interpreter_call_code": Growing("", "code"),
}
GROWING = {f"{name}.delta": growing for name, growing in _GROWING.items()}
WHOLE = {f"{name}.done": growing for name, growing in _GROWING.items()}

AUDIO = frozenset({"response.audio.delta", "response.audio.transcript.delta"})
DELTAS = frozenset(GROWING) | AUDIO

PARTS = frozenset({"response.content_part.added", "response.reasoning_summary_part.added"})
PARTS_DONE = frozenset({"response.content_part.done", "response.reasoning_summary_part.done"})

ENDS = frozenset({"response.completed", "response.incomplete"})
FAILED = frozenset({"response.failed", "response.cancelled"})
BEGINNINGS = frozenset({"response.created", "response.queued", "response.in_progress"})

ANSWERING = (
    "response.file_search_call.",
    "response.web_search_call.",
    "response.code_interpreter_call.",
    "response.image_generation_call.",
    "response.mcp_call.",
    "response.mcp_list_tools.",
    "response.shell_call",
    "response.apply_patch_call",
)
"""Steps of tools that the provider runs, or that have no deltas of a known kind."""

CALLS = frozenset(
    {
        "function_call",
        "custom_tool_call",
        "mcp_call",
        "computer_call",
        "local_shell_call",
        "shell_call",
        "apply_patch_call",
        "tool_search_call",
    }
)
"""Items of which half is of no use to anybody."""

NAMED_CALLS = frozenset({"function_call", "custom_tool_call", "mcp_call"})

ITEMS = frozenset({"response.output_item.added", "response.output_item.done"})
