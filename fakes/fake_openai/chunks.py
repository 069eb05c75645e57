"""The chunks of a streamed answer, in the form of a dialect.

Chunks that differ only in their text are made from one template, so that an event costs a join and
not an encoder.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from typing import Any

from . import deltas
from .dialect import Dialect
from .padding import Padding
from .pieces import Piece
from .usage import Tokens

# Private-use characters: they stand for the text and the padding while a template is made.
TEXT = "\ue0f0text\ue0f1"
_PAD = "\ue0f0pad\ue0f1"

_SAFE = {"filtered": False, "severity": "safe"}
FILTERS = {"hate": _SAFE, "self_harm": _SAFE, "sexual": _SAFE, "violence": _SAFE}
PROMPT_FILTERS = {
    "hate": _SAFE,
    "jailbreak": {"detected": False, "filtered": False},
    "self_harm": _SAFE,
    "sexual": _SAFE,
    "violence": _SAFE,
}
NATIVE_ENDS = {"stop": "end_turn", "tool_calls": "tool_use", "length": "max_tokens"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What all chunks of one answer share.

    Attributes:
        id: id of the answer.
        created: seconds since 1970.
        model: name of the model.
        values: the other members that do not change.
        tokens: what was used.
        include_usage: whether usage was asked for.
        obfuscate: whether chunks are padded where the dialect pads.
        stamp: what the member `Dialect.stamp` holds.
    """

    id: str
    created: int
    model: str
    values: Mapping[str, Any]
    tokens: Tokens
    include_usage: bool = False
    obfuscate: bool = True
    stamp: Mapping[str, Any] = field(default_factory=dict)


class ChunkWriter:
    """Writes the chunks of one answer."""

    def __init__(self, dialect: Dialect, facts: Facts, rng: random.Random) -> None:
        self.dialect = dialect
        self.facts = facts
        self._padding = Padding(rng)
        self._templates: dict[tuple[int, str, int], _Template] = {}
        self._pad = dialect.pad if facts.obfuscate else ""
        self._first = True
        self._logprobs = not re.fullmatch(dialect.no_logprobs, facts.model)

    def text(self, index: int, piece: Piece, makes: deltas.Deltas) -> bytes:
        """Write a chunk with a piece of text."""
        key = (index, piece.kind, piece.call)
        template = self._templates.get(key)
        if template is None:
            speaks = piece.kind == "content"
            choice = self._choice(index, makes.template(piece), None, speaks=speaks)
            template = self._templates[key] = _Template(self._dump([choice]))
        return self._finish(template, html_safe(encode_basestring(piece.text)[1:-1], self.dialect))

    def chunk(
        self,
        index: int,
        delta: Mapping[str, Any],
        finish_reason: str | None = None,
        *,
        usage: Mapping[str, Any] | None = None,
        keys: Sequence[str] = (),
        members: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Write a chunk with one choice, its members in the order of `keys`, and `members`."""
        choice = self._choice(index, delta, finish_reason, keys=keys)
        return self._finish(_Template(self._dump([choice], usage, members)), "")

    def bare(self, usage: Mapping[str, Any]) -> bytes:
        """Write a chunk with usage and without choices."""
        return self._finish(_Template(self._dump([], usage)), "")

    def _choice(
        self,
        index: int,
        delta: Mapping[str, Any],
        finish_reason: str | None,
        *,
        keys: Sequence[str] = (),
        speaks: bool = False,
    ) -> dict[str, Any]:
        dialect = self.dialect
        if dialect.delta_keys:
            delta = {key: delta.get(key) for key in dialect.delta_keys}
        known: dict[str, Any] = {
            "index": index,
            "delta": delta,
            "logprobs": None,
            "finish_reason": finish_reason,
            "native_finish_reason": NATIVE_ENDS.get(finish_reason or "", finish_reason),
            "content_filter_results": FILTERS if speaks else {},
            **dialect.choice_values,
        }
        keys = keys or dialect.choice_keys
        choice = {key: known[key] for key in keys if key != "logprobs" or self._logprobs}
        if finish_reason is not None:
            choice.update(dialect.end_values)
        return choice

    def _dump(
        self,
        choices: list[dict[str, Any]],
        usage: Mapping[str, Any] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> str:
        facts, dialect = self.facts, self.dialect
        known: dict[str, Any] = {
            "id": facts.id,
            "object": "chat.completion.chunk",
            "created": facts.created,
            "model": facts.model,
            **facts.values,
            "choices": choices,
            **(members or {}),
        }
        nulls = dialect.usage_null
        if usage is not None:
            known["usage"] = usage
        elif nulls == "always" or (nulls == "asked" and facts.include_usage):
            known["usage"] = None
        chunk = {key: known[key] for key in dialect.chunk_keys if key in known}
        chunk.update((key, value) for key, value in (members or {}).items() if key not in chunk)
        if self._pad and not (self._pad == "p" and self._first):
            chunk[self._pad] = _PAD
        return dump(chunk, dialect)

    def _finish(self, template: _Template, text: str) -> bytes:
        self._first = False
        before, after = template.fill(text)
        if after is None:
            line = before
        elif self._pad == "p":
            line = before + self._padding.p() + after
        else:
            line = before + self._padding.obfuscation(len(before) + len(after)) + after
        return f"data: {line}\n\n".encode("utf-8", "replace")


class _Template:
    def __init__(self, line: str) -> None:
        before, pad, after = line.partition(_PAD)
        self._before = before.split(TEXT)
        self._after = after.split(TEXT) if pad else None

    def fill(self, text: str) -> tuple[str, str | None]:
        after = None if self._after is None else text.join(self._after)
        return text.join(self._before), after


def dump(value: Any, dialect: Dialect) -> str:
    """Write compact JSON as `dialect` does."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=dialect.sort_keys)
    return html_safe(text, dialect)


def html_safe(text: str, dialect: Dialect) -> str:
    """Escape what `dialect` escapes in JSON."""
    if not dialect.escape_html:
        return text
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
