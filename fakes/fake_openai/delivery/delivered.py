"""The text of an answer that went out before something ended it, read from what was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from fake_openai.keeping.journal import Received

_ID = re.compile(rb'"id": ?"(resp_[^"]+)"')
_LINE = re.compile(r"\r\n|\n|\r")


def text_of(request: Received) -> str | None:
    """Return the text of the first choice that was sent; None if that cannot be said."""
    if request.status >= 400:  # noqa: PLR2004 (RFC 9110, 15)
        return ""
    if request.tape.missed:
        return None
    body = b"".join(sent.data for sent in request.sent)
    if not body:
        return ""
    said, understood = "", False
    for line in _LINE.split(body.decode("utf-8", "replace")):
        event = _event(line)
        if event is not None:
            understood = True
            said += _text(event)
    return said if understood or not _streams(request) else None


def response_id(request: Received) -> str:
    """Return the id of the response that was sent, as the Responses API keeps it; empty if none."""
    for sent in request.tape.since(0):
        found = _ID.search(sent.data)
        if found:
            return found[1].decode()
    return ""


def _streams(request: Received) -> bool:
    return isinstance(request.body, Mapping) and bool(request.body.get("stream"))


def _event(line: str) -> Mapping[str, Any] | None:
    name, colon, data = line.partition(":")
    if not colon or name.lstrip("\ufeff") != "data":
        return None
    try:
        event = json.loads(data)
    except ValueError:
        return {} if data.strip() == "[DONE]" else None
    return event if isinstance(event, Mapping) else {}


def _text(event: Mapping[str, Any]) -> str:
    if event.get("type") == "response.output_text.delta":
        return _plain(event.get("delta"))
    for choice in event.get("choices") or ():
        if isinstance(choice, Mapping) and not choice.get("index"):
            delta = choice.get("delta") or {}
            return _plain(delta.get("content") if delta else choice.get("text"))
    return ""


def _plain(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    texts = (part.get("text") for part in parts if isinstance(part, Mapping))
    return "".join(text for text in texts if isinstance(text, str))
