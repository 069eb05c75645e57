"""What a body says, read by the plainest means: nothing of the library is asked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_decode = json.JSONDecoder(strict=False).decode
_REASONING = ("reasoning_content", "reasoning")


@dataclass
class Choice:
    """What was said of one choice.

    Attributes:
        text: its content.
        reasoning: what was thought aloud.
        calls: name and arguments of each call, in their order.
        tokens: those that log probabilities were told of.
        finish: why it ended; None = it did not.
    """

    text: str = ""
    reasoning: str = ""
    calls: list[tuple[str, str]] = field(default_factory=list)
    tokens: str = ""
    finish: str | None = None

    def is_beginning_of(self, other: Choice) -> bool:
        """Say whether nothing is in it that does not stand in `other`, in the same order."""
        return (
            other.text.startswith(self.text)
            and other.reasoning.startswith(self.reasoning)
            and other.calls[: len(self.calls)] == self.calls
            and other.tokens.startswith(self.tokens)
            and self.finish in {None, other.finish}
        )


@dataclass
class Heard:
    """An answer, as far as it came.

    Attributes:
        choices: by index.
        usage: the last that was told.
        ids: of the answer; one, if all is well.
        numbers: of the events, where they have such.
        final: the text of a response as its last event tells it.
    """

    choices: dict[int, Choice] = field(default_factory=dict)
    usage: Any = None
    ids: set[str] = field(default_factory=set)
    numbers: list[int] = field(default_factory=list)
    final: str | None = None

    @property
    def tokens(self) -> int | None:
        """How many tokens the answer has, as the server tells it."""
        usage = self.usage or {}
        tokens: int | None = usage.get("completion_tokens", usage.get("output_tokens"))
        return tokens

    def is_beginning_of(self, other: Heard) -> bool:
        """Say whether every choice is the beginning of the same one in `other`."""
        return all(
            index in other.choices and choice.is_beginning_of(other.choices[index])
            for index, choice in self.choices.items()
        )


def data_of(body: bytes) -> list[str]:
    """Return the data of each event, as the standard reads them."""
    text = body.decode(errors="replace").removeprefix("\ufeff")
    blocks = re.split("\n\n", re.sub("\r\n|\r", "\n", text))[:-1]
    found = []
    for block in blocks:
        fields = [line.partition(":") for line in block.split("\n")]
        data = [value.removeprefix(" ") for name, _, value in fields if name == "data"]
        if data:
            found.append("\n".join(data))
    return found


def hear(body: bytes) -> Heard:
    """Return what the chunks of a body add up to."""
    heard = Heard()
    for data in data_of(body):
        if data.startswith("[DONE]"):
            break
        value = _decode(data)
        if not isinstance(value, dict):
            continue
        if value.get("id"):
            heard.ids.add(value["id"])
        if "type" in value and "choices" not in value:
            _add_event(heard, value)
            continue
        heard.usage = value.get("usage") or heard.usage
        for told in value.get("choices") or ():
            _add(heard.choices.setdefault(told.get("index", 0), Choice()), told)
    return heard


def _add_event(heard: Heard, event: dict[str, Any]) -> None:
    """Add an event of the Responses API."""
    if "sequence_number" in event:
        heard.numbers.append(event["sequence_number"])
    response = event.get("response") or {}
    if response.get("id"):
        heard.ids.add(response["id"])
    if event["type"] == "response.output_text.delta":
        heard.choices.setdefault(0, Choice()).text += event["delta"]
    if event["type"] in {"response.completed", "response.incomplete"}:
        heard.choices.setdefault(0, Choice()).finish = response["status"]
        heard.usage = response.get("usage")
        parts = [part for item in response["output"] for part in item.get("content") or ()]
        heard.final = "".join(part.get("text") or "" for part in parts)


def _add(choice: Choice, told: dict[str, Any]) -> None:
    delta = told.get("delta") or {}
    content = delta.get("content")
    if isinstance(content, list):  # Mistral tells reasoning so
        for part in content:
            choice.text += part.get("text") or ""
            for thought in part.get("thinking") or ():
                choice.reasoning += thought.get("text") or ""
    else:
        choice.text += content or ""
    choice.reasoning += next((delta[name] for name in _REASONING if delta.get(name)), "")
    for call in delta.get("tool_calls") or ():
        _add_call(choice.calls, call)
    probable = told.get("logprobs")
    for entry in (probable.get("content") or ()) if isinstance(probable, dict) else ():
        choice.tokens += entry.get("token") or ""
    choice.finish = told.get("finish_reason") or choice.finish


def _add_call(calls: list[tuple[str, str]], part: dict[str, Any]) -> None:
    function = part.get("function") or {}
    at = part.get("index", len(calls))
    while len(calls) <= at:
        calls.append(("", ""))
    name, arguments = calls[at]
    calls[at] = (name or function.get("name") or "", arguments + (function.get("arguments") or ""))
