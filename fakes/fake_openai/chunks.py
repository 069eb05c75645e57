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

_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_SORTED = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True)
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

    @property
    def shape(self) -> tuple[Any, ...]:
        """What two streams of one answer must share to differ in nothing but id and time."""
        lengths = (len(self.id), len(str(self.created)))
        return (*lengths, self.tokens, self.include_usage, self.obfuscate)


class ChunkWriter:
    """Writes the chunks of one answer."""

    def __init__(self, dialect: Dialect, facts: Facts, rng: random.Random) -> None:
        self.dialect = dialect
        self.facts = facts
        self._padding = Padding(rng)
        self._lines: dict[tuple[int, str, int], _Line] = {}
        self._pad = dialect.pad if facts.obfuscate else ""
        self._first = True
        self._html = dialect.escape_html
        self._logprobs = not re.fullmatch(dialect.no_logprobs, facts.model)

    def text(self, index: int, piece: Piece, makes: deltas.Deltas) -> bytes:
        """Write a chunk with a piece of text."""
        key = (index, piece.kind, piece.call)
        line = self._lines.get(key)
        if line is None:
            speaks = piece.kind == "content"
            choice = self._choice(index, makes.template(piece), None, speaks=speaks)
            line = self._lines[key] = self._line([choice])
        text = encode_basestring(piece.text)
        return line.fill(html_safe(text, self.dialect) if self._html else text)

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
        return self._line([choice], usage, members).fill()

    def bare(self, usage: Mapping[str, Any]) -> bytes:
        """Write a chunk with usage and without choices."""
        return self._line([], usage).fill()

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

    def _line(
        self,
        choices: list[dict[str, Any]],
        usage: Mapping[str, Any] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> _Line:
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
        self._first = False
        return _Line(dump(chunk, dialect), self._padding, self._pad)


class _Line:
    """A `data` line that is written again and again, with another text each time.

    Args:
        line: JSON with `TEXT` where the text goes, once or more, and `_PAD` where padding goes.
        padding: draws the padding.
        pad: which padding it is.
    """

    __slots__ = ("_after", "_before", "_fixed", "_once", "_pad", "_padding")

    def __init__(self, line: str, padding: Padding, pad: str) -> None:
        before, padded, after = f"data: {line}\n\n".partition(_PAD)
        self._before = before.split(f'"{TEXT}"')
        self._once = len(self._before) == 2  # noqa: PLR2004 (what is before it and what after)
        self._after = after
        self._padding = padding
        self._pad = pad if padded else ""
        self._fixed = len("".join(self._before)) + len(after) - len("data: \n\n")

    def fill(self, text: str = "") -> bytes:
        """Return the event with `text`, a JSON string with its quotes."""
        if self._once:
            before, rest = self._before
            filled = f"{before}{text}{rest}"
            length = self._fixed + len(text)
        else:
            filled = text.join(self._before)
            length = self._fixed + len(text) * (len(self._before) - 1)
        if not self._pad:
            line = filled
        elif self._pad == "p":
            line = f"{filled}{self._padding.p()}{self._after}"
        else:
            line = f"{filled}{self._padding.obfuscation(length)}{self._after}"
        return line.encode("utf-8", "replace")


def dump(value: Any, dialect: Dialect) -> str:
    """Write compact JSON as `dialect` does."""
    text = (_SORTED if dialect.sort_keys else _COMPACT).encode(value)
    return html_safe(text, dialect)


def html_safe(text: str, dialect: Dialect) -> str:
    """Escape what `dialect` escapes in JSON."""
    if not dialect.escape_html:
        return text
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
