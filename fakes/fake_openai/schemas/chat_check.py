"""The whole check of a chat request: form, order of messages, tools, schemas, and the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from fake_openai.asking import validation
from fake_openai.asking.complaints import invalid, missing, only_with, wrong_type
from fake_openai.asking.rules import Record
from fake_openai.dialect import Dialect
from fake_openai.errors.errors import ApiError
from fake_openai.inventing import catalogue

from . import capabilities, chat_order, strict_schema
from .chat import CHAT, EXTRAS

_NO_JSON = (
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type"
    " 'json_object'."
)
_IMAGE = re.compile(r"https?://\S|data:image/[\w.+-]+;base64,[A-Za-z0-9+/=_-]*\Z", re.IGNORECASE)
_NO_IMAGE = (
    "Expected a valid URL or a base64-encoded data URL with an image MIME type"
    " (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got something else."
)


def check_chat(body: Mapping[str, Any], dialect: Dialect) -> None:
    """Check the body of a chat completion, as `dialect` does.

    Raises:
        ApiError: a part of it is missing, unknown or wrong; `param` says which.
    """
    if "model" not in body or body["model"] == "":
        raise ApiError(400, "you must provide a model parameter", kind="invalid")
    if not isinstance(body["model"], str):
        raise wrong_type("model", "a string", body["model"])
    rule = rule_of(dialect.name)
    everywhere = dialect.strict == "all"
    old_words = not catalogue.find(body["model"]).new
    if dialect.strict == "top" and body.get("messages") is not None:
        validation.known(body, rule)
    validation.check(body, rule, strict=everywhere, old_words=old_words)
    if everywhere:
        capabilities.check(body)
        _check_images(body["messages"])
        _check_schemas(body)
    elif body.get("stream_options") is not None and not body.get("stream"):
        raise only_with("stream_options", "'stream' is enabled")
    _check_choice(body)
    chat_order.check(body["messages"])
    if dialect.ordered:
        chat_order.check_calls(body["messages"])
    if dialect.wants_json and _type_of(body.get("response_format")) == "json_object":
        _check_json(body["messages"])


@lru_cache
def rule_of(dialect: str) -> Record:
    """Return the rule for the dialect of that name, with what it takes besides."""
    return replace(CHAT, members={**CHAT.members, **EXTRAS.get(dialect, {})})


def _type_of(part: Any) -> Any:
    return part.get("type") if isinstance(part, Mapping) else None


def _check_json(messages: Sequence[Mapping[str, Any]]) -> None:
    if not any("json" in text.lower() for text in _texts(messages)):
        raise invalid(_NO_JSON, "messages", None, "")


def _texts(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for message in messages:
        content = message.get("content")
        parts: list[Any] = content if isinstance(content, list) else [{"text": content}]
        yield from (p["text"] for p in parts if isinstance(p.get("text"), str))


def _check_images(messages: Sequence[Mapping[str, Any]]) -> None:
    for place, message in enumerate(messages):
        content = message.get("content")
        for at, part in enumerate(content if isinstance(content, list) else ()):
            url = part["image_url"]["url"] if part["type"] == "image_url" else "https://x"
            if not _IMAGE.match(url):
                path = f"messages[{place}].content[{at}].image_url.url"
                raise invalid(f"Invalid '{path}'. {_NO_IMAGE}", path, "invalid_value")


def _check_schemas(body: Mapping[str, Any]) -> None:
    for place, tool in enumerate(body.get("tools") or ()):
        if tool["type"] == "function":
            _check_function(tool["function"], f"tools[{place}].function.parameters")
    for place, function in enumerate(body.get("functions") or ()):
        _check_function(function, f"functions[{place}].parameters")
    wanted = body.get("response_format") or {}
    if wanted.get("type") != "json_schema":
        return
    form = wanted["json_schema"]
    if form.get("schema") is None:
        raise missing("response_format.json_schema.schema")
    if form.get("strict"):
        strict_schema.check(form["schema"], "response_format", form["name"], "response_format")


def _check_function(function: Mapping[str, Any], param: str) -> None:
    schema, name = function.get("parameters"), function["name"]
    if schema and function.get("strict"):
        strict_schema.check(schema, "function", name, param, "invalid_function_parameters")
    elif schema:
        strict_schema.check_object(schema, "function", name, param, "invalid_function_parameters")


def _check_choice(body: Mapping[str, Any]) -> None:
    if body.keys().isdisjoint(("tool_choice", "function_call")):
        return
    tools = [_name(tool) for tool in body.get("tools") or () if isinstance(tool, Mapping)]
    chosen = _name(body.get("tool_choice"))
    if chosen is not None and chosen not in tools:
        told = (
            f"Invalid value for 'tool_choice': no tool named '{chosen}' was specified in 'tools'."
        )
        raise invalid(told, "tool_choice", None, "")
    named = _name({"type": "function", "function": body.get("function_call")})
    functions = [one.get("name") for one in body.get("functions") or ()]
    if named is not None and named not in functions:
        told = (
            f"Invalid value for 'function_call': no function named '{named}' was specified in the"
        )
        raise invalid(f"{told} 'functions' parameter.", "function_call", None, "")


def _name(tool: Any) -> Any:
    kind = _type_of(tool)
    inner = tool.get(kind) if isinstance(kind, str) else None
    return inner.get("name") if isinstance(inner, Mapping) else None
