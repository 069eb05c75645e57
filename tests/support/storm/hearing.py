"""Reads what a consumer got, by the plainest means and none of the library's."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from .course import Part


@dataclass
class Heard:
    """The events of an answer, and what they say.

    Attributes:
        complaints: what is wrong with the bytes themselves.
        ids: that were told.
        roles: how often one was, by choice.
        after_done: events behind `[DONE]`.
        done: how often `[DONE]` came.
        error: an error that stood in the stream.
        finished: finish reasons, by choice.
    """

    complaints: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    roles: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    after_done: int = 0
    done: int = 0
    error: Any = None
    finished: dict[int, str] = field(default_factory=dict)
    _texts: dict[tuple[int, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    _calls: dict[int, dict[int, list[str]]] = field(default_factory=lambda: defaultdict(dict))

    def feed(self, body: bytes) -> None:
        """Take the events of `body`, which begins and ends between two of them."""
        try:
            text = body.decode().removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            self.complaints.append(f"a character was torn: {error}")
            return
        data: list[str] = []
        for line in re.split("\r\n|\r|\n", text):
            name, _, value = line.partition(":")
            if name == "data":
                data.append(value.removeprefix(" "))
            elif not line and data:
                self._take("\n".join(data))
                data = []
        if data and data != ["[DONE]"]:
            self.complaints.append(f"the body ends inside an event: {data}")

    def forget_reasoning(self) -> None:
        """Begin the reasoning anew."""
        for key in [key for key in self._texts if key[1] == "reasoning"]:
            del self._texts[key]

    @property
    def parts(self) -> dict[int, Part]:
        """What each choice said."""
        indices = {*self.roles, *self._calls, *(index for index, _ in self._texts)}
        return {index: self._part(index) for index in sorted(indices)}

    def _part(self, index: int) -> Part:
        said = ("".join(self._texts[index, n]) for n in ("text", "reasoning", "refusal"))
        calls = [call for _, call in sorted(self._calls[index].items())]
        return Part(*said, tuple((name, "".join(given)) for name, *given in calls))

    def _take(self, data: str) -> None:
        if data.strip() == "[DONE]":
            self.done += 1
            return
        try:
            chunk = json.loads(data)
        except ValueError:
            self.complaints.append(f"an event was torn: {data[:200]!r}")
            return
        if self.done:
            self.after_done += 1
            return
        self._say(chunk)

    def _say(self, chunk: dict[str, Any]) -> None:
        if chunk.get("error") or chunk.get("object") == "error":
            self.error = chunk  # handed on as it stood there, with the id of its attempt
        elif chunk.get("id"):
            self.ids.add(chunk["id"])
        for choice in chunk.get("choices") or ():
            self._choose(choice)

    def _choose(self, choice: dict[str, Any]) -> None:
        index, delta = choice["index"], choice.get("delta") or {}
        self.roles[index] += bool(delta.get("role"))
        text = ""
        if isinstance(delta.get("content"), list):  # Mistral's
            for block in delta["content"]:
                if block["type"] == "thinking":
                    thought = "".join(one.get("text", "") for one in block["thinking"])
                    self._texts[index, "reasoning"].append(thought)
                else:
                    text += block["text"]
        else:
            text = delta.get("content") or ""
        self._texts[index, "text"].append(text)
        reasoning = delta.get("reasoning_content") or delta.get("reasoning") or ""
        self._texts[index, "reasoning"].append(reasoning)
        self._texts[index, "refusal"].append(delta.get("refusal") or "")
        for call in delta.get("tool_calls") or ():
            self._call(index, call)
        if choice.get("finish_reason"):
            self.finished[index] = choice["finish_reason"]
        self._weigh(choice.get("logprobs"), text)

    def _call(self, index: int, call: dict[str, Any]) -> None:
        calls = self._calls[index]
        mine = calls.setdefault(call.get("index", len(calls)), [""])
        function = call.get("function") or {}
        mine[0] = mine[0] or function.get("name") or ""
        mine.append(function.get("arguments") or "")

    def _weigh(self, logprobs: Any, text: str) -> None:
        """Log probabilities stand with their token, or, where a seam is in it, nowhere."""
        tokens = (logprobs or {}).get("content") or ()
        joined = "".join(token["token"] for token in tokens)
        if joined not in {"", text}:
            self.complaints.append(f"log probabilities of {joined!r} stand with {text!r}")
