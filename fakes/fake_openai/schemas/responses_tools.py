"""Tools of a response, and which of them are to be called."""

from __future__ import annotations

from fake_openai.asking.rules import Array, Either, Flag, Record, Rule, Text

from .shared import GRAMMAR, JSON_SCHEMA, NAME, kinds, others

_REQUIRED_TEXT = Text(null="wrong")
# Tools that the provider runs: they are taken as they are, and never run here.
_RUN_ELSEWHERE = (
    "file_search", "computer", "computer_use_preview", "web_search", "web_search_2025_08_26",
    "mcp", "code_interpreter", "programmatic_tool_calling", "image_generation", "local_shell",
    "shell", "namespace", "tool_search", "web_search_preview", "web_search_preview_2025_03_11",
    "apply_patch",
)  # fmt: skip
_CHOSEN_BY_TYPE = (
    "file_search", "web_search_preview", "web_search", "computer", "computer_use_preview",
    "computer_use", "web_search_preview_2025_03_11", "image_generation", "code_interpreter",
    "programmatic_tool_calling", "apply_patch", "shell",
)  # fmt: skip
_CALLERS = {"defer_loading": Flag(), "allowed_callers": Array()}
_RUN_HERE = kinds(
    firm=True,
    function=Record(
        members={
            "name": NAME,
            "description": Text(),
            "parameters": JSON_SCHEMA,
            "output_schema": Rule(),
            "strict": Flag(),
            **_CALLERS,
        },
        required=("name",),
    ),
    custom=Record(
        members={
            "name": NAME,
            "description": Text(),
            "format": kinds(firm=True, text=Record(members={}), grammar=GRAMMAR),
            **_CALLERS,
        },
        required=("name",),
    ),
)
TOOL = others(_RUN_HERE, _RUN_ELSEWHERE, open=True)
_NAMED = Record(members={"name": _REQUIRED_TEXT}, required=("name",))
_CHOSEN_BY_NAME = kinds(
    firm=True,
    function=_NAMED,
    custom=_NAMED,
    allowed_tools=Record(
        members={
            "mode": Text(choices=("auto", "required"), null="wrong"),
            "tools": Array(of=JSON_SCHEMA, null="wrong"),
        },
        required=("mode", "tools"),
    ),
    mcp=Record(members={}, open=True),
)
TOOL_CHOICE = Either(
    rules=(
        Text(choices=("none", "auto", "required")),
        others(_CHOSEN_BY_NAME, _CHOSEN_BY_TYPE, open=False),
    )
)
