"""The bodies in which the providers put their errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from .dialect import Dialect
from .errors import ApiError, ErrorBody


def render(error: ApiError, dialect: Dialect) -> ErrorBody:
    """Return `error` in the form of `dialect`, and in its words where they are known."""
    rendered = _STYLES[dialect.errors](error)
    return ErrorBody(
        rendered.status, rendered.content_type, rendered.body, {**rendered.headers, **error.headers}
    )


def _json(status: int, value: Any, *, end: str = "", type: str = "application/json") -> ErrorBody:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return ErrorBody(status, type, (text + end).encode("utf-8", "replace"))


def _nested(error: ApiError) -> dict[str, Any]:
    return {
        "message": error.message,
        "type": error.type,
        "param": error.param,
        "code": error.code,
    }


def _openai(error: ApiError) -> ErrorBody:
    headers = {}
    if error.status == 401:  # noqa: PLR2004 (unauthorized)
        headers["WWW-Authenticate"] = 'Bearer realm="OpenAI API"'
    text = json.dumps({"error": _nested(error)}, indent=2, ensure_ascii=False)
    return ErrorBody(error.status, "application/json", text.encode("utf-8", "replace"), headers)


def _azure(error: ApiError) -> ErrorBody:
    if error.kind in ("no_key", "bad_key"):
        told = (
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to"
            " provide a valid key for an active subscription and use a correct regional API"
            " endpoint for your resource."
        )
        return _json(401, {"error": {"code": "401", "message": told}})
    if error.kind == "no_url":
        return ErrorBody(
            404, "application/json", b'{"error":{"code":"404","message": "Resource not found"}}'
        )
    if error.kind == "rate_limit":
        return _json(error.status, {"error": {"code": "429", "message": error.message}})
    return _openai(error)


def _deepseek(error: ApiError) -> ErrorBody:
    if error.kind in ("bad_json", "invalid") and error.status == 400:  # noqa: PLR2004 (bad request)
        told = f"Failed to deserialize the JSON body into the target type: {error.message}"
        return ErrorBody(422, "text/plain", told.encode("utf-8", "replace"))
    nested = _nested(error)
    nested["code"] = "invalid_request_error"
    if error.kind == "no_key":
        nested["message"] = "Authentication Fails (auth header format should be Bearer sk-...)"
    if error.kind in ("no_key", "bad_key"):
        nested["type"] = "authentication_error"
    type = "application/octet-stream" if error.status == 400 else "application/json"  # noqa: PLR2004
    return _json(error.status, {"error": nested}, type=type)


def _vllm(error: ApiError) -> ErrorBody:
    if error.kind in ("no_key", "bad_key"):
        return _json(401, {"error": "Unauthorized"})
    if error.kind == "no_url":
        return _json(404, {"detail": "Not Found"})
    nested = {**_nested(error), "type": _python_name(error), "code": error.status}
    return _json(error.status, {"error": nested})


def _sglang(error: ApiError) -> ErrorBody:
    if error.kind in ("no_key", "bad_key"):
        return _json(401, {"error": "Unauthorized"})
    if error.kind == "no_url":
        return _json(404, {"detail": "Not Found"})
    flat = {
        "object": "error",
        "message": error.message,
        "type": _python_name(error),
        "param": error.param,
        "code": error.status,
    }
    return _json(error.status, flat)


def _python_name(error: ApiError) -> str:
    names = {
        400: "BadRequestError",
        404: "NotFoundError",
        422: "UnprocessableEntityError",
        429: "RateLimitError",
        503: "ServiceUnavailableError",
    }
    return names.get(error.status, "InternalServerError")


def _mistral(error: ApiError) -> ErrorBody:
    if error.kind in ("no_key", "bad_key"):
        told = "Invalid API Key" if error.kind == "bad_key" else "Unauthorized"
        return _json(401, {"detail": told}, end="\n")
    if error.kind == "no_url":
        return _json(404, {"message": "no Route matched with those values"})
    if error.kind == "unknown":
        told = "Extra inputs are not permitted"
        extra: dict[str, Any] = {"type": "extra_forbidden", "loc": ["body", error.param]}
        return _json(422, {"detail": [{**extra, "msg": told, "input": None}]})
    if error.kind in ("bad_json", "invalid"):
        where = ["body", *([error.param] if error.param else [])]
        entry = {"type": "value_error", "loc": where, "msg": error.message, "input": None}
        return _json(422, {"detail": [entry]})
    flat = {
        "object": "error",
        "message": error.message,
        "type": error.type,
        "param": error.param,
        "code": error.code,
    }
    return _json(error.status, flat)


def _compact(error: ApiError) -> ErrorBody:
    return _json(error.status, {"error": _nested(error)})


def _openrouter(error: ApiError) -> ErrorBody:
    told = "Missing Authentication header" if error.kind == "no_key" else error.message
    nested: dict[str, Any] = {"message": told, "code": error.status}
    if error.kind in ("rate_limit", "provider"):
        nested["message"] = "Provider returned error"
        nested["metadata"] = {
            "raw": error.message,
            "provider_name": "Amazon Bedrock",
            "is_byok": False,
        }
    return _json(error.status, {"error": nested})


def _groq(error: ApiError) -> ErrorBody:
    nested = _nested(error)
    del nested["param"]
    if error.kind == "unknown":
        nested["message"] = f"property '{error.param}' is unsupported"
        nested["code"] = None
    if error.kind in ("no_key", "bad_key"):
        nested["message"] = "Invalid API Key"
        nested["code"] = "invalid_api_key"
    if nested["code"] is None:
        del nested["code"]
    return _json(error.status, {"error": nested}, end="\n")


def _ollama(error: ApiError) -> ErrorBody:
    if error.kind == "no_url":
        return ErrorBody(404, "text/plain", b"404 page not found")
    if error.kind == "no_method":
        return ErrorBody(405, "text/plain", b"405 method not allowed")
    types = {400: "invalid_request_error", 404: "not_found_error"}
    nested = {**_nested(error), "type": types.get(error.status, "api_error")}
    return _json(error.status, {"error": {**nested, "param": None, "code": None}}, end="\n")


_STYLES: Mapping[str, Callable[[ApiError], ErrorBody]] = {
    "openai": _openai,
    "azure": _azure,
    "deepseek": _deepseek,
    "vllm": _vllm,
    "sglang": _sglang,
    "mistral": _mistral,
    "compact": _compact,
    "openrouter": _openrouter,
    "groq": _groq,
    "ollama": _ollama,
}
