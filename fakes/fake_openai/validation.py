"""Requests that the API would refuse, refused in its words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .errors import ApiError

_NOT_JSON = (
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using"
    " your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not"
    " valid JSON. If you have trouble figuring out how to fix this, please contact us through our"
    " help center at help.openai.com.)"
)
_MOST_CHOICES = 128
_ROLES = ("system", "assistant", "user", "function", "tool", "developer")


def decode(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in `raw`.

    Raises:
        ApiError: there is none.
    """
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise ApiError(400, _NOT_JSON, kind="bad_json") from None
    if not isinstance(body, dict):
        raise ApiError(400, _NOT_JSON, kind="bad_json")
    return body


def check_chat(body: Mapping[str, Any]) -> None:
    """Check the body of a chat completion.

    Raises:
        ApiError: a part of it is missing or wrong; `param` says which.
    """
    if "model" not in body:
        raise ApiError(400, "you must provide a model parameter", kind="invalid")
    _want(body, "model", str, "a string")
    if not body["model"]:
        raise ApiError(400, "you must provide a model parameter", kind="invalid")
    _check_messages(body)
    for name in ("stream", "logprobs"):
        _want(body, name, bool, "a boolean")
    for name in ("max_tokens", "max_completion_tokens", "n"):
        _want(body, name, int, "an integer")
        _at_least(body, name, 1, "integer")
    _at_most(body, "n", _MOST_CHOICES, "integer")
    for name, top in (("temperature", 2), ("top_p", 1)):
        _want(body, name, (int, float), "a decimal")
        _at_least(body, name, 0, "decimal")
        _at_most(body, name, top, "decimal")
    _check_stream_options(body)


def _check_messages(body: Mapping[str, Any]) -> None:
    if body.get("messages") is None:
        raise _missing("messages")
    messages = body["messages"]
    if not isinstance(messages, list):
        raise _wrong_type("messages", "an array of objects", messages)
    if not messages:
        told = (
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an"
        )
        raise ApiError(
            400,
            f"{told} empty array instead.",
            param="messages",
            code="empty_array",
            kind="invalid",
        )
    for place, message in enumerate(messages):
        _check_message(f"messages[{place}]", message)


def _check_message(path: str, message: Any) -> None:
    if not isinstance(message, dict):
        raise _wrong_type(path, "an object", message)
    if "role" not in message:
        raise _missing(f"{path}.role")
    role = message["role"]
    if role not in _ROLES:
        named = " and ".join((", ".join(f"'{r}'" for r in _ROLES[:-1]), f"'{_ROLES[-1]}'"))
        told = f"Invalid value: '{role}'. Supported values are: {named}."
        raise ApiError(400, told, param=f"{path}.role", code="invalid_value", kind="invalid")
    content = message.get("content")
    if content is None and role != "assistant":
        raise _missing(f"{path}.content")
    if content is not None and not isinstance(content, (str, list)):
        raise _wrong_type(f"{path}.content", "one of a string or array of objects", content)
    for place, part in enumerate(content if isinstance(content, list) else ()):
        where = f"{path}.content[{place}]"
        if not isinstance(part, dict):
            raise _wrong_type(where, "an object", part)
        if "type" not in part:
            raise _missing(f"{where}.type")


def _check_stream_options(body: Mapping[str, Any]) -> None:
    options = body.get("stream_options")
    if options is None:
        return
    if not isinstance(options, dict):
        raise _wrong_type("stream_options", "an object", options)
    if not body.get("stream"):
        told = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise ApiError(400, told, param="stream_options", kind="invalid")
    for name in ("include_usage", "include_obfuscation"):
        value = options.get(name)
        if value is not None and not isinstance(value, bool):
            raise _wrong_type(f"stream_options.{name}", "a boolean", value)


def _want(body: Mapping[str, Any], name: str, kind: type | tuple[type, ...], called: str) -> None:
    value = body.get(name)
    if value is None and name != "model":
        return
    is_flag_by_mistake = isinstance(value, bool) and kind is not bool
    if not isinstance(value, kind) or is_flag_by_mistake:
        raise _wrong_type(name, called, value)


def _at_least(body: Mapping[str, Any], name: str, lowest: int, number: str) -> None:
    value = body.get(name)
    if value is not None and not value >= lowest:
        told = (
            f"Invalid '{name}': {number} below minimum value. Expected a value >= {lowest}, but got"
        )
        raise ApiError(
            400,
            f"{told} {value} instead.",
            param=name,
            code=f"{number}_below_min_value",
            kind="invalid",
        )


def _at_most(body: Mapping[str, Any], name: str, highest: int, number: str) -> None:
    value = body.get(name)
    if value is not None and value > highest:
        told = f"Invalid '{name}': {number} above maximum value."
        raise ApiError(
            400,
            f"{told} Expected a value <= {highest}, but got {value} instead.",
            param=name,
            code=f"{number}_above_max_value",
            kind="invalid",
        )


def _missing(path: str) -> ApiError:
    return ApiError(
        400,
        f"Missing required parameter: '{path}'.",
        param=path,
        code="missing_required_parameter",
        kind="invalid",
    )


def _wrong_type(path: str, expected: str, got: Any) -> ApiError:
    told = f"Invalid type for '{path}': expected {expected}, but got {_called(got)} instead."
    return ApiError(400, told, param=path, code="invalid_type", kind="invalid")


def _called(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a decimal"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"
