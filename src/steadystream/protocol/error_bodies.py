"""What a server says when it fails, whatever the shape it says it in."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import msgspec

_MAX_MESSAGE = 500
_MAX_DETAILS = 3
_MAX_DEPTH = 4
_TITLE = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


class ErrorInfo(msgspec.Struct, frozen=True, gc=False):
    """An error as a server told it.

    Attributes:
        message: one line, at most 500 characters.
        code: as it stood on the wire: string, integer, or None.
        type: the kind of error, None when the server named none.
    """

    message: str
    code: str | int | None = None
    type: str | None = None


def parse_error(body: Any) -> ErrorInfo:
    """Return what `body` says went wrong.

    Understands `{"error": {...}}` (OpenAI and most others; code string or integer), `error` as a
    string (xAI, Ollama, vLLM), flat objects with and without `"object": "error"` (Mistral, SGLang,
    Cerebras), FastAPI's `detail` as text and as list, the same in a list (Gemini), plain text and
    HTML (its title). A message in OpenRouter's `metadata.raw` is appended to the one around it.

    Args:
        body: body of an error answer, as bytes or text, or JSON that is already decoded. The
            content type does not matter: servers send JSON under many of them.
    """
    return _parse(body, 0)


def _parse(body: Any, depth: int) -> ErrorInfo:
    if isinstance(body, bytes | bytearray):
        body = bytes(body).decode("utf-8-sig", errors="replace")
    if isinstance(body, str):
        text = body.strip()
        try:
            body = json.loads(text) if text[:1] in ("{", "[", '"') else None
        except (ValueError, RecursionError):
            body = None
        if body is None or isinstance(body, str):
            return ErrorInfo(_from_text(body or text))
    if isinstance(body, list) and body and isinstance(body[0], dict):
        body = body[0]
    if not isinstance(body, dict) or depth > _MAX_DEPTH:
        return ErrorInfo(_as_json(body))
    return _from_object(body, depth)


def _from_object(body: dict[str, Any], depth: int) -> ErrorInfo:
    error = body.get("error") or _error_of_choice(body)
    if isinstance(error, dict | list):
        inner = _parse(error, depth + 1)
        return ErrorInfo(
            inner.message,
            _first_code(body) if inner.code is None else inner.code,
            inner.type,
        )
    message = body.get("message") or body.get("msg")
    code = _first_code(body)
    if isinstance(error, str) and error:
        if isinstance(message, str) and code is None:
            code = error  # GitHub: the code stands where others have the message
        elif not isinstance(message, str):
            message = error
    if message is None and body.get("detail"):
        message = _from_detail(body["detail"], depth)
    said = _one_line(message) if isinstance(message, str) and message.strip() else _as_json(body)
    type_ = body.get("type") or body.get("status")
    return ErrorInfo(
        _one_line(said + _from_metadata(body.get("metadata"), depth)),
        code,
        type_ if isinstance(type_, str) else None,
    )


def _error_of_choice(body: dict[str, Any]) -> Any:
    choices = body.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0].get("error")
    return None


def _from_detail(detail: Any, depth: int) -> str:
    """FastAPI: a text, or one entry for each thing that is wrong with the request."""
    if isinstance(detail, str):
        return detail
    if not isinstance(detail, list):
        return _parse(detail, depth + 1).message
    told = [_from_entry(entry) for entry in detail[:_MAX_DETAILS]]
    if len(detail) > _MAX_DETAILS:
        told.append(f"and {len(detail) - _MAX_DETAILS} more")
    return "; ".join(told)


def _from_entry(entry: Any) -> str:
    if not isinstance(entry, dict) or "msg" not in entry:
        return _as_json(entry)
    place = entry.get("loc")
    where = ".".join(map(str, place)) if isinstance(place, list) else ""
    return f"{where}: {entry['msg']}" if where else str(entry["msg"])


def _from_metadata(metadata: Any, depth: int) -> str:
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    return f": {_parse(raw, depth + 1).message}" if isinstance(raw, str) and raw.strip() else ""


def _from_text(text: str) -> str:
    if not text:
        return "no error message, the body is empty"
    if text[:1] == "<":
        title = _TITLE.search(text)
        text = (title and title[1].strip()) or _TAG.sub(" ", text)
        text = html.unescape(text)
    return _one_line(text)


def _first_code(body: dict[str, Any]) -> str | int | None:
    """Return the code, or the HTTP status that some gateways put in its place."""
    code = _code(body.get("code"))
    if code is not None:
        return code
    statuses = (body.get("status_code"), body.get("status"))
    return next((s for s in statuses if isinstance(s, int) and not isinstance(s, bool)), None)


def _code(value: Any) -> str | int | None:
    if isinstance(value, bool):
        return None
    return value if isinstance(value, str | int) and value != "" else None


def _as_json(value: Any) -> str:
    return _one_line(json.dumps(value, ensure_ascii=False, default=str))


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_MESSAGE else line[: _MAX_MESSAGE - 1] + "…"
