"""How many tokens a request will about be counted as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CHARACTERS_A_TOKEN = 4
_CEILINGS = ("max_completion_tokens", "max_tokens", "max_output_tokens")


def tokens_asked(body: Mapping[str, Any]) -> int:
    """Return what a request counts against a limit of tokens: the prompt, and what may be answered.

    An estimate, at four characters a token. Images and the like are not counted.
    """
    return prompt_tokens(body) + _ceiling(body)


def prompt_tokens(body: Mapping[str, Any]) -> int:
    """Return about how many tokens the prompt has."""
    messages = body.get("messages")
    if messages is None:  # the Responses API
        given, instructions = body.get("input"), body.get("instructions")
        said = len(given) if isinstance(given, str) else _characters(given)
        said += len(instructions) if isinstance(instructions, str) else 0
        return said // CHARACTERS_A_TOKEN
    return _characters(messages) // CHARACTERS_A_TOKEN


def _ceiling(body: Mapping[str, Any]) -> int:
    ceiling = next((body[name] for name in _CEILINGS if body.get(name)), 0)
    return max(0, ceiling) if isinstance(ceiling, int) else 0


def _characters(messages: Any) -> int:
    if not isinstance(messages, (list, tuple)):
        return 0
    contents = (message.get("content") for message in messages if isinstance(message, Mapping))
    return sum(map(_length, contents))


def _length(content: Any) -> int:
    if isinstance(content, str):
        return len(content)
    parts = content if isinstance(content, (list, tuple)) else ()
    texts = (part.get("text") for part in parts if isinstance(part, Mapping))
    return sum(len(text) for text in texts if isinstance(text, str))
