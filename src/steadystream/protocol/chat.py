"""Chunks of `chat.completions` streams, in every dialect.

Source: OpenAI's OpenAPI document, `CreateChatCompletionStreamResponse`; what other servers add or
leave out was taken from their own documents and from recordings.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from steadystream.errors import Malformed
from steadystream.protocol.error_bodies import ErrorInfo, parse_error
from steadystream.protocol.tolerance import coerce_chunk

__all__ = [
    "Choice",
    "Chunk",
    "Delta",
    "ErrorInfo",
    "FunctionDelta",
    "ToolCallDelta",
    "decode",
    "parse_error",
]

_EXCERPT = 80


class FunctionDelta(msgspec.Struct, gc=False):
    """A part of the name and of the arguments of a function, or of the input of a custom tool."""

    name: str | None = None
    arguments: str | None = None
    input: str | None = None


class ToolCallDelta(msgspec.Struct, gc=False):
    """A part of a tool call.

    Attributes:
        index: which call of the message it belongs to; some servers leave it out.
        id: only in the first part; some servers repeat it, or send "" afterwards.
        type: "function" or "custom"; may be missing.
        function: its name, and arguments as a piece of JSON.
        custom: name and input of a custom tool.
        extra_content: what a server wants back with the call (Gemini's thought signatures).
    """

    index: int | None = None
    id: str | None = None
    type: str | None = None
    function: FunctionDelta | None = None
    custom: FunctionDelta | None = None
    extra_content: Any = None

    @property
    def carries(self) -> bool:
        """Whether it adds something: Databricks and OpenRouter send parts that do not."""
        part = self.function or self.custom
        return bool(self.id or (part and (part.name or part.arguments or part.input)))


class Delta(msgspec.Struct, gc=False):
    """What one chunk adds to the message of one choice.

    Attributes:
        role: in the first chunk; some servers repeat it in each.
        content: text. Where a server sends a list (Mistral), its texts joined.
        reasoning_content: as DeepSeek, xAI, SGLang and llama.cpp name it.
        reasoning_text: the wire's `reasoning`, as OpenRouter, vLLM, Groq and Ollama name it.
        reasoning_details: OpenRouter's structured form, beside `reasoning` or alone.
        refusal: text of a refusal.
        tool_calls: parts of tool calls.
        function_call: part of the one call of the older API.
        annotations: citations of searches.
        audio: passed on as it came.
    """

    role: str | None = None
    content: str | None = None
    reasoning_content: str | None = None
    reasoning_text: str | None = msgspec.field(default=None, name="reasoning")
    reasoning_details: list[Any] | None = None
    refusal: str | None = None
    tool_calls: list[ToolCallDelta] | None = None
    function_call: FunctionDelta | None = None
    annotations: list[Any] | None = None
    audio: Any = None

    @property
    def reasoning(self) -> str:
        """The reasoning under whatever name; once, where it comes under two."""
        one = self.reasoning_content or ""
        other = self.reasoning_text or ""
        if not one and not other and self.reasoning_details:
            return "".join(map(_detail_text, self.reasoning_details))
        return one if one == other else one + other


class Choice(msgspec.Struct, gc=False):
    """What one chunk says of one choice.

    Attributes:
        index: its number, from 0.
        delta: what is added; empty where the server sends null or nothing.
        finish_reason: why the choice ended; None or "" while it goes on.
        logprobs: as they came.
        text: of the older completions API, and Together's copy of the content.
        error: OpenRouter's error inside a choice.
    """

    index: int = 0
    delta: Delta = msgspec.field(default_factory=Delta)
    finish_reason: str | None = None
    logprobs: Any = None
    text: str | None = None
    error: Any = None


class Chunk(msgspec.Struct, gc=False):
    """One `chat.completion.chunk`. Fields it does not name are ignored.

    Attributes:
        choices: may be empty: Azure's first chunk, usage, errors.
        id: of the answer; Azure's first one is "".
        object: "chat.completion.chunk".
        created: seconds since 1970.
        model: as the server names it, not always as it was asked for.
        system_fingerprint: None where there is none.
        service_tier: None where there is none.
        usage: as it came, `x_groq.usage` included.
        error: an error inside the stream, as it came; see `error_info`.
        x_groq: Groq's own.
        citations: Perplexity's sources.
    """

    choices: list[Choice]
    id: str | None = None
    object: str | None = None
    created: int | float | None = None
    model: str | None = None
    system_fingerprint: str | None = None
    service_tier: str | None = None
    usage: dict[str, Any] | None = None
    error: Any = None
    x_groq: Any = None
    citations: Any = None

    @property
    def text(self) -> str:
        """Content that it adds to choice 0."""
        for choice in self.choices:
            if choice.index == 0:
                return choice.delta.content or choice.text or ""
        return ""

    @property
    def carries(self) -> bool:
        """Whether it holds something of the answer: content, reasoning, a call, an end.

        A role, an empty delta, annotations, log probabilities and usage are not the answer.
        """
        for choice in self.choices:
            delta = choice.delta
            if delta.content or choice.finish_reason or choice.text or _carries_other(delta):
                return True
        return False

    @property
    def ends(self) -> bool:
        """Whether it ends a choice."""
        return any(choice.finish_reason for choice in self.choices)

    @property
    def ends_and_adds(self) -> bool:
        """Whether it ends a choice and adds the last of it, as vLLM does."""
        return any(
            choice.finish_reason
            and (choice.delta.content or choice.text or _carries_other(choice.delta))
            for choice in self.choices
        )

    @property
    def error_info(self) -> ErrorInfo | None:
        """The error it reports, None when it reports none."""
        if self.error:
            return parse_error(self.error)
        for choice in self.choices:
            if choice.error:
                return parse_error(choice.error)
        return None


_decode_strictly = msgspec.json.Decoder(Chunk).decode


def decode(data: str | bytes) -> Chunk | None:
    """Return the chunk in `data`, None when it is valid JSON of another kind, such as a ping.

    Errors of every shape become a chunk with `error_info`.

    Raises:
        Malformed: it is not JSON. The terminator `[DONE]` is not; look for it first.
    """
    try:
        chunk: Chunk | None = _decode_strictly(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        chunk = _decode_leniently(data)
    if chunk is not None and chunk.x_groq is not None and chunk.usage is None:
        usage = chunk.x_groq.get("usage") if isinstance(chunk.x_groq, dict) else None
        chunk.usage = usage if isinstance(usage, dict) else None
    return chunk


def _decode_leniently(data: str | bytes) -> Chunk | None:
    try:
        # Takes what Python servers write and msgspec refuses: NaN, half a surrogate pair.
        value = json.loads(data)
    except (ValueError, RecursionError):
        text = data.decode(errors="replace") if isinstance(data, bytes) else data
        raise Malformed("a chunk in JSON", text[:_EXCERPT]) from None
    plain = coerce_chunk(value)
    return None if plain is None else msgspec.convert(plain, Chunk)


def _carries_other(delta: Delta) -> bool:
    """Tell whether `delta` holds something of the answer beside content."""
    if delta.reasoning_content or delta.reasoning_text or delta.refusal or delta.audio:
        return True
    if delta.tool_calls:
        return any(call.carries for call in delta.tool_calls)
    if delta.function_call is not None:
        return bool(delta.function_call.name or delta.function_call.arguments)
    if delta.reasoning_details:
        return any(
            isinstance(part, dict)
            and bool(part.get("text") or part.get("summary") or part.get("data"))
            for part in delta.reasoning_details
        )
    return False


def _detail_text(detail: Any) -> str:
    text = detail.get("text") or detail.get("summary") if isinstance(detail, dict) else None
    return text if isinstance(text, str) else ""
