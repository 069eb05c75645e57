"""Tools of a chat, and which of them are to be called."""

from __future__ import annotations

from fake_openai.asking.rules import Array, Either, Flag, Record, Text

from .shared import GRAMMAR, JSON_SCHEMA, NAME, kinds

_REQUIRED_TEXT = Text(null="wrong")
FUNCTION = Record(
    members={"name": NAME, "description": Text(), "parameters": JSON_SCHEMA, "strict": Flag()},
    required=("name",),
)
OLD_FUNCTION = Record(
    members={"name": NAME, "description": Text(), "parameters": JSON_SCHEMA},
    required=("name",),
)
_CUSTOM = Record(
    members={
        "name": NAME,
        "description": Text(),
        "format": kinds(
            text=Record(members={}),
            grammar=Record(members={"grammar": GRAMMAR}, required=("grammar",)),
        ),
    },
    required=("name",),
)
TOOL = kinds(
    function=Record(members={"function": FUNCTION}, required=("function",)),
    custom=Record(members={"custom": _CUSTOM}, required=("custom",)),
)
_NAMED = Record(members={"name": _REQUIRED_TEXT}, required=("name",))
TOOL_CHOICE = Either(
    rules=(
        Text(choices=("none", "auto", "required")),
        kinds(
            function=Record(members={"function": _NAMED}, required=("function",)),
            custom=Record(members={"custom": _NAMED}, required=("custom",)),
            allowed_tools=Record(
                members={
                    "allowed_tools": Record(
                        members={
                            "mode": Text(choices=("auto", "required"), null="wrong"),
                            "tools": Array(of=JSON_SCHEMA, null="wrong"),
                        },
                        required=("mode", "tools"),
                    )
                },
                required=("allowed_tools",),
            ),
        ),
    )
)
FUNCTION_CALL = Either(rules=(Text(choices=("none", "auto")), _NAMED))
