"""Tokens of prompts: what messages come to, pictures and sound included, and what was cached."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import tokens

_AROUND = 3  # what a chat template puts around each message
_IMAGE = {"low": 85}
_DETAILED_IMAGE = 765  # of a square of a thousand pixels
_BYTES_A_TOKEN = 3200  # a tenth of a second of 16 kHz, 16 bits
_BYTES_A_FILE_TOKEN = 4
_LEAST_CACHED = 1024
_BLOCK = 128


@dataclass(frozen=True, slots=True)
class Count:
    """Tokens of a prompt.

    Attributes:
        all: all of them.
        audio: those of sound among them.
    """

    all: int
    audio: int = 0


def count(messages: Sequence[Mapping[str, Any]], *others: Any) -> Count:
    """Return the tokens of `messages` and of `others`: tools, schemas."""
    total = audio = 0
    for message in messages:
        content = message.get("content")
        total += _AROUND
        if isinstance(content, str):
            total += tokens.count(content)
        elif isinstance(content, list):
            for part in content:
                size, heard = of_part(part)
                total, audio = total + size + heard, audio + heard
        calls = message.get("tool_calls") or message.get("function_call")
        if calls:
            total += tokens.count(json.dumps(calls))
    total += sum(tokens.count(json.dumps(one)) for one in others if one)
    return Count(total, audio)


def of_part(part: Any) -> tuple[int, int]:
    """Return the tokens of one part of a content, and those of sound."""
    if not isinstance(part, Mapping):
        return 0, 0
    match part.get("type"):
        case "image_url" | "input_image":
            inner = part.get("image_url")
            detail = inner.get("detail") if isinstance(inner, Mapping) else part.get("detail")
            return _IMAGE.get(str(detail), _DETAILED_IMAGE), 0
        case "input_audio":
            inner = part.get("input_audio")
            data = inner.get("data") if isinstance(inner, Mapping) else ""
            return 0, 1 + _size(data) // _BYTES_A_TOKEN
        case "file" | "input_file":
            inner = part.get("file")
            data = (inner if isinstance(inner, Mapping) else part).get("file_data")
            return 1 + _size(data) // _BYTES_A_FILE_TOKEN, 0
        case _:
            text = part.get("text")
            return (tokens.count(text) if isinstance(text, str) else 0), 0


def _size(data: Any) -> int:
    return len(data) * 3 // 4 if isinstance(data, str) else 0  # it is base64


def is_remembered(prompt: int) -> bool:
    """Say whether a prompt of so many tokens is remembered by `cached`."""
    return prompt >= _LEAST_CACHED


def cached(
    seen: MutableMapping[str, Any], key: str, messages: Sequence[Mapping[str, Any]], prompt: int
) -> int:
    """Return how many tokens of a prompt came before, and remember the prompt.

    As at OpenAI, prefixes of 1,024 tokens and more count, in steps of 128.

    Args:
        seen: what is remembered; it bounds itself.
        key: what keeps prompts apart: the model, a key of the client.
        messages: the prompt.
        prompt: its tokens.
    """
    if not is_remembered(prompt):
        return 0
    found = 0
    for length, digest in _prefixes(key, messages):
        if digest in seen:
            found = length
        seen[digest] = True
    return min(found, prompt // _BLOCK * _BLOCK)


def _prefixes(key: str, messages: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    running = hashlib.blake2s(key.encode("utf-8", "replace"))
    for length, token in enumerate(_tokens(messages), 1):
        running.update(f"{len(token)}:{token}".encode("utf-8", "replace"))
        if length % _BLOCK == 0 and length >= _LEAST_CACHED:
            yield length, running.hexdigest()


def _tokens(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for message in messages:
        yield from (str(message.get("role")), "", "")
        content = message.get("content")
        if isinstance(content, str):
            yield from tokens.split(content)
            continue
        for part in content or ():
            text = part.get("text") if isinstance(part, Mapping) else None
            if isinstance(text, str):
                yield from tokens.split(text)
            else:
                size, heard = of_part(part)
                yield json.dumps(part, sort_keys=True)
                yield from [""] * (size + heard - 1)
