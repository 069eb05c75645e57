"""Reads a recorded stream: its chunks, the answer in it and the request that brought it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fake_openai import Answer, ToolCall

DIALECTS = {
    "openai": "openai",
    "azure-openai": "azure",
    "deepseek": "deepseek",
    "mistral": "mistral",
    "groq": "groq",
    "openrouter": "openrouter",
    "alibaba": "qwen",
    "moonshot": "kimi",
    "ollama": "ollama",
}
_LINE = re.compile("\r\n|\n|\r")


@dataclass(slots=True)
class Recording:
    """One recorded stream.

    Attributes:
        name: of the file.
        dialect: that of its provider.
        request: what is known of the request.
        chunks: data of its events, `[DONE]` left out.
    """

    name: str
    dialect: str
    request: dict[str, Any]
    chunks: list[dict[str, Any]]

    @property
    def body(self) -> dict[str, Any]:
        """A request for it."""
        kept = {k: self.request[k] for k in ("stream_options", "n") if self.request.get(k)}
        if any(choice.get("logprobs") for chunk in self.chunks for choice in _choices(chunk)):
            kept["logprobs"] = True
        named = [chunk["model"] for chunk in self.chunks if chunk.get("model")]
        messages = [{"role": "user", "content": "hi"}]
        if any("usage" in chunk and chunk["usage"] is None for chunk in self.chunks):
            kept["stream_options"] = {"include_usage": True}
        if any("moderation" in chunk for chunk in self.chunks):
            kept["moderation"] = {"model": "omni-moderation-latest"}
        return {"model": named[0], "messages": messages, "stream": True, **kept}

    @property
    def answer(self) -> Answer:
        """The first choice of it."""
        said = _Said()
        for chunk in self.chunks:
            for choice in _choices(chunk):
                if choice.get("index", 0) == 0:
                    said.add(choice)
        return said.answer()


@dataclass(slots=True)
class _Said:
    chunks: list[str] = field(default_factory=list)
    reasoning: str = ""
    refusal: str = ""
    calls: list[list[str]] = field(default_factory=list)
    finish_reason: str | None = None

    def add(self, choice: dict[str, Any]) -> None:
        delta = choice.get("delta") or {}
        content = delta.get("content") or ""
        for part in [content] if isinstance(content, str) else content:
            if isinstance(part, str):
                self._content(part)
            elif part["type"] == "text":
                self._content(part["text"])
            elif part["type"] == "thinking":
                self.reasoning += "".join(one["text"] for one in part["thinking"])
        self.reasoning += delta.get("reasoning") or delta.get("reasoning_content") or ""
        self.refusal += delta.get("refusal") or ""
        for call in delta.get("tool_calls") or ():
            self._call(call)
        self.finish_reason = choice.get("finish_reason") or self.finish_reason

    def _content(self, text: str) -> None:
        if text:
            self.chunks.append(text)

    def _call(self, call: dict[str, Any]) -> None:
        function = call.get("function") or {}
        if function.get("name"):
            self.calls.append([function["name"], ""])
        self.calls[-1][1] += function.get("arguments") or ""

    def answer(self) -> Answer:
        return Answer(
            chunks=self.chunks,
            reasoning=self.reasoning,
            refusal=self.refusal,
            tool_calls=[ToolCall(name, arguments) for name, arguments in self.calls],
            finish_reason=self.finish_reason,
        )


def recordings(directory: Path, dialects: Any) -> list[Recording]:
    """Return the streams of chat in `directory` whose providers are among `dialects`."""
    index = json.loads((directory / "index.json").read_text())
    return [
        Recording(
            entry["file"].removesuffix(".sse"),
            DIALECTS[entry["provider"]],
            entry["request"] or {},
            chunks_of((directory / entry["file"]).read_bytes()),
        )
        for entry in index["streams"]
        if entry["kind"] == "chat" and DIALECTS.get(entry["provider"]) in dialects
    ]


def chunks_of(body: bytes) -> list[dict[str, Any]]:
    """Return the data of the events in `body`, `[DONE]` left out."""
    lines = _LINE.split(body.decode())
    data = [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]
    return [json.loads(text) for text in data if text != "[DONE]"]


def _choices(chunk: dict[str, Any]) -> list[dict[str, Any]]:
    return chunk.get("choices") or []
