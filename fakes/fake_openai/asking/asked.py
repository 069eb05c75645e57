"""What a request body says to whoever asks which request it is: model, question, tools, role.

It reads bodies of every endpoint, valid or not, and raises nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any


def model(body: Any) -> str:
    """Return the model asked for; empty if none is."""
    named = body.get("model") if isinstance(body, Mapping) else None
    return named if isinstance(named, str) else ""


def question(body: Any) -> str:
    """Return the text of the last user message, of the input or of the prompt."""
    if not isinstance(body, Mapping):
        return ""
    for message in reversed(_messages(body)):
        if message.get("role", "user") == "user":
            return _text(message.get("content"))
    for name in ("input", "prompt"):
        if name in body:
            return _text(body[name])
    return ""


def role(body: Any) -> str:
    """Return the role of the last message; `tool` for the output of a tool."""
    if not isinstance(body, Mapping):
        return ""
    messages = _messages(body)
    if not messages:
        return "user" if isinstance(body.get("input"), str) else ""
    last = messages[-1]
    if str(last.get("type", "")).endswith("_call_output"):
        return "tool"
    named = last.get("role")
    return named if isinstance(named, str) else ""


def tools(body: Any) -> tuple[str, ...]:
    """Return the names of the tools offered, in their order."""
    if not isinstance(body, Mapping):
        return ()
    names = []
    for key in ("tools", "functions"):
        offered = body.get(key)
        for tool in offered if isinstance(offered, list) else ():
            if isinstance(tool, Mapping):
                inner = tool.get("function", tool.get("custom", tool))
                named = inner.get("name") if isinstance(inner, Mapping) else None
                names.append(named if isinstance(named, str) else str(tool.get("type", "")))
    return tuple(names)


def key(method: str, path: str, raw: bytes) -> str:
    """Return what requests have in common that ask the same of an endpoint without conversation."""
    return hashlib.sha256(f"{method} {path}\n".encode() + raw).hexdigest()[:32]


def _messages(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for name in ("messages", "input"):
        found = body.get(name)
        if isinstance(found, list):
            return [message for message in found if isinstance(message, Mapping)]
    return []


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = (part.get("text") if isinstance(part, Mapping) else part for part in content)
    return "".join(text for text in texts if isinstance(text, str))
