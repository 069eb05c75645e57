"""The bodies in which the providers put their errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from fake_openai.dialect import Dialect

from . import error_styles_fastapi as fastapi
from .errors import ApiError, ErrorBody, compact_json, nested


def render(error: ApiError, dialect: Dialect) -> ErrorBody:
    """Return `error` in the form of `dialect`, and in its words where they are known."""
    rendered = _STYLES[dialect.errors](error)
    return ErrorBody(
        rendered.status, rendered.content_type, rendered.body, {**rendered.headers, **error.headers}
    )


def _openai(error: ApiError) -> ErrorBody:
    headers = {}
    if error.status == 401:  # noqa: PLR2004 (unauthorized)
        headers["WWW-Authenticate"] = 'Bearer realm="OpenAI API"'
    if error.kind == "no_model" and error.status == 404:  # noqa: PLR2004 (the old gateway says it)
        text = json.dumps({"error": nested(error)}, indent=4, ensure_ascii=False) + "\n"
        type = "application/json; charset=utf-8"
        return ErrorBody(404, type, text.encode("utf-8", "replace"), {"vary": "Origin"})
    text = json.dumps({"error": nested(error)}, indent=2, ensure_ascii=False)
    return ErrorBody(error.status, "application/json", text.encode("utf-8", "replace"), headers)


def _azure(error: ApiError) -> ErrorBody:
    if error.kind in ("no_key", "bad_key"):
        told = (
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to"
            " provide a valid key for an active subscription and use a correct regional API"
            " endpoint for your resource."
        )
        return compact_json(401, {"error": {"code": "401", "message": told}})
    if error.kind == "no_url":
        return ErrorBody(
            404, "application/json", b'{"error":{"code":"404","message": "Resource not found"}}'
        )
    if error.kind == "no_model":
        told = (
            "The API deployment for this resource does not exist. If you created the deployment"
            " within the last 5 minutes, please wait a moment and try again."
        )
        missing = {"type": error.type, "code": "DeploymentNotFound", "message": told}
        text = json.dumps({"error": missing}, indent=2)
        return ErrorBody(404, "application/json", text.encode())
    if error.status == 413:  # noqa: PLR2004 (too large)
        told = "Failed to buffer the request body: length limit exceeded"
        return ErrorBody(413, "text/plain", told.encode())
    if error.kind == "rate_limit":
        text = f'{{"error":{{"code":"429","message": {json.dumps(error.message)}}}}}'
        return ErrorBody(error.status, "application/json", text.encode())
    return _openai(error)


def _deepseek(error: ApiError) -> ErrorBody:
    if error.kind == "bad_type":
        told = "Expected request with `Content-Type: application/json`"
        return ErrorBody(415, "text/plain", told.encode())
    if error.kind == "bad_json":
        told = "Failed to parse the request body as JSON: expected value at line 1 column 1"
        return ErrorBody(400, "text/plain", told.encode())
    if error.kind == "invalid" and error.status == 400:  # noqa: PLR2004 (bad request)
        told = f"Failed to deserialize the JSON body into the target type: {error.message}"
        return ErrorBody(422, "text/plain", told.encode("utf-8", "replace"))
    body = nested(error)
    body["code"] = "invalid_request_error"
    if error.kind == "no_key":
        body["message"] = "Authentication Fails (auth header format should be Bearer sk-...)"
    if error.kind in ("no_key", "bad_key"):
        body["type"] = "authentication_error"
    type = "application/octet-stream" if error.status == 400 else "application/json"  # noqa: PLR2004
    return compact_json(error.status, {"error": body}, type=type)


def _compact(error: ApiError) -> ErrorBody:
    return compact_json(error.status, {"error": nested(error)})


def _openrouter(error: ApiError) -> ErrorBody:
    words = {"no_key": "Missing Authentication header", "bad_key": "No auth credentials found"}
    told: dict[str, Any] = {
        "message": words.get(error.kind, error.message),
        "code": error.status,
        **error.extra,
    }
    if error.kind not in ("rate_limit", "provider"):
        return compact_json(error.status, {"error": told})
    told["message"] = "Provider returned error"
    told["metadata"] = {
        "raw": error.message,
        "provider_name": "Amazon Bedrock",
        "is_byok": False,
    }
    return compact_json(
        error.status, {"error": told, "user_id": "user_2fakefakefakefakefakefakefa"}
    )


def _groq(error: ApiError) -> ErrorBody:
    told = nested(error)
    del told["param"]
    if error.kind == "unknown":
        told["message"] = f"property '{error.param}' is unsupported"
        told["code"] = None
    if error.kind in ("no_key", "bad_key"):
        told["message"] = "Invalid API Key"
        told["code"] = "invalid_api_key"
    if told["code"] is None:
        del told["code"]
    return compact_json(error.status, {"error": told}, end="\n")


def _ollama(error: ApiError) -> ErrorBody:
    if error.kind == "no_url":
        return ErrorBody(404, "text/plain", b"404 page not found")
    if error.kind == "no_method":
        return ErrorBody(405, "text/plain", b"405 method not allowed")
    types = {400: "invalid_request_error", 404: "not_found_error"}
    told = {**nested(error), "type": types.get(error.status, "api_error")}
    if error.kind in ("no_key", "bad_key"):
        told["message"] = "Unauthorized"
    if error.kind == "bad_json":
        told["message"] = "invalid character in the body, looking for beginning of value"
    return compact_json(error.status, {"error": {**told, "param": None, "code": None}}, end="\n")


_STYLES: Mapping[str, Callable[[ApiError], ErrorBody]] = {
    "openai": _openai,
    "azure": _azure,
    "deepseek": _deepseek,
    "vllm": fastapi.vllm,
    "sglang": fastapi.sglang,
    "mistral": fastapi.mistral,
    "compact": _compact,
    "openrouter": _openrouter,
    "groq": _groq,
    "ollama": _ollama,
}
