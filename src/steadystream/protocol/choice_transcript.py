"""What has arrived of one choice of an answer."""

from __future__ import annotations

from typing import Any

import msgspec

from steadystream.protocol.chat import Choice, Delta, ToolCallDelta
from steadystream.protocol.pieces import joined
from steadystream.protocol.tool_call import ToolCall

__all__ = ["ChoiceTranscript", "ToolCall"]

_GROWING = ("text", "summary", "data")


class ChoiceTranscript(msgspec.Struct, eq=False, omit_defaults=True):
    """Folds what chunks say of one choice.

    Attributes:
        index: its number, from 0.
        role: "assistant" unless the server says otherwise.
        finish_reason: the last one that came; None while the choice is under way.
        tool_calls: in the order of their beginnings.
        function_call: the one call of the older API.
        logprobs: lists of all chunks, joined.
        annotations: of all chunks.
        reasoning_details: of all chunks; parts with the same index and type are joined.
        reasoning_name: how the server names reasoning in a message.
        audio: the last that came.
        earlier_text_chunks: deltas with content that `text_parts` no longer shows one by one.
        earlier_loose_chunks: how many deltas whitespace at the end of `text_parts[0]` touches.
        text_parts: pieces of the content, joined when it is asked for.
        reasoning_parts: the same of the reasoning.
        refusal_parts: the same of the refusal.
    """

    index: int
    role: str = "assistant"
    finish_reason: str | None = None
    tool_calls: list[ToolCall] = []
    function_call: ToolCall | None = None
    logprobs: dict[str, Any] | None = None
    annotations: list[Any] = []
    reasoning_details: list[Any] = []
    reasoning_name: str = ""
    audio: Any = None
    earlier_text_chunks: int = 0
    earlier_loose_chunks: int = 0
    text_parts: list[str] = []
    reasoning_parts: list[str] = []
    refusal_parts: list[str] = []

    def feed(self, choice: Choice) -> bool:
        """Add what a chunk says of this choice; tell whether that was content and nothing else."""
        delta = choice.delta
        content = delta.content or choice.text
        if content:
            self.text_parts.append(content)
        if (
            delta.role
            or choice.finish_reason
            or choice.logprobs
            or delta.reasoning_content
            or delta.reasoning_text
            or delta.tool_calls
            or delta.refusal
            or delta.function_call
            or delta.reasoning_details
            or delta.annotations
            or delta.audio
        ):
            self._feed_other(choice, delta)
            return False
        return bool(content)

    def _feed_other(self, choice: Choice, delta: Delta) -> None:
        if delta.role:
            self.role = delta.role
        if choice.finish_reason:
            self.finish_reason = choice.finish_reason
        if choice.logprobs is not None:
            self._add_logprobs(choice.logprobs)
        if delta.reasoning_content or delta.reasoning_text or delta.reasoning_details:
            self._add_reasoning(delta)
        if delta.refusal:
            self.refusal_parts.append(delta.refusal)
        if delta.tool_calls or delta.function_call:
            self._feed_calls(delta)
        if delta.annotations:
            self.annotations.extend(delta.annotations)
        if delta.audio is not None:
            self.audio = delta.audio

    def _feed_calls(self, delta: Delta) -> None:
        for call in delta.tool_calls or ():
            self.call_of(call).feed(call)
        if delta.function_call is not None:
            self.function_call = self.function_call or ToolCall()
            self.function_call.feed_function(delta.function_call)

    def _add_reasoning(self, delta: Delta) -> None:
        text = delta.reasoning
        if text:
            self.reasoning_parts.append(text)
            if not self.reasoning_name:
                named = delta.reasoning_content
                self.reasoning_name = "reasoning_content" if named else "reasoning"
        for detail in delta.reasoning_details or ():
            _add_detail(self.reasoning_details, detail)

    def _add_logprobs(self, logprobs: Any) -> None:
        if not isinstance(logprobs, dict):
            return
        mine = self.logprobs = self.logprobs or {}
        for name, value in logprobs.items():
            have = mine.get(name)
            if isinstance(have, list) and isinstance(value, list):
                have.extend(value)
            elif have is None:
                mine[name] = list(value) if isinstance(value, list) else value

    def call_of(self, delta: ToolCallDelta) -> ToolCall:
        """Return the call that `delta` belongs to; a new one where it begins one.

        By its index; but a new id with a new name begins a call, since Gemini gives every call the
        index 0. Without an index by its id; without both, a name begins a call.
        """
        named = bool(delta.function and delta.function.name)
        for call in reversed(self.tool_calls):
            if delta.index is not None:
                other = named and delta.id and call.id and delta.id != call.id
                if call.index == delta.index and not other:
                    return call
            elif (delta.id == call.id) if delta.id else not named:
                return call
        call = ToolCall(delta.index)
        self.tool_calls.append(call)
        return call

    @property
    def text(self) -> str:
        """The content."""
        if len(self.text_parts) > 1:
            self.earlier_loose_chunks = self._loose_chunks()
            self.earlier_text_chunks += len(self.text_parts) - 1
        return joined(self.text_parts)

    @property
    def text_chunks(self) -> int:
        """Number of deltas with content."""
        return self.earlier_text_chunks + len(self.text_parts)

    @property
    def settled_text_chunks(self) -> int:
        """Number of deltas with content that no whitespace at the end of it touches."""
        return self.text_chunks - self._loose_chunks()

    def _loose_chunks(self) -> int:
        loose = 0
        for part in reversed(self.text_parts[1:]):
            if not part.isspace():
                return loose + part[-1].isspace()
            loose += 1
        if self.earlier_text_chunks:
            return loose + self.earlier_loose_chunks
        return loose + bool(self.text_parts and self.text_parts[0][-1].isspace())

    @property
    def reasoning(self) -> str:
        """The reasoning, under whatever name it came."""
        return joined(self.reasoning_parts)

    @property
    def refusal(self) -> str:
        """The refusal."""
        return joined(self.refusal_parts)

    @property
    def started(self) -> bool:
        """Whether anything of the answer has come for this choice."""
        return bool(
            self.text_parts
            or self.finish_reason
            or self.reasoning_parts
            or self.tool_calls
            or self.refusal_parts
            or self.function_call
            or self.reasoning_details
            or self.audio
        )

    def message(self) -> dict[str, Any]:
        """Return the assistant message as the API gives it without streaming."""
        other = self.tool_calls or self.function_call or self.refusal_parts or self.audio
        message: dict[str, Any] = {
            "role": self.role,
            "content": self.text or (None if other else ""),
            "refusal": self.refusal or None,
        }
        if self.reasoning_parts:
            message[self.reasoning_name or "reasoning"] = self.reasoning
        if self.tool_calls:
            message["tool_calls"] = [call.message() for call in self.tool_calls]
        if self.function_call is not None:
            called = self.function_call
            message["function_call"] = {"name": called.name, "arguments": called.arguments}
        for name in ("reasoning_details", "annotations", "audio"):
            if getattr(self, name):
                message[name] = getattr(self, name)
        return message

    def response(self) -> dict[str, Any]:
        """Return the choice as the API gives it without streaming."""
        return {
            "index": self.index,
            "message": self.message(),
            "logprobs": self.logprobs,
            "finish_reason": self.finish_reason,
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ChoiceTranscript):
            return NotImplemented
        return self.response() == other.response()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        lengths = {
            "text": len(self.text),
            "reasoning": len(self.reasoning),
            "refusal": len(self.refusal),
            "tool_calls": len(self.tool_calls),
        }
        told = ", ".join(f"{name}: {length}" for name, length in lengths.items() if length)
        return f"<choice {self.index}: {told or 'nothing'}, finish_reason {self.finish_reason!r}>"


def _add_detail(details: list[Any], detail: Any) -> None:
    """Add a part of OpenRouter's structured reasoning to the entry that it goes on with."""
    last = details[-1] if details else None
    if (
        not isinstance(detail, dict)
        or not isinstance(last, dict)
        or any(last.get(name) != detail.get(name) for name in ("index", "type"))
    ):
        details.append(dict(detail) if isinstance(detail, dict) else detail)
        return
    for name, value in detail.items():
        if name in _GROWING and isinstance(value, str) and isinstance(last.get(name), str):
            last[name] += value
        elif value is not None:
            last[name] = value
