"""Input of a response: messages, calls of tools and their outputs, reasoning, references."""

from __future__ import annotations

from fake_openai.asking.rules import Array, Either, Record, Rule, Text

from .shared import CACHE_BREAKPOINT, kinds, others

# What tools of the provider left behind is taken as it is.
_LEFT_BEHIND = (
    "file_search_call", "computer_call", "computer_call_output", "web_search_call",
    "tool_search_call", "tool_search_output", "additional_tools", "compaction",
    "compaction_trigger", "image_generation_call", "code_interpreter_call", "local_shell_call",
    "local_shell_call_output", "shell_call", "shell_call_output", "apply_patch_call",
    "apply_patch_call_output", "mcp_list_tools", "mcp_approval_request", "mcp_approval_response",
    "mcp_call",
)  # fmt: skip
_CACHED = {"prompt_cache_breakpoint": CACHE_BREAKPOINT}
_REQUIRED_TEXT = Text(null="wrong")
_STATUS = Text(choices=("in_progress", "completed", "incomplete"))
_TEXT_PART = Record(members={"text": _REQUIRED_TEXT, **_CACHED}, required=("text",))
_IMAGE_PART = Record(
    members={
        "image_url": Text(),
        "file_id": Text(),
        "detail": Text(choices=("low", "high", "auto", "original")),
        **_CACHED,
    }
)
_FILE_PART = Record(
    members={
        "file_id": Text(),
        "filename": Text(),
        "file_data": Text(),
        "file_url": Text(),
        "detail": Text(choices=("auto", "low", "high")),
        **_CACHED,
    }
)
_GIVEN = kinds(firm=True, input_text=_TEXT_PART, input_image=_IMAGE_PART, input_file=_FILE_PART)
_SAID = kinds(
    firm=True,
    output_text=Record(
        members={"text": _REQUIRED_TEXT, "annotations": Array(), "logprobs": Array()},
        required=("text",),
    ),
    refusal=Record(members={"refusal": _REQUIRED_TEXT}, required=("refusal",)),
)


def _message(parts: Rule) -> Record:
    return Record(
        members={
            "id": Text(),
            "type": Text(),
            "status": _STATUS,
            "phase": Text(choices=("commentary", "final_answer")),
            "content": Either(rules=(Text(), Array(of=parts)), null="wrong"),
        },
        required=("content",),
    )


MESSAGE = kinds(
    firm=True,
    tag="role",
    user=_message(_GIVEN),
    assistant=_message(_SAID),
    system=_message(_GIVEN),
    developer=_message(_GIVEN),
)
_OUTPUT = Either(rules=(Text(longest=10_485_760), Array(of=_GIVEN)), null="wrong")
_CALLED = {
    "id": Text(),
    "call_id": Text(null="wrong", shortest=1, longest=64),
    "status": _STATUS,
    "caller": Rule(),
    "namespace": Text(),
    "created_by": Text(),
}
_KNOWN = kinds(
    firm=True,
    message=Record(members={}, open=True),
    function_call=Record(
        members={**_CALLED, "name": _REQUIRED_TEXT, "arguments": _REQUIRED_TEXT},
        required=("call_id", "name", "arguments"),
    ),
    function_call_output=Record(
        members={**_CALLED, "name": Text(), "output": _OUTPUT}, required=("call_id", "output")
    ),
    custom_tool_call=Record(
        members={**_CALLED, "name": _REQUIRED_TEXT, "input": _REQUIRED_TEXT},
        required=("call_id", "name", "input"),
    ),
    custom_tool_call_output=Record(
        members={**_CALLED, "output": _OUTPUT}, required=("call_id", "output")
    ),
    reasoning=Record(
        members={
            "id": _REQUIRED_TEXT,
            "summary": Array(
                of=kinds(
                    firm=True,
                    summary_text=Record(members={"text": _REQUIRED_TEXT}, required=("text",)),
                ),
                null="wrong",
            ),
            "content": Array(
                of=kinds(
                    firm=True,
                    reasoning_text=Record(members={"text": _REQUIRED_TEXT}, required=("text",)),
                )
            ),
            "encrypted_content": Text(),
            "status": _STATUS,
        },
        required=("id", "summary"),
    ),
    item_reference=Record(members={"id": _REQUIRED_TEXT}, required=("id",)),
)
ITEM = others(_KNOWN, _LEFT_BEHIND, open=True)
# Items are looked at one by one in `schemas.responses_check`: what has no `type` is a message.
INPUT = Either(rules=(Text(longest=10_485_760), Array(of=Record(members={}, open=True))))
