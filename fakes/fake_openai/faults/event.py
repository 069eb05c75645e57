"""Reads and writes single events of a stream, however their lines are written.

What an earlier fault has torn is not to be read any more; later faults leave it alone.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from fake_openai.delivery.steps import Send, Step
from fake_openai.telling.lines import dump, html_safe

if TYPE_CHECKING:
    from .base import Scene

_LINE = re.compile(rb"\r\n|\n|\r")
_TEXT = re.compile(rb'"(?:content|text|delta|arguments|reasoning(?:_content)?)" ?: ?"')
_DATA = re.compile(rb"data: ?")


def lines_of(event: bytes) -> list[bytes]:
    """Return the lines of an event, without their ends; the blank line is the last two."""
    return _LINE.split(event)


def text_of(event: Send, scene: Scene) -> str | None:
    """Return the data of an event, or a whole body that is not streamed; None if it has none."""
    if event.times != 1:
        return None
    parts = [event.data]
    if scene.streamed:
        lines = lines_of(event.data)
        parts = [line[_data(line) :] for line in lines if _data(line)]
    try:
        return b"\n".join(parts).decode() if parts else None
    except UnicodeDecodeError:
        return None


def json_of(event: Send, scene: Scene) -> dict[str, Any] | None:
    """Return the JSON object in an event or in a whole body; None if there is none."""
    text = text_of(event, scene)
    try:
        value = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def is_done(event: Send, scene: Scene) -> bool:
    """Say whether an event is `[DONE]`."""
    return (text_of(event, scene) or "").strip() == "[DONE]"


def ends(chunk: dict[str, Any]) -> bool:
    """Say whether a chunk tells how its answer, or one choice of it, ended."""
    type = chunk.get("type")
    if isinstance(type, str):
        return type in ("response.completed", "response.incomplete", "response.failed")
    return any(choice.get("finish_reason") for choice in choices_of(chunk))


def choices_of(chunk: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the choices of a chunk."""
    choices = chunk.get("choices")
    return [c for c in choices if isinstance(c, dict)] if isinstance(choices, list) else []


def next_number(steps: list[Step], scene: Scene) -> int:
    """Return the sequence number that an event of the Responses API behind `steps` has."""
    number = 0
    for step in steps:
        value = json_of(step, scene) if isinstance(step, Send) and step.events else None
        told = value.get("sequence_number") if value else None
        number = told + 1 if isinstance(told, int) else number
    return number


def with_json(event: Send, value: Any, scene: Scene) -> Send:
    """Return `event` with `value` as its data, the rest of it as it was."""
    if not scene.streamed:
        dialect = scene.dialect
        text = json.dumps(
            value,
            indent=dialect.indent,
            separators=None if dialect.indent else (",", ":"),
            ensure_ascii=False,
            sort_keys=dialect.sort_keys,
        )
        body = html_safe(text, dialect) + dialect.body_end
        return Send(body.encode("utf-8", "replace"), event.events, final=event.final)
    data = dump(value, scene.dialect).encode("utf-8", "replace")
    return data_lines(event, [data], scene)


def data_lines(event: Send, data: list[bytes], scene: Scene) -> Send:
    """Return `event` with other data, line by line."""
    lines: list[bytes] = []
    told = False
    for line in lines_of(event.data):
        if not _data(line):
            lines.append(line)
        elif not told:
            lines += [b"data: " + part for part in data]
            told = True
    dressed = scene.writes.dress(b"\n".join(lines))
    return Send(dressed, event.events, final=event.final)


def made(value: Any, scene: Scene, name: str = "") -> Send:
    """Return a new event with `value` as its data."""
    return made_of(dump(value, scene.dialect).encode("utf-8", "replace"), scene, name)


def made_of(data: bytes, scene: Scene, name: str = "") -> Send:
    """Return a new event with `data` as they are."""
    head = f"event: {name}\n".encode() if name else b""
    return Send(scene.writes.dress(b"%bdata: %b\n\n" % (head, data)), 1)


def chunk(scene: Scene, choices: list[Any], **members: Any) -> dict[str, Any]:
    """Return a chunk of the answer."""
    kinds = {"completions": "text_completion"}
    return {
        "id": scene.id,
        "object": kinds.get(scene.endpoint, "chat.completion.chunk"),
        "created": scene.created,
        "model": scene.model,
        "choices": choices,
        **members,
    }


def into_string(event: Send, data: bytes) -> Send | None:
    """Return `event` with bytes in a string of its JSON, one of text if there is one."""
    found = _TEXT.search(event.data)
    at = found.end() if found else event.data.rfind(b'"')
    if at < 0 or event.times != 1:
        return None
    return Send(event.data[:at] + data + event.data[at:], event.events, final=event.final)


def _data(line: bytes) -> int:
    found = _DATA.match(line)
    return found.end() if found else 0
