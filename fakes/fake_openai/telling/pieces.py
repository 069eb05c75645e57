"""An answer cut into the pieces that are streamed one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import msgspec

from fake_openai.counting.tokens import in_force, split
from fake_openai.scripts.script import Answer, Citation, ToolCall

from . import stops

Kind = Literal["reasoning", "content", "refusal", "call", "arguments", "echo"]


class Piece(msgspec.Struct, frozen=True, gc=False):
    """One piece of an answer; each but `call` and `echo` is a token.

    Attributes:
        kind: what it is a piece of; `call` = name and id of a tool call, `echo` = the prefix.
        text: the piece.
        call: number of the tool call it belongs to.
        tool: the tool call that begins here.
        custom: whether it belongs to the call of a custom tool.
    """

    kind: Kind
    text: str = ""
    call: int = 0
    tool: ToolCall | None = None
    custom: bool = False

    @property
    def is_token(self) -> bool:
        """Whether the model generated it."""
        return self.kind not in ("call", "echo")


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of an answer, ready to be written.

    Attributes:
        index: its number.
        pieces: what is streamed.
        ends_with: the finish reason.
        tokens: tokens generated.
        reasoning_tokens: tokens of them that are reasoning.
        stopped_by: the stop text that ended it; None = none did.
        old_form: whether its tool call is told as the older `function_call`.
        citations: pages that its text cites.
    """

    index: int
    pieces: Sequence[Piece]
    ends_with: str
    tokens: int = 0
    reasoning_tokens: int = 0
    stopped_by: str | None = None
    old_form: bool = False
    citations: Sequence[Citation] = ()

    def joined(self, *kinds: Kind) -> str:
        """Return the text of all pieces of `kinds`."""
        return "".join(piece.text for piece in self.pieces if piece.kind in kinds)

    def calls(self) -> list[ToolCall]:
        """Return the tool calls, with the arguments generated so far."""
        begun = [piece for piece in self.pieces if piece.tool is not None]
        return [
            replace(piece.tool, arguments=self._arguments(piece.call))
            for piece in begun
            if piece.tool is not None
        ]

    def _arguments(self, call: int) -> str:
        return "".join(p.text for p in self.pieces if p.kind == "arguments" and p.call == call)


def cut(
    answer: Answer,
    index: int = 0,
    *,
    max_tokens: int | None = None,
    stop: Sequence[str] = (),
    echo: str = "",
) -> Choice:
    """Cut `answer` into pieces.

    Args:
        answer: what is to be said.
        index: number of the choice.
        max_tokens: tokens after which it ends with `length`; None = no limit.
        stop: texts that end it with `stop` where they would appear; they are left out.
        echo: text that is repeated first and was not generated.
    """
    try:
        pieces, tokens = _counted(answer, in_force().name)
    except TypeError:  # arguments given as a mapping have no hash
        pieces, tokens = _counted.__wrapped__(answer, "")
    ends_with, stopped_by = answer.ends_with, None
    stopped = stops.find(pieces, stop) if stop else None
    if stopped is not None and (max_tokens is None or stopped.needed <= max_tokens):
        pieces, tokens, stopped_by = stopped.kept, stopped.tokens, stopped.by
        ends_with = "stop"
    elif max_tokens is not None and tokens > max_tokens:
        pieces, tokens, ends_with = _first(pieces, max_tokens), max_tokens, "length"
    thought = sum(piece.kind == "reasoning" for piece in pieces) if answer.reasoning else 0
    if echo:
        pieces = (Piece("echo", echo), *pieces)
    return Choice(index, pieces, ends_with, tokens, thought, stopped_by, citations=answer.citations)


@lru_cache(256)
def _counted(answer: Answer, tokenizer: str) -> tuple[tuple[Piece, ...], int]:  # noqa: ARG001 (a key)
    pieces = tuple(_pieces(answer))
    return pieces, sum(piece.is_token for piece in pieces)


def _pieces(answer: Answer) -> Iterator[Piece]:
    for text in split(answer.reasoning):
        yield Piece("reasoning", text)
    for text in split(answer.text) if answer.chunks is None else answer.chunks:
        yield Piece("content", text)
    for text in split(answer.refusal):
        yield Piece("refusal", text)
    for number, tool in enumerate(answer.tool_calls):
        yield Piece("call", call=number, tool=tool)
        for text in split(tool.json):
            yield Piece("arguments", text, call=number, custom=tool.custom)


def _first(pieces: Sequence[Piece], wanted: int) -> tuple[Piece, ...]:
    kept: list[Piece] = []
    for piece in pieces:
        if piece.is_token:
            if wanted == 0:
                break
            wanted -= 1
        kept.append(piece)
    while kept and kept[-1].kind == "call":
        kept.pop()
    return tuple(kept)


def rest_after(answer: Answer, prefix: str, reasoning: str = "") -> Answer | None:
    """Return what is left of `answer` after `prefix` of its text was said.

    Args:
        answer: the true answer.
        prefix: the text already there.
        reasoning: the reasoning already there.

    Returns:
        The rest; None if `prefix` is not how the answer begins.
    """
    if not answer.text.startswith(prefix) or not answer.reasoning.startswith(reasoning):
        return None
    # Once text was said the model does not go back to thinking.
    thought = "" if prefix else answer.reasoning[len(reasoning) :]
    text = answer.text[len(prefix) :]
    return replace(answer, text=text, reasoning=thought, chunks=_rest_of_chunks(answer, prefix))


def _rest_of_chunks(answer: Answer, prefix: str) -> tuple[str, ...] | None:
    if answer.chunks is None:
        return None
    left, rest = len(prefix), []
    for chunk in answer.chunks:
        if left < len(chunk):
            rest.append(chunk[left:])
        left = max(0, left - len(chunk))
    return tuple(rest)
