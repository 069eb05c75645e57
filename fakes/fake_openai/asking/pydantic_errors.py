"""Refusals in the words of pydantic, which checks requests at Mistral, vLLM and SGLang."""

from __future__ import annotations

import re
from typing import Any

from fake_openai.errors.errors import ApiError

_EXPECTED = re.compile(r"expected (?:an?|one of an?) (.+?),? but got")
_SUPPORTED = re.compile(r"Supported values are: (.*)\.")
_BOUND = re.compile(r"Expected a value [<>]= (\S+), but")
_SHOWN = 200
_TYPES = {
    "string": ("string_type", "Input should be a valid string"),
    "integer": ("int_type", "Input should be a valid integer"),
    "decimal number": ("float_type", "Input should be a valid number"),
    "number": ("float_type", "Input should be a valid number"),
    "boolean": ("bool_type", "Input should be a valid boolean"),
    "array": ("list_type", "Input should be a valid list"),
    "object": ("dict_type", "Input should be a valid dictionary"),
}


def entry(error: ApiError) -> dict[str, Any]:
    """Return what pydantic says of the offending part: `type`, `loc`, `msg` and `input`."""
    if error.kind == "bad_json":
        told: dict[str, Any] = {"type": "json_invalid", "loc": ["body", 0]}
        told |= {"msg": "JSON decode error", "input": {}, "ctx": {"error": "Expecting value"}}
        return told
    if error.kind == "bad_type":
        told = {"type": "model_attributes_type", "loc": ["body"]}
        said = "Input should be a valid dictionary or object to extract fields from"
        return {**told, "msg": said, "input": error.given}
    type, said = _said(error)
    given = {} if type == "missing" else error.given
    place = error.param or ("model" if type == "missing" else None)
    return {"type": type, "loc": _place(place), "msg": said, "input": given}


def _said(error: ApiError) -> tuple[str, str]:
    code, message = error.code or "", error.message
    if code == "missing_required_parameter" or message == "you must provide a model parameter":
        return "missing", "Field required"
    if error.kind == "unknown":
        return "extra_forbidden", "Extra inputs are not permitted"
    if code == "invalid_type" and (found := _EXPECTED.search(message)):
        kind = next((name for name in _TYPES if found[1].startswith(name)), "")
        if kind:
            return _TYPES[kind]
    if code == "invalid_value" and (found := _SUPPORTED.search(message)):
        *others, last = found[1].replace(", and ", ", ").replace(" and ", ", ").split(", ")
        choices = f"{', '.join(others)} or {last}" if others else last
        return "literal_error", f"Input should be {choices}"
    if found := _BOUND.search(message):
        if code.endswith("_below_min_value"):
            return "greater_than_equal", f"Input should be greater than or equal to {found[1]}"
        return "less_than_equal", f"Input should be less than or equal to {found[1]}"
    if code == "empty_array":
        said = "List should have at least 1 item after validation, not 0"
        return "too_short", said
    return "value_error", f"Value error, {message}"


def _place(param: str | None) -> list[str | int]:
    steps = re.findall(r"[^.\[\]]+", param or "")
    return ["body", *(int(step) if step.isdigit() else step for step in steps)]


def python_text(error: ApiError) -> str:
    """Return the entry as Python shows it, with a tuple for the place."""
    told = entry(error)
    told["loc"] = tuple(told["loc"])
    if len(repr(told["input"])) > _SHOWN:
        told["input"] = f"{repr(told['input'])[:_SHOWN]}..."
    return repr(told)
