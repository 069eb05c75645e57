"""The whole check of a request for a response: form, items, tools, schemas, and the model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fake_openai.asking import validation
from fake_openai.asking.complaints import (
    invalid,
    missing,
    not_among,
    only_with,
    unsupported,
    unsupported_value,
    wrong_type,
)
from fake_openai.asking.rules import Record
from fake_openai.dialect import Dialect
from fake_openai.inventing import catalogue
from fake_openai.inventing.catalogue import Model

from . import strict_schema
from .responses import COUNTED, INCLUDES, MOVED, RESPONSE
from .responses_input import ITEM, MESSAGE

_NOTHING = (
    "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be"
    " provided."
)
_NO_JSON = (
    "Response input messages must contain the word 'json' in some form to use 'text.format' of"
    " type 'json_object'."
)
_BOTH = (
    "Mutually exclusive parameters: ['previous_response_id', 'conversation']. Ensure you are only"
    " providing one of these."
)
_GUIDE = "https://platform.openai.com/docs/guides/responses-vs-chat-completions"
_SOURCES = ("input", "previous_response_id", "prompt", "conversation")


def check(body: Mapping[str, Any], dialect: Dialect) -> None:
    """Check the body of a request for a response, as `dialect` does.

    Raises:
        ApiError: a part of it is missing, unknown or wrong; `param` says which.
    """
    everywhere = dialect.strict == "all"
    _check(body, RESPONSE, strict=everywhere)
    if everywhere:
        _check_model(body, catalogue.find(body["model"]))
    if body.get("stream_options") is not None and not body.get("stream"):
        raise only_with("stream_options", "'stream' is enabled")
    wanted = (body.get("text") or {}).get("format") or {}
    if wanted.get("type") == "json_object" and "json" not in _texts(body).lower():
        raise invalid(_NO_JSON, "input", None, "")


def check_counted(body: Mapping[str, Any], dialect: Dialect) -> None:
    """Check the body of a request for a count of tokens.

    Raises:
        ApiError: a part of it is unknown or wrong; `param` says which.
    """
    _check(body, COUNTED, strict=dialect.strict == "all")


def _check(body: Mapping[str, Any], rule: Record, *, strict: bool) -> None:
    for name, instead in MOVED.items():
        if body.get(name) is not None:
            told = f"Unsupported parameter: '{name}'. In the Responses API, this parameter has"
            told += f" moved to '{instead}'. Try again with the new parameter. See '{_GUIDE}' for"
            raise invalid(f"{told} more information.", name, "unsupported_parameter", "")
    if "model" in rule.required and not body.get("model"):
        raise missing("model")
    validation.check(body, rule, strict=strict)
    if all(body.get(name) is None for name in _SOURCES):
        raise invalid(_NOTHING, "input", "missing_required_parameter")
    _check_id(body.get("previous_response_id"), "previous_response_id")
    if body.get("previous_response_id") and body.get("conversation"):
        raise invalid(_BOTH, None, "mutually_exclusive_parameters", "")
    given = body.get("input")
    check_items(given if isinstance(given, list) else (), "input", strict=strict)
    _check_schemas(body)
    _check_choice(body)


def check_items(items: Sequence[Any], name: str, *, strict: bool) -> None:
    """Check items that came as `name`.

    Raises:
        ApiError: one of them is none, or a part of it is wrong.
    """
    for place, item in enumerate(items):
        path = f"{name}[{place}]"
        if not isinstance(item, Mapping):
            raise wrong_type(path, "an object", item)
        _check_item(item, path, strict=strict)


def check_includes(query: Any) -> None:
    """Check `include` of a query.

    Raises:
        ApiError: there is nothing of that name to include.
    """
    for name in ("include", "include[]"):
        for place, value in enumerate(query.getall(name, [])):
            if value not in INCLUDES:
                raise not_among(f"include[{place}]", INCLUDES, value)


def _check_id(id: str | None, name: str) -> None:
    if id is None or re.fullmatch(r"resp[\w-]*|[0-9a-f-]{36}", id):
        return
    told = f"Invalid '{name}': '{id}'. Expected an ID that begins with 'resp'."
    if not re.fullmatch(r"[\w-]*", id):
        told = f"Invalid '{name}': '{id}'. Expected an ID that contains letters, numbers,"
        told += " underscores, or dashes, but this value contained additional characters."
    raise invalid(told, name, "invalid_value")


def _check_item(item: Mapping[str, Any], path: str, *, strict: bool) -> None:
    kind = item.get("type")
    if kind == "message" or (kind is None and "role" in item):
        validation.check(item, MESSAGE, path, strict=strict)
    elif kind is None and "id" in item:
        if not isinstance(item["id"], str):
            raise wrong_type(f"{path}.id", "a string", item["id"])
    else:
        validation.check(item, ITEM, path, strict=strict)


def _check_schemas(body: Mapping[str, Any]) -> None:
    for place, tool in enumerate(body.get("tools") or ()):
        schema = tool.get("parameters") if tool.get("type") == "function" else None
        if schema:
            path = f"tools[{place}].parameters"
            check = strict_schema.check if tool.get("strict") else strict_schema.check_object
            check(schema, "function", tool["name"], path, "invalid_function_parameters")
    wanted = (body.get("text") or {}).get("format") or {}
    if wanted.get("type") == "json_schema" and wanted.get("strict"):
        strict_schema.check(
            wanted["schema"],
            "response_format",
            wanted["name"],
            "text.format.schema",
            "invalid_json_schema",
        )


def _check_choice(body: Mapping[str, Any]) -> None:
    choice = body.get("tool_choice")
    tools: Sequence[Mapping[str, Any]] = body.get("tools") or ()
    if choice is None or choice in ("none", "auto"):
        return
    if not tools:
        told = "Tool choice '{}' must be specified with 'tools' parameter."
        shown = choice if isinstance(choice, str) else choice["type"]
        raise invalid(told.format(shown), "tool_choice", None, "")
    if isinstance(choice, str) or choice["type"] not in ("function", "custom"):
        return
    if not any(t["type"] == choice["type"] and t.get("name") == choice["name"] for t in tools):
        kind = "Function" if choice["type"] == "function" else "Custom"
        told = f"Tool choice '{choice['name']}' not found in 'tools' parameter."
        raise invalid(f"{kind} {told[0].lower()}{told[1:]}", "tool_choice", None, "")


def _check_model(body: Mapping[str, Any], model: Model) -> None:
    if model is catalogue.UNKNOWN:
        return
    asked = body.get("reasoning") or {}
    effort = asked.get("effort")
    if effort is not None and not model.efforts:
        raise unsupported("reasoning.effort")
    if effort is not None and effort not in model.efforts:
        raise unsupported_value("reasoning.effort", effort, model.efforts)
    if asked.get("summary") is not None and not model.efforts:
        raise unsupported("reasoning.summary")
    _check_output(body, model, effort)


def _check_output(body: Mapping[str, Any], model: Model, effort: str | None) -> None:
    verbosity = (body.get("text") or {}).get("verbosity")
    if verbosity is not None and model.verbosities and verbosity not in model.verbosities:
        raise unsupported_value("text.verbosity", verbosity, model.verbosities)
    includes = body.get("include") or ()
    if "reasoning.encrypted_content" in includes and not model.efforts:
        raise invalid("Encrypted content is not supported with this model.", "include", None, "")
    if model.sampled or model.effort_of(effort) == "none":
        return
    for name in ("temperature", "top_p"):
        if body.get(name) is not None:
            raise unsupported(name)
    if body.get("top_logprobs") or "message.output_text.logprobs" in includes:
        told = "logprobs are not supported with reasoning models."
        raise invalid(told, "include", "unsupported_parameter", "")


def _texts(body: Mapping[str, Any]) -> str:
    given = body.get("input")
    items = given if isinstance(given, list) else [{"content": given}]
    found = [body.get("instructions") or ""]
    for item in items:
        content = item.get("content")
        parts = content if isinstance(content, list) else [{"text": content}]
        found += [part["text"] for part in parts if isinstance(part.get("text"), str)]
    return "\n".join(found)
