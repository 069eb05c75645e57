"""The chunks of a streamed answer, in the form of a dialect.

Chunks that differ only in their text are made from one template, so that an event costs a join and
not an encoder.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_openai.counting.usage import Tokens
from fake_openai.dialect import Dialect

from . import deltas
from .lines import PAD, Line, dump
from .logprobs import Logprobs
from .padding import Padding
from .pieces import Piece

_SAFE = {"filtered": False, "severity": "safe"}
_MISSED = {"detected": False, "filtered": False}
FILTERS = {
    "hate": _SAFE,
    "protected_material_code": _MISSED,
    "protected_material_text": _MISSED,
    "self_harm": _SAFE,
    "sexual": _SAFE,
    "violence": _SAFE,
}
PROMPT_FILTERS = {
    "hate": _SAFE,
    "jailbreak": _MISSED,
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
        top_logprobs: alternatives told for each token; None = no log probabilities.
        seed: of log probabilities.
        running: whether each chunk tells the usage so far.
        moderation: how input and output were judged; None = nobody asked.
    """

    id: str
    created: int
    model: str
    values: Mapping[str, Any]
    tokens: Tokens
    include_usage: bool = False
    obfuscate: bool = True
    stamp: Mapping[str, Any] = field(default_factory=dict)
    top_logprobs: int | None = None
    seed: str = ""
    running: bool = False
    moderation: Mapping[str, Any] | None = None

    def told_as(self, id: str, created: int, stamp: Mapping[str, Any]) -> Facts:
        """Return the same for another answer that differs in nothing else."""
        return Facts(
            id,
            created,
            self.model,
            self.values,
            self.tokens,
            self.include_usage,
            self.obfuscate,
            stamp,
            self.top_logprobs,
            self.seed,
            self.running,
            self.moderation,
        )

    @property
    def shape(self) -> tuple[Any, ...]:
        """What two streams of one answer must share to differ in nothing but id and time.

        These must be of the same length, too.
        """
        values = tuple(self.values.values())
        judged = None if self.moderation is None else self.moderation["input"]["model"]
        return (values, self.tokens, self.include_usage, self.obfuscate, self.running, judged)

    def chances(self, index: int) -> Logprobs | None:
        """Return what makes log probabilities for choice `index`; None if nobody asked."""
        if self.top_logprobs is None:
            return None
        return Logprobs(f"{self.seed}/{index}/logprobs", self.top_logprobs)


class ChunkWriter:
    """Writes the chunks of one answer."""

    def __init__(self, dialect: Dialect, facts: Facts, rng: random.Random) -> None:
        self.dialect = dialect
        self.facts = facts
        self._padding = Padding(rng, draws=dialect.pad == "p")
        self._lines: dict[tuple[int, str, int], Line] = {}
        self._pad = dialect.pad if facts.obfuscate else ""
        self._first = True
        hidden = facts.top_logprobs is None and re.fullmatch(dialect.no_logprobs, facts.model)
        self._logprobs = not hidden
        self._spent: dict[int, int] = {}

    def chances(self, index: int) -> Logprobs | None:
        """Return what makes log probabilities for choice `index`; None if none are told."""
        return self.facts.chances(index)

    def line(self, index: int, piece: Piece, makes: deltas.Deltas) -> Line:
        """Return what writes chunks with text of the kind of `piece`."""
        key = (index, piece.kind, piece.call)
        line = self._lines.get(key)
        if line is None:
            speaks = piece.kind == "content"
            choice = self._choice(index, makes.template(piece), None, speaks=speaks)
            line = self._lines[key] = self._line([choice])
        return line

    def spend(self, index: int, pieces: Sequence[Piece]) -> None:
        """Count the tokens of `pieces` of choice `index`, for the usage so far."""
        spent = self._spent.get(index, 0)
        self._spent[index] = spent + sum(piece.is_token for piece in pieces)

    def chunk(
        self,
        index: int,
        delta: Mapping[str, Any],
        finish_reason: str | None = None,
        *,
        usage: Mapping[str, Any] | None = None,
        keys: Sequence[str] = (),
        members: Mapping[str, Any] | None = None,
        logprobs: Mapping[str, Any] | None = None,
        speaks: bool = False,
        stopped_by: str | None = None,
    ) -> bytes:
        """Write a chunk with one choice, its members in the order of `keys`, and `members`."""
        choice = self._choice(
            index, delta, finish_reason, keys=keys, speaks=speaks, logprobs=logprobs
        )
        if self.facts.running and usage is None:
            usage = self._so_far(index)
        if stopped_by is not None and self.dialect.stop_key:
            choice[self.dialect.stop_key] = stopped_by
        return self._line([choice], usage, members).fill()

    def bare(
        self, usage: Mapping[str, Any] | None = None, members: Mapping[str, Any] | None = None
    ) -> bytes:
        """Write a chunk with usage or with `members`, and without choices."""
        return self._line([], usage, members).fill()

    def _so_far(self, index: int) -> Mapping[str, Any]:
        prompt = self.facts.tokens.prompt
        told = self.dialect.usage(Tokens(prompt, self._spent.get(index, 0)))
        return {name: told[name] for name in self.dialect.running_keys or told}

    def _choice(
        self,
        index: int,
        delta: Mapping[str, Any],
        finish_reason: str | None,
        *,
        keys: Sequence[str] = (),
        speaks: bool = False,
        logprobs: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        dialect = self.dialect
        if dialect.delta_keys:
            delta = {key: delta.get(key) for key in dialect.delta_keys}
        known: dict[str, Any] = {
            "index": index,
            "delta": delta,
            "logprobs": logprobs,
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
    ) -> Line:
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
            chunk[self._pad] = PAD
        self._first = False
        return Line(dump(chunk, dialect), self._padding, self._pad)
