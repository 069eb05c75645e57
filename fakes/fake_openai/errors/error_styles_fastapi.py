"""The bodies of errors of servers that are made with FastAPI: Mistral, vLLM, SGLang."""

from __future__ import annotations

from typing import Any

from fake_openai.asking.pydantic_errors import entry, python_text

from .errors import ApiError, ErrorBody, compact_json, nested

_FORM = ("bad_json", "bad_type", "unknown")
_CODES = ("missing_required_parameter", "invalid_type", "invalid_value", "empty_array")
_NAMES = {
    400: "BadRequestError",
    404: "NotFoundError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    503: "ServiceUnavailableError",
}
_NO_MODEL = "you must provide a model parameter"


def vllm(error: ApiError) -> ErrorBody:
    """Return `error` as vLLM tells it."""
    refused = _refused(error)
    if refused is not None:
        return refused
    told = {**nested(error), "type": _name(error), "code": error.status}
    if _is_form(error):
        said = python_text(error)
        if error.kind == "bad_type":
            said = "Unsupported Media Type: Only 'application/json' is allowed"
        told |= {"message": f"1 validation error:\n  {said}", "type": "Bad Request"}
        told |= {"param": None, "code": 400}
    return compact_json(error.status, {"error": told})


def sglang(error: ApiError) -> ErrorBody:
    """Return `error` as SGLang tells it: flat."""
    refused = _refused(error)
    if refused is not None:
        return refused
    flat = {
        "object": "error",
        "message": error.message,
        "type": _name(error),
        "param": error.param,
        "code": error.status,
    }
    if _is_form(error):
        flat |= {"message": f"[{python_text(error)}]", "type": "Bad Request", "param": None}
    return compact_json(error.status, flat)


def mistral(error: ApiError) -> ErrorBody:
    """Return `error` as Mistral tells it: a list where the form is wrong, else flat."""
    if error.kind in ("no_key", "bad_key"):
        told = "Invalid API Key" if error.kind == "bad_key" else "Unauthorized"
        return compact_json(401, {"detail": told}, end="\n")
    if error.kind == "no_url":
        return compact_json(404, {"message": "no Route matched with those values"})
    if error.kind in (*_FORM, "invalid"):
        return compact_json(422, {"detail": [entry(error)]})
    flat = {
        "object": "error",
        "message": error.message,
        "type": error.type,
        "param": error.param,
        "code": error.code,
    }
    return compact_json(error.status, flat)


def _refused(error: ApiError) -> ErrorBody | None:
    if error.kind in ("no_key", "bad_key"):
        return compact_json(401, {"error": "Unauthorized"})
    if error.kind == "no_url":
        return compact_json(404, {"detail": "Not Found"})
    return None


def _is_form(error: ApiError) -> bool:
    """Say whether an error is one that pydantic finds."""
    code: Any = error.code or ""
    bounds = code.endswith(("_min_value", "_max_value"))
    return error.kind in _FORM or bounds or code in _CODES or error.message == _NO_MODEL


def _name(error: ApiError) -> str:
    return _NAMES.get(error.status, "InternalServerError")
