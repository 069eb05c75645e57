"""Reads recorded streams of the Responses API: the request, the answer, and their shapes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fake_openai import Answer, ToolCall

from .reading import chunks_of
from .shapes import shape

DIALECTS = {
    "openai": "openai",
    "azure-ai": "azure",
    "deepseek": "deepseek",
    "openrouter": "openrouter",
}
_KINDS = {"message", "reasoning", "function_call", "custom_tool_call"}
# Members that older streams do not have, and the fake sends.
_SINCE = {"moderation", "prompt_cache_options"}
_ASKED = (
    "model", "instructions", "tools", "tool_choice", "text", "temperature", "top_p", "metadata",
    "max_output_tokens", "parallel_tool_calls", "store",
)  # fmt: skip
# What came in the summer of 2026; the streams before that do not have it.
_LATEST = (
    (r"tool_usage:\{.*?web_search:\{num_requests:number\}\},", ""),
    (r"cache_write_tokens:number,", ""),
    (r"reasoning:\{[^}]*\}", "reasoning:{}"),
)


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """One recorded stream.

    Attributes:
        name: of the file.
        dialect: that of its provider.
        events: data of its events.
        names: values of its `event` lines.
    """

    name: str
    dialect: str
    events: list[dict[str, Any]]
    names: list[str]

    @property
    def body(self) -> dict[str, Any]:
        """A request for it."""
        told = self.events[0]["response"]
        asked = {name: told[name] for name in _ASKED if told.get(name) not in (None, [], {})}
        if asked.get("tool_choice") == "auto":
            del asked["tool_choice"]
        if re.match(r"(openai/)?(gpt-5|o\d)", asked["model"]):  # these refuse to be sampled
            asked.pop("temperature", None)
            asked.pop("top_p", None)
        if self.events[-1]["response"].get("moderation"):
            asked["moderation"] = {"model": "omni-moderation-latest"}
        if self.dialect == "openrouter" and told["reasoning"]:  # it says what was asked for
            asked["reasoning"] = told["reasoning"]
        include = [name for name, found in self._included() if found]
        return {**asked, "input": "hi", "include": include, "stream": True}

    def _included(self) -> Iterator[tuple[str, bool]]:
        items = self.events[-1]["response"]["output"]
        yield "reasoning.encrypted_content", any(i.get("encrypted_content") for i in items)
        probs = [e["logprobs"] for e in self.events if e.get("logprobs")]
        yield "message.output_text.logprobs", bool(probs)

    @property
    def answer(self) -> Answer:
        """The answer in it."""
        chunks = [e["delta"] for e in self.events if e["type"] == "response.output_text.delta"]
        reasoning, calls = "", []
        for item in self.events[-1]["response"]["output"]:
            if item["type"] == "reasoning":
                # What is hidden was there all the same; two line breaks, as nothing sums them up.
                reasoning = "".join(part["text"] for part in item.get("content") or ()) or "\n\n"
            elif item["type"] != "message":
                calls.append(ToolCall(item["name"], item["arguments"]))
        return Answer(chunks=chunks, reasoning=reasoning, tool_calls=calls)

    @property
    def latest(self) -> bool:
        """Whether it has all that streams have now."""
        return "tool_usage" in self.events[0]["response"] or self.dialect in {
            "deepseek",
            "openrouter",
        }

    def shapes(self, events: list[dict[str, Any]]) -> list[str]:
        """Return the shapes of `events`, runs of deltas told once."""
        found: list[str] = []
        for event in events:
            told = shape(event)
            for pattern, instead in () if self.latest else _LATEST:
                told = re.sub(pattern, instead, told)
            told = f"{event['type']} {told}"
            if not found or found[-1] != told:
                found.append(told)
        return found


def recordings(directory: Path) -> list[RecordedResponse]:
    """Return the streams in `directory` that the fake can be told to send."""
    index = json.loads((directory / "index.json").read_text())
    found = []
    for entry in index["streams"]:
        if entry["kind"] != "responses" or entry["provider"] not in DIALECTS:
            continue
        body = (directory / entry["file"]).read_bytes()
        names = re.findall(r"^event: (.*)$", body.decode(), re.MULTILINE)
        name = entry["file"].removesuffix(".sse")
        one = RecordedResponse(name, DIALECTS[entry["provider"]], chunks_of(body), names)
        first, last = one.events[0]["response"], one.events[-1]["response"]
        if first.keys() & _SINCE and {item["type"] for item in last["output"]} <= _KINDS:
            found.append(one)
    return found
