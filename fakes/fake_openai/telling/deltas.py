"""The `delta` of a chunk, in the form of a dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias

from fake_openai.dialect import Dialect
from fake_openai.scripts.script import ToolCall

from .pieces import Piece


class Singles:
    """Groups of one piece each, made when they are asked for: many streams may wait with theirs."""

    __slots__ = ("_first", "_last", "_pieces")

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._first = 0
        self._last = len(pieces)

    def __len__(self) -> int:
        return self._last - self._first

    def __iter__(self) -> Iterator[tuple[Piece, ...]]:
        for at in range(self._first, self._last):
            yield (self._pieces[at],)

    def __getitem__(self, at: int) -> tuple[Piece, ...]:
        """Return one from the beginning, or from the end if `at` is negative."""
        return (self._pieces[at + (self._first if at >= 0 else self._last)],)

    def left(self) -> Iterator[Piece]:
        """Return the pieces, without their groups."""
        return islice(self._pieces, self._first, self._last)

    def pop(self, at: int = -1) -> tuple[Piece, ...]:
        """Take away and return the last one, or the first (`at` = 0)."""
        group = self[at]
        if at == 0:
            self._first += 1
        else:
            self._last -= 1
        return group


Groups: TypeAlias = list[tuple[Piece, ...]] | Singles


class Deltas:
    """Makes the deltas of one choice.

    Args:
        dialect: whose form.
        thinks: whether the answer has reasoning.
        text: what stands for the text in a template.
        old_form: whether a tool call is told as the older `function_call`.
    """

    def __init__(
        self, dialect: Dialect, *, thinks: bool, text: str, old_form: bool = False
    ) -> None:
        self._dialect = dialect
        self._thinks = thinks
        self._text = text
        self._old_form = old_form

    def group(self, pieces: Sequence[Piece]) -> Groups:
        """Put together what goes into one chunk: tool calls are whole in some dialects."""
        if self._dialect.calls == "fragments":
            return Singles(pieces)
        spoken = [(piece,) for piece in pieces if piece.kind not in ("call", "arguments")]
        called = tuple(piece for piece in pieces if piece.kind in ("call", "arguments"))
        if self._thinks and self._dialect.reasoning_as == "thinking":
            spoken = _thought_through(spoken)
        return [*spoken, called] if called else [*spoken]

    def ends_in_calls(self, groups: Groups) -> bool:
        """Say whether the finish reason rides on the tool calls."""
        return self._dialect.calls == "whole_at_end" and groups[-1][0].kind == "call"

    def role(self, groups: Groups) -> Mapping[str, Any]:
        """Return the delta that opens the choice; a piece it carries is taken from `groups`."""
        role = dict(self._dialect.role or {})
        if self._thinks and self._dialect.reasoning_nulls:
            return {**role, "content": None, self._dialect.reasoning: ""}
        if self._dialect.calls == "whole" and groups and groups[0][0].kind == "call":
            return {**role, "content": None}
        if self._dialect.call_in_role and groups and groups[0][0].kind == "call":
            several = sum(group[0].kind == "call" for group in groups) > 1
            if several:
                return {"role": "assistant", "content": None}
            calls = self.of(groups.pop(0))
            return {"role": "assistant", "content": None, **calls, "refusal": None}
        return role

    def end(self) -> Mapping[str, Any]:
        """Return the delta beside the finish reason."""
        end = dict(self._dialect.end)
        if self._thinks and self._dialect.reasoning_nulls:
            end[self._dialect.reasoning] = None
        if self._dialect.role_everywhere:
            end["role"] = "assistant"
        return end

    def template(self, piece: Piece) -> Mapping[str, Any]:
        """Return the delta of a piece like `piece`, with what stands for its text."""
        if piece.kind == "arguments":
            return self._call([self._fragment(piece, self._text)])
        return self._speak(piece.kind, self._text)

    def of(self, group: tuple[Piece, ...]) -> Mapping[str, Any]:
        """Return the delta of the pieces in `group`."""
        first = group[0]
        if first.kind == "arguments":
            return self._call([self._fragment(first, first.text)])
        if first.kind != "call":
            return self._speak(first.kind, first.text)
        calls: list[dict[str, Any]] = []
        for piece in group:
            if piece.tool is not None:
                calls.append(self._begun(piece.call, piece.tool))
            else:
                inner, member = members(custom=piece.custom)
                calls[-1][inner][member] += piece.text
        return self._call(calls)

    def _begun(self, number: int, tool: ToolCall) -> dict[str, Any]:
        kind, member = members(custom=tool.custom)
        call = {
            "index": number,
            "id": tool.id,
            "type": kind,
            "function": {"name": tool.name, member: ""},
        }
        names = {"function": kind}
        return {names.get(key, key): call[key] for key in self._dialect.call_keys}

    def _fragment(self, piece: Piece, text: str) -> dict[str, Any]:
        kind, member = members(custom=piece.custom)
        fragment: dict[str, Any] = {"index": piece.call, kind: {member: text}}
        if self._dialect.fragment_id is not None:
            fragment["id"] = self._dialect.fragment_id
        return fragment

    def _call(self, calls: list[dict[str, Any]]) -> Mapping[str, Any]:
        if self._old_form:
            return {"function_call": calls[0]["function"]}
        if self._dialect.role_everywhere:
            return {"role": "assistant", "content": None, "tool_calls": calls}
        if self._dialect.content_beside:
            return {"content": "", "tool_calls": calls}
        return {"tool_calls": calls}

    def _speak(self, kind: str, text: str) -> Mapping[str, Any]:
        dialect = self._dialect
        if kind == "reasoning":
            return self._think(text)
        if kind == "refusal":
            return {"refusal": text}
        delta: dict[str, Any] = {"content": text}
        if self._thinks and dialect.reasoning_nulls:
            delta[dialect.reasoning] = None
        if dialect.role_everywhere:
            delta["role"] = "assistant"
        return delta

    def _think(self, text: str) -> Mapping[str, Any]:
        dialect = self._dialect
        if dialect.reasoning_as == "thinking":
            said = [{"type": "text", "text": text}] if text else []
            return {"content": [{"type": "thinking", "thinking": said}]}
        if dialect.reasoning_as == "details":
            detail = {"type": "reasoning.text", "text": text, "format": "unknown", "index": 0}
            return {
                "role": "assistant",
                "content": "",
                "reasoning": text,
                "reasoning_details": [detail],
            }
        if dialect.reasoning_nulls:
            return {"content": None, dialect.reasoning: text}
        if dialect.content_beside:
            return {"content": "", dialect.reasoning: text}
        return {dialect.reasoning: text}


def _thought_through(groups: list[tuple[Piece]]) -> list[tuple[Piece]]:
    """Put an empty text before the thinking and an empty thought behind it, as Mistral does."""
    end = sum(group[0].kind == "reasoning" for group in groups)
    closing = [(Piece("reasoning"),)] if end < len(groups) else []
    return [(Piece("content"),), *groups[:end], *closing, *groups[end:]]


def members(*, custom: bool) -> tuple[str, str]:
    """Return the member of a call that holds it, and the member of that with what it says."""
    return ("custom", "input") if custom else ("function", "arguments")
